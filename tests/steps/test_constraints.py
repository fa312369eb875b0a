"""Settling judgments: weights, ranks, ties, and the laws that hold for any answers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.judgments import (
    Constraints,
    Judgment,
    Link,
    Verdict,
    WeightedTriplet,
    allowed,
)
from core.domain.questions import Pair, Triplet
from core.steps.constraints import settle

NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)
PAIR = Pair("a", "b")
TRIPLET = Triplet("a", "b", "c")


def say(question, verdict, source="human", annotator="ann", confidence=1.0, minute=0):
    at = NOON + timedelta(minutes=minute)
    return Judgment(question, Verdict(verdict), source, annotator, confidence, at)


# --- what each answer becomes


@pytest.mark.parametrize(
    ("question", "verdict", "settled"),
    [
        (PAIR, "same", Constraints(must_links=(Link("a", "b", 1.0),))),
        (PAIR, "different", Constraints(cannot_links=(Link("a", "b", 1.0),))),
        (PAIR, "unsure", Constraints()),
        (TRIPLET, "left", Constraints(triplets=(WeightedTriplet("a", "b", "c", 1.0),))),
        (TRIPLET, "right", Constraints(triplets=(WeightedTriplet("a", "c", "b", 1.0),))),
        (
            Triplet("b", "c", "a"),
            "both",
            Constraints(must_links=(Link("a", "b", 1.0), Link("b", "c", 1.0))),
        ),
        (
            TRIPLET,
            "neither",
            Constraints(cannot_links=(Link("a", "b", 1.0), Link("a", "c", 1.0))),
        ),
    ],
)
def test_each_verdict_becomes_its_constraints(question, verdict, settled):
    assert settle([say(question, verdict)]) == settled


@pytest.mark.parametrize(
    ("source", "weight"), [("human", 0.8), ("bulk", 0.64), ("llm", 0.4), ("rule", 0.4)]
)
def test_the_source_scales_the_confidence(source, weight):
    (link,) = settle([say(PAIR, "same", source, confidence=0.8)]).must_links
    assert link.weight == pytest.approx(weight)


def test_no_judgments_and_no_confidence_settle_to_nothing():
    assert settle([]) == Constraints()
    assert settle([say(PAIR, "same", confidence=0.0)]) == Constraints()


# --- agreement, disagreement, rank


def test_agreement_combines():
    both = [say(PAIR, "same", confidence=0.6), say(PAIR, "same", annotator="bo", confidence=0.5)]
    (link,) = settle(both).must_links
    assert link.weight == pytest.approx(1 - 0.4 * 0.5)


def test_machines_in_agreement_never_weigh_more_than_half():
    crowd = [say(PAIR, "same", "llm", f"m{n}", 0.9) for n in range(9)]
    (link,) = settle(crowd).must_links
    assert link.weight == 0.5


@pytest.mark.parametrize(
    ("question", "yes", "no"), [(PAIR, "same", "different"), (TRIPLET, "left", "right")]
)
def test_a_majority_of_people_wins_with_less_weight(question, yes, no):
    settled = settle(
        [say(question, yes), say(question, yes, annotator="bo"), say(question, no, annotator="cy")]
    )
    (kept,) = settled.must_links + settled.triplets
    assert kept.weight == pytest.approx(1 / 3)
    assert (settled.cannot_links, settled.contested) == ((), 0)


@pytest.mark.parametrize(
    ("question", "yes", "no"), [(PAIR, "same", "different"), (TRIPLET, "both", "right")]
)
def test_a_tie_of_people_is_left_out_and_counted(question, yes, no):
    tie = [say(question, yes), say(question, no, annotator="bo")]
    assert settle(tie) == Constraints(contested=1)
    machines = [say(question, yes, "llm", f"m{n}") for n in range(5)]
    assert settle(tie + machines) == Constraints(contested=1)


def test_someone_unsure_does_not_vote():
    assert settle([say(PAIR, "same"), say(PAIR, "unsure", annotator="bo")]) == settle(
        [say(PAIR, "same")]
    )


def test_pairs_and_triplets_speak_together_about_the_same_two_texts():
    both = say(TRIPLET, "both")
    no = say(PAIR, "different", annotator="bo")
    settled = settle([both, no])
    assert settled == Constraints(must_links=(Link("a", "c", 1.0),), contested=1)
    settled = settle([both, no, say(PAIR, "same", annotator="cy")])
    assert settled.must_links == (Link("a", "b", pytest.approx(1 / 3)), Link("a", "c", 1.0))


def test_a_person_outranks_a_machine_that_speaks_through_another_question():
    settled = settle([say(PAIR, "different", confidence=0.1), say(TRIPLET, "both", "llm", "m")])
    assert settled.cannot_links == (Link("a", "b", pytest.approx(0.1)),)
    assert settled.must_links == (Link("a", "c", 0.5),)


@pytest.mark.parametrize("source", ["human", "bulk"])
def test_an_unsure_person_silences_the_machine(source):
    judgments = [say(PAIR, "same", "llm", "m"), say(PAIR, "unsure", source)]
    assert settle(judgments) == Constraints()


def test_the_latest_answer_of_an_annotator_counts():
    first, second = say(PAIR, "same"), say(PAIR, "different", minute=1)
    assert settle([second, first]) == settle([first, second]) == settle([second])
    bulk = say(PAIR, "different", "bulk", minute=2)
    assert settle([first, bulk]) == settle([bulk])


def test_a_machine_of_the_same_name_does_not_replace_a_person():
    person, machine = say(PAIR, "same"), say(PAIR, "different", "llm", minute=9)
    assert settle([person, machine]) == settle([person])


# --- laws

TEXTS = ("a", "b", "c", "d")


@st.composite
def judgments_of(draw, sources=("human", "bulk", "llm", "rule")):
    texts = draw(st.permutations(TEXTS))
    question = Triplet(*texts[:3]) if draw(st.booleans()) else Pair(*texts[:2])
    return say(
        question,
        draw(st.sampled_from(sorted(allowed(question)))),
        draw(st.sampled_from(sources)),
        draw(st.sampled_from(("ann", "bo", "cy"))),
        draw(st.floats(0, 1)),
        draw(st.integers(0, 3)),
    )


lists = st.lists(judgments_of(), max_size=12)


@given(lists, st.randoms(use_true_random=False))
def test_the_order_of_the_answers_changes_nothing(judgments, random):
    shuffled = judgments[:]
    random.shuffle(shuffled)
    assert settle(shuffled) == settle(judgments)


@given(lists)
def test_saying_it_again_changes_nothing(judgments):
    assert settle(judgments + judgments) == settle(judgments)


@given(lists)
def test_constraints_are_sorted_single_and_weigh_at_most_one(judgments):
    settled = settle(judgments)
    links = settled.must_links + settled.cannot_links
    assert len({(link.left, link.right) for link in links}) == len(links)
    assert all(link.left < link.right for link in links)
    assert all(0 < item.weight <= 1 for item in links + settled.triplets)
    for group in (settled.must_links, settled.cannot_links):
        assert list(group) == sorted(group, key=lambda link: (link.left, link.right))
    keys = [(t.anchor, t.positive, t.negative) for t in settled.triplets]
    assert keys == sorted(set(keys))
    assert not {(a, n, p) for a, p, n in keys} & set(keys)


def swapped(judgment: Judgment) -> Judgment:
    """Draw the same question with its sides the other way round, the same text chosen."""
    q = judgment.question
    if isinstance(q, Pair):
        return say_like(judgment, Pair(q.right, q.left), judgment.verdict)
    chosen = {Verdict.LEFT: q.left, Verdict.RIGHT: q.right}.get(judgment.verdict)
    turned = Triplet(q.anchor, q.right, q.left)
    if chosen is None:
        return say_like(judgment, turned, judgment.verdict)
    return say_like(judgment, turned, Verdict.LEFT if turned.left == chosen else Verdict.RIGHT)


def say_like(judgment: Judgment, question, verdict: Verdict) -> Judgment:
    return Judgment(
        question,
        verdict,
        judgment.source,
        judgment.annotator,
        judgment.confidence,
        judgment.at,
    )


@given(lists)
def test_swapping_the_sides_of_the_questions_changes_nothing(judgments):
    assert settle([swapped(judgment) for judgment in judgments]) == settle(judgments)


@given(
    st.lists(judgments_of(sources=("human", "bulk")), max_size=6),
    st.lists(judgments_of(sources=("llm", "rule")), max_size=20),
)
def test_no_number_of_machines_moves_what_people_said(people, machines):
    alone, together = settle(people), settle(people + machines)
    assert set(alone.must_links) <= set(together.must_links)
    assert set(alone.cannot_links) <= set(together.cannot_links)
    assert set(alone.triplets) <= set(together.triplets)
    assert together.contested >= alone.contested


@given(lists, judgments_of())
def test_removing_an_answer_restores_the_constraints_before_it(judgments, answer):
    before = settle(judgments)
    log = [*judgments, answer]
    settle(log)
    log.pop()
    assert settle(log) == before
