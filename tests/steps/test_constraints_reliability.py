"""How far each annotator is believed: the one-coin model, people before machines."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.judgments import GROUPS, Judgment, Verdict, allowed
from core.domain.questions import Pair, Placement, Question, Triplet
from core.steps.constraints import reliabilities, settle
from core.steps.constraints.consistency import consistency
from core.steps.constraints.reliability import _posterior
from tests.answering import MACHINES, answers, say

HUMAN, MACHINE = ("person", "ann"), ("machine", "m")


def pairs(number: int) -> list[Question]:
    return [Pair(f"l{n:04}", f"r{n:04}") for n in range(number)]


def placements(number: int) -> list[Question]:
    return [Placement(f"t{n:04}", (), ((f"x{n}",), (f"y{n}",), (f"z{n}",))) for n in range(number)]


def judged(
    questions: list[Question], share: float, annotator: str, source: str, seed: int
) -> list[Judgment]:
    """Answers of a judge that is right with probability `share`; right is the first verdict."""
    draw = random.Random(f"{seed} {annotator}")
    found = []
    for question in questions:
        first, *others = sorted(allowed(question) - {Verdict.UNSURE})
        verdict = first if draw.random() < share else draw.choice(others)
        found.append(say(question, verdict, source, annotator))
    return found


def test_nobody_knows_better_before_anyone_answers_the_same():
    found = reliabilities([say(Pair("a", "b"), "same"), say(Pair("a", "c"), "same", "llm", "m")])
    assert found[HUMAN].share == pytest.approx(0.98)
    assert found[MACHINE].share == pytest.approx(0.85)
    assert (found[HUMAN].compared, found[MACHINE].compared) == (0, 0)
    # Beta(17, 3), from tables.
    assert (found[MACHINE].low, found[MACHINE].high) == (
        pytest.approx(0.6686, abs=1e-4),
        pytest.approx(0.9662, abs=1e-4),
    )


@pytest.mark.parametrize(("agreed", "of"), [(40, 40), (30, 40), (10, 40)])
def test_a_machine_is_measured_by_what_people_said(agreed, of):
    judgments = []
    for n, pair in enumerate(pairs(of)):
        judgments += [
            say(pair, "same"),
            say(pair, "same" if n < agreed else "different", "llm", "m"),
        ]
    found = reliabilities(judgments)
    assert found[MACHINE].share == pytest.approx((17 + agreed) / (20 + of))
    assert found[MACHINE].compared == of
    assert found[HUMAN].share == pytest.approx(0.98)


def test_people_count_whatever_the_machines_agree_on():
    judgments = []
    for pair in pairs(30):
        judgments.append(say(pair, "same"))
        judgments += [say(pair, "different", "llm", f"m{n}") for n in range(5)]
    found = reliabilities(judgments)
    assert [found["machine", f"m{n}"].share for n in range(5)] == [pytest.approx(17 / 50)] * 5


def test_a_machine_is_measured_through_another_question_about_the_same_texts():
    person = [say(Pair("t", "a"), "same"), say(Pair("u", "b"), "different")]
    right = say(Placement("t", (), (("a", "x"), ("y",))), "group 1", "llm", "m")
    wrong = say(Placement("u", (), (("b", "c"), ("d",))), "group 1", "llm", "m")
    # Half of the right answer is confirmed; one link refutes the whole wrong one.
    assert reliabilities([*person, right])[MACHINE].share == pytest.approx(17.5 / 20.5)
    assert reliabilities([*person, wrong])[MACHINE].share == pytest.approx(17 / 21)
    assert reliabilities([*person, right, wrong])[MACHINE].compared == 2


def test_a_bunch_is_no_answer_to_measure_a_machine_by():
    person = say(Placement("t", ("u",), (("a",), ("b",))), "group 1")
    machine = say(Pair("t", "u"), "different", "llm", "m")
    assert reliabilities([person, machine])[MACHINE].compared == 0


@pytest.mark.parametrize("make", [pairs, placements])
def test_machines_alone_are_told_apart_by_their_agreement(make):
    true = {"good": 0.95, "fair": 0.8, "poor": 0.6}
    questions = make(400)
    judgments = [
        judgment
        for name, share in true.items()
        for judgment in judged(questions, share, name, "llm", 3)
    ]
    found = reliabilities(judgments)
    for name, share in true.items():
        held = found["machine", name]
        assert held.share == pytest.approx(share, abs=0.06)
        assert held.compared == 400


def test_the_steps_are_those_of_expectation_maximisation():
    """One question, two machines that differ: the fixed point by hand."""
    judgments = [
        say(Pair("a", "b"), "same", "llm", "x"),
        say(Pair("a", "b"), "different", "llm", "y"),
    ]
    found = reliabilities(judgments)
    # By symmetry each is right with probability 1/2: (17 + 1/2) / 21.
    assert found["machine", "x"].share == pytest.approx(17.5 / 21)
    assert found["machine", "y"].share == pytest.approx(17.5 / 21)


@given(
    st.integers(2, 6),
    st.lists(st.floats(0.05, 0.95), min_size=3, max_size=3),
)
@settings(deadline=None)
def test_the_posterior_is_bayes(among, share):
    """x and y agree, z differs; against the likelihood written out option by option."""
    people = [("machine", name) for name in "xyz"]
    held = dict(zip(people, share, strict=True))
    found = _posterior(among, ((people[0], people[1]), (people[2],)), held)

    def likelihood(truth: int) -> float:
        product = 1.0
        for who, said in zip(people, (0, 0, 1), strict=True):
            product *= held[who] if said == truth else (1 - held[who]) / (among - 1)
        return product

    total = sum(likelihood(truth) for truth in range(among))
    assert found == [pytest.approx(likelihood(0) / total), pytest.approx(likelihood(1) / total)]


def test_people_who_contradict_each_other_are_believed_less():
    agreed, split = [], []
    for pair in pairs(60):
        agreed += [say(pair, "same"), say(pair, "same", annotator="bo")]
        split += [say(pair, "same"), say(pair, "different", annotator="bo")]
    assert reliabilities(agreed)[HUMAN].share > 0.98
    assert reliabilities(split)[HUMAN].share < 0.85


def test_the_better_machine_decides_where_two_differ():
    known = pairs(60)
    judgments = [say(pair, "same") for pair in known]
    judgments += [say(pair, "same", "llm", "good") for pair in known]
    judgments += [
        say(pair, "same" if n % 3 else "different", "llm", "poor") for n, pair in enumerate(known)
    ]
    judgments += [say(Pair("p", "q"), "same", "llm", "good")]
    judgments += [say(Pair("p", "q"), "different", "llm", "poor")]
    settled = settle(judgments)
    assert ("p", "q") in {(link.left, link.right) for link in settled.must_links}


def test_a_machine_no_better_than_chance_settles_nothing():
    known = pairs(60)
    judgments = [say(pair, "same") for pair in known]
    judgments += [say(pair, "different", "llm", "m") for pair in known]
    judgments += [say(Pair("p", "q"), "same", "llm", "m")]
    assert settle(judgments) == settle([j for j in judgments if j.source == "human"])


# --- what a machine's own answers say about it


def triangles(number: int, third: str) -> list[Judgment]:
    found = []
    for n in range(number):
        a, b, c = f"a{n}", f"b{n}", f"c{n}"
        found += [
            say(Pair(a, b), "same", "llm", "m"),
            say(Pair(b, c), "same", "llm", "m"),
            say(Pair(a, c), third, "llm", "m"),
        ]
    return found


def test_a_machine_that_contradicts_itself_is_believed_less():
    whole, broken = triangles(20, "same"), triangles(20, "different")
    assert reliabilities(whole)[MACHINE].share == pytest.approx(0.85)
    assert reliabilities(broken)[MACHINE].share < 0.7
    mixed = triangles(20, "different")[:30] + triangles(40, "same")[30:]
    assert reliabilities(mixed)[MACHINE].share == pytest.approx(0.85)


def test_the_worse_the_judge_the_more_triangles_break():
    """A third of the texts are one group; every pair of 30 texts is asked about."""
    texts = [f"{n:02}" for n in range(30)]
    shares = []
    for right in (1.0, 0.9, 0.8, 0.7):
        draw = random.Random(5)
        said = []
        for place, left in enumerate(texts):
            for other in texts[place + 1 :]:
                same = int(left) % 3 == int(other) % 3
                same = same if draw.random() < right else not same
                said.append(say(Pair(left, other), "same" if same else "different", "llm", "m"))
        shares.append(reliabilities(said)[MACHINE].share)
    assert shares[0] == pytest.approx(0.85)
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] < 0.83


def test_a_triangle_takes_three_answers():
    one = say(Triplet("a", "b", "c"), "both", "llm", "m")
    apart = say(Pair("b", "c"), "different", "llm", "m")
    assert consistency([one, apart]).closed == 0
    again = say(Pair("a", "b"), "same", "llm", "m")
    held = consistency(sorted([one, apart, again], key=lambda j: j.question.id))
    assert held.closed == (1 if again.question.id < one.question.id else 0)


@pytest.mark.parametrize(
    ("sides", "closed", "broken"),
    [
        (("same", "same", "same"), 1, 0),
        (("same", "same", "different"), 1, 1),
        (("same", "different", "different"), 1, 0),
        (("different", "different", "different"), 0, 0),
        (("same", "same", "unsure"), 0, 0),
    ],
)
def test_which_triangles_tell(sides, closed, broken):
    ends = (Pair("a", "b"), Pair("b", "c"), Pair("a", "c"))
    held = consistency([say(*answer, "llm") for answer in zip(ends, sides, strict=True)])
    assert (held.closed, held.broken, held.answers) == (closed, broken, 3 * closed)


@given(answers(*MACHINES, most=20))
@settings(deadline=None)
def test_no_triangle_is_counted_twice(judgments):
    """Against all triples of texts, one by one."""
    mine = [j for j in judgments if j.annotator == "ann" and isinstance(j.question, Pair)]
    one_each = list({j.question: j for j in mine}.values())
    said = {
        frozenset(j.question.texts): j.verdict is Verdict.SAME
        for j in one_each
        if j.verdict is not Verdict.UNSURE and j.confidence >= 1e-6
    }
    texts = sorted({text for pair in said for text in pair})
    closed = broken = 0
    for i, a in enumerate(texts):
        for k, b in enumerate(texts[i + 1 :], i + 1):
            for c in texts[k + 1 :]:
                sides = [frozenset(e) for e in ((a, b), (b, c), (a, c))]
                if all(side in said for side in sides):
                    must = sum(said[side] for side in sides)
                    closed += must > 0
                    broken += must == 2
    held = consistency(one_each)
    assert (held.closed, held.broken) == (closed, broken)


def test_every_verdict_of_a_placement_can_be_measured():
    judgments = []
    for n, question in enumerate(placements(len(GROUPS[:3]))):
        judgments += [say(question, GROUPS[n]), say(question, GROUPS[n], "llm", "m")]
    assert reliabilities(judgments)[MACHINE].compared == 3
