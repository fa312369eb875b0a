"""Contradictions among settled answers: found where there are some, the heaviest first."""

from __future__ import annotations

import gc
import random
import time
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.judgments import GROUPS, Constraints, Judgment, Link
from core.domain.questions import Contradiction, Pair, Placement
from core.steps.constraints import contradictions, contradictions_among, settle
from tests.answering import TEXTS, answers, say


def chain(texts: str, weight: float = 1.0) -> tuple[Link, ...]:
    return tuple(Link(*sorted(ends), weight) for ends in pairwise(texts))


def joined(constraints: Constraints) -> set[tuple[str, str]]:
    """Which texts must-links join, by Warshall's closure: slow and plain."""
    reached = {
        (one, other)
        for link in constraints.must_links
        for one, other in ((link.left, link.right), (link.right, link.left))
    }
    for middle, one, other in product(TEXTS, repeat=3):
        if (one, middle) in reached and (middle, other) in reached:
            reached.add((one, other))
    return reached


def steps(constraints: Constraints, start: str) -> dict[str, int]:
    """How many must-links lie between `start` and each text it is joined with."""
    reached = {start: 0}
    for far in range(1, len(TEXTS)):
        for link in constraints.must_links:
            for one, other in ((link.left, link.right), (link.right, link.left)):
                if reached.get(one) == far - 1:
                    reached.setdefault(other, far)
    return reached


@st.composite
def graphs(draw: st.DrawFn) -> Constraints:
    pairs = [(a, b) for a in TEXTS for b in TEXTS if a < b]
    kinds = draw(st.lists(st.sampled_from(["must", "cannot", "none"]), min_size=15, max_size=15))
    weights = draw(st.lists(st.sampled_from([0.2, 0.5, 1.0]), min_size=15, max_size=15))
    links: dict[str, list[Link]] = {"must": [], "cannot": [], "none": []}
    for pair, kind, weight in zip(pairs, kinds, weights, strict=True):
        links[kind].append(Link(*pair, weight))
    return Constraints(tuple(links["must"]), tuple(links["cannot"]))


def check(constraints: Constraints, found: tuple[Contradiction, ...]) -> None:
    """Each clash has a triangle on a shortest way, and each triangle is of a clash."""
    reached = joined(constraints)
    clashes = {
        (link.left, link.right)
        for link in constraints.cannot_links
        if (link.left, link.right) in reached
    }
    fitting: set[tuple[str, str]] = set()
    for question in found:
        of = set()
        for middle in question.texts:
            one, other = (text for text in question.texts if text != middle)
            away = steps(constraints, one)
            between = away.get(middle, 9) + steps(constraints, middle).get(other, 9)
            if (one, other) in clashes and between == away[other]:
                of.add((one, other))
        assert of, question
        fitting |= of
    assert clashes == fitting


@given(graphs())
@settings(deadline=None)
def test_contradictions_are_found_where_there_are_some(constraints):
    check(constraints, contradictions_among(constraints, ()))


@given(answers(most=20))
@settings(deadline=None)
def test_contradictions_among_answers_are_those_of_their_constraints(judgments):
    settled = settle(judgments)
    found = contradictions(judgments, ())
    check(settled, found)
    assert len(set(found)) == len(found)


