"""Which pairs of texts the answers decide."""

from __future__ import annotations

import pytest

from core.domain.judgments import Judgment, Verdict
from core.domain.questions import Contradiction, Pair, Placement, Triplet
from core.steps.granularity import paired
from tests.answering import say

IDS = tuple("abcdefgh")


def decided(*judgments: Judgment) -> dict[tuple[str, str], tuple[bool, float]]:
    found = paired(judgments, IDS)
    columns = (found.left, found.right, found.same, found.weight)
    lines = zip(*(column.tolist() for column in columns), strict=True)
    return {(IDS[left], IDS[right]): (same, weight) for left, right, same, weight in lines}


def test_a_pair_says_it_itself() -> None:
    assert decided(say(Pair("b", "a"), Verdict.SAME)) == {("a", "b"): (True, 1.0)}
    assert decided(say(Pair("b", "a"), Verdict.DIFFERENT)) == {("a", "b"): (False, 1.0)}


@pytest.mark.parametrize(("verdict", "group"), [(Verdict.GROUP_1, 0), (Verdict.GROUP_2, 1)])
def test_a_placement_is_same_with_its_group_and_different_from_the_others(
    verdict: Verdict, group: int
) -> None:
    placement = Placement("a", ("h",), (("b", "c"), ("d",)))
    assert decided(say(placement, verdict)) == {
        ("a", "b"): (group == 0, 0.5),
        ("a", "c"): (group == 0, 0.5),
        ("a", "d"): (group == 1, 1.0),
    }


def test_a_new_group_is_different_from_all() -> None:
    found = decided(say(Placement("a", (), (("b",), ("d",))), Verdict.NEW))
    assert found == {("a", "b"): (False, 1.0), ("a", "d"): (False, 1.0)}


@pytest.mark.parametrize(
    "judgment",
    [
        say(Pair("a", "b"), Verdict.UNSURE),
        say(Placement("a", (), (("b",),)), Verdict.UNSURE),
        say(Triplet("a", "b", "c"), Verdict.LEFT),
        say(Contradiction("a", "b", "c"), Verdict.ALL),
        say(Pair("a", "deleted"), Verdict.SAME),
    ],
)
def test_the_rest_says_nothing(judgment: Judgment) -> None:
    found = paired([judgment], IDS)
    assert len(found.left) == found.answers == 0


def test_answers_are_counted_not_their_pairs() -> None:
    placement = say(Placement("a", (), (("b", "c"), ("d",))), Verdict.NEW)
    found = paired([placement, say(Pair("e", "f"), Verdict.SAME)], IDS)
    assert (found.answers, len(found.left)) == (2, 4)


def test_where_a_person_answered_no_machine_is_heard() -> None:
    pair = Pair("a", "b")
    machine = say(pair, Verdict.DIFFERENT, source="llm", annotator="model")
    assert decided(machine) == {("a", "b"): (False, 1.0)}
    assert decided(machine, say(pair, Verdict.SAME)) == {("a", "b"): (True, 1.0)}