@given(graphs(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_what_was_asked_is_not_asked_again(constraints, random):
    found = contradictions_among(constraints, ())
    asked = {question.id for question in found if random.random() < 0.5}
    rest = tuple(question for question in found if question.id not in asked)
    assert contradictions_among(constraints, asked) == rest
    assert contradictions_among(constraints, {question.id for question in found}) == ()


@given(graphs(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_the_links_changes_nothing(constraints, random):
    mixed = Constraints(
        tuple(random.sample(constraints.must_links, len(constraints.must_links))),
        tuple(random.sample(constraints.cannot_links, len(constraints.cannot_links))),
    )
    assert contradictions_among(mixed, ()) == contradictions_among(constraints, ())


def test_three_answers_that_cannot_all_be_right_are_one_question():
    judgments = [
        say(Pair("a", "b"), "same"),
        say(Pair("b", "c"), "same", annotator="bo"),
        say(Pair("a", "c"), "different", "llm", "m"),
    ]
    (found,) = contradictions(judgments, ())
    assert found == Contradiction("a", "b", "c")
    assert contradictions(judgments, {found.id}) == ()
    assert contradictions(judgments[:2], ()) == ()


def test_resolving_one_leaves_none():
    judgments = [
        say(Placement("t", (), (("a", "b"),)), "group 1"),
        say(Pair("b", "t"), "same"),
        say(Pair("a", "b"), "different", minute=1),
    ]
    (found,) = contradictions(judgments, ())
    for verdict in ("all", "first and second", "first and third", "second and third", "none"):
        resolved = say(found, verdict, annotator="bo", minute=2)
        assert contradictions([*judgments, resolved], {found.id}) == ()
    unsure = say(found, "unsure", annotator="bo", minute=2)
    assert contradictions([*judgments, unsure], ()) == (found,)


def test_texts_that_are_gone_are_not_asked_about():
    judgments = [
        say(Pair("a", "b"), "same"),
        say(Pair("b", "c"), "same"),
        say(Pair("a", "c"), "different"),
    ]
    assert contradictions(judgments, (), known={"a", "c"}) == ()


def test_the_heaviest_clash_comes_first():
    strong = Constraints(chain("abc", 0.9), (Link("a", "c", 0.9),))
    faint = Constraints(chain("xyz", 1.0), (Link("x", "z", 0.2),))
    both = Constraints(
        strong.must_links + faint.must_links, strong.cannot_links + faint.cannot_links
    )
    assert contradictions_among(both, ()) == (
        Contradiction("a", "b", "c"),
        Contradiction("x", "y", "z"),
    )


def test_of_two_texts_between_the_one_with_the_stronger_links_is_asked_about():
    ways = (Link("a", "m", 0.3), Link("m", "z", 1.0), Link("a", "n", 0.6), Link("n", "z", 0.6))
    (found,) = contradictions_among(Constraints(ways, (Link("a", "z", 1.0),)), ())
    assert found == Contradiction("a", "n", "z")


def test_a_long_way_is_halved_by_its_doubt():
    even = Constraints(chain("abcde"), (Link("a", "e", 1.0),))
    assert contradictions_among(even, ()) == (Contradiction("a", "c", "e"),)
    doubtful = Constraints((Link("a", "b", 0.2), *chain("bcde")), (Link("a", "e", 1.0),))
    assert contradictions_among(doubtful, ()) == (Contradiction("a", "b", "e"),)


@pytest.mark.alone
def test_five_thousand_answers_take_less_than_a_second():
    judgments = crowd(5_000)
    spent = []
    gc.freeze()  # what the tests before this one left behind is not ours to walk through
    for _ in range(5):  # the first also imports; a busy machine may disturb another
        started = time.process_time()
        found = contradictions(judgments, ())
        spent.append(time.process_time() - started)
    gc.unfreeze()
    assert min(spent) < 1.0
    assert len(found) > 2_000


def crowd(number: int) -> list[Judgment]:
    """Placements and pairs about 3,000 texts of 12 groups, a seventh of them wrong."""
    groups, draw = 12, random.Random(1)
    made: list[Judgment] = []
    for minute in range(number):
        text = draw.randrange(3 * groups, 3_000)
        gold, wrong = text % groups, draw.random() < 1 / 7
        if draw.random() < 0.6:
            shown = draw.sample(range(groups), 4)
            sides = tuple(tuple(f"{hub + groups * k:04}" for k in range(3)) for hub in shown)
            question = Placement(f"{text:04}", (), sides)
            right = [n for n, side in enumerate(question.candidates) if int(side[0]) == gold]
            verdict = str(GROUPS[right[0]]) if right and not wrong else "new"
            made.append(say(question, verdict, "llm", minute=minute))
        else:
            same = draw.random() < 0.6
            other = draw.choice(
                [o for o in range(text % 7, 3_000, 7) if (o % groups == gold) is same]
            )
            if other != text:
                verdict = "same" if same is not wrong else "different"
                made.append(say(Pair(f"{text:04}", f"{other:04}"), verdict, "llm", minute=minute))
    return made
