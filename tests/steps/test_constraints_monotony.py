"""Who always says the same is found out."""

from __future__ import annotations

import pytest

from core.domain.judgments import GROUPS, Judgment, Verdict
from core.domain.questions import Pair, Placement, Question, Triplet
from core.steps.constraints import Monotony, monotonous
from core.steps.constraints.monotony import FEWEST
from tests.answering import say

MACHINE = ("machine", "m")


def question(kind: type[Question], number: int) -> Question:
    one, other, third, fourth = (f"{name}{number:02d}" for name in "abcd")
    if kind is Pair:
        return Pair(one, other)
    if kind is Triplet:
        return Triplet(one, other, third)
    return Placement(one, (), ((other,), (third,), (fourth,)))


def given(kind: type[Question], verdict: str, count: int = FEWEST) -> list[Judgment]:
    return [say(question(kind, number), verdict, "llm", "m") for number in range(count)]


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [
        (Pair, "same"),
        (Pair, "unsure"),
        (Triplet, "left"),
        (Triplet, "neither"),
        (Placement, "new"),
        (Placement, "group 1"),
    ],
)
def test_one_verdict_for_all_questions_of_a_kind(kind: type[Question], verdict: str) -> None:
    all_alike = given(kind, verdict)
    assert monotonous(all_alike) == (Monotony(MACHINE, kind, FEWEST, Verdict(verdict)),)
    assert monotonous(all_alike[1:]) == (), "so few may be alike by chance"
    elsewhere = given(Triplet if kind is Pair else Pair, "unsure", 3)
    assert monotonous([*all_alike, *elsewhere]) == monotonous(all_alike)


def first_shown(asked: Question) -> Verdict:
    if isinstance(asked, Placement):
        return GROUPS[asked.shown[0]]
    assert isinstance(asked, Triplet)
    return Verdict.LEFT if asked.shown[0] == asked.left else Verdict.RIGHT


@pytest.mark.parametrize("kind", [Triplet, Placement])
def test_whatever_is_shown_first(kind: type[Question]) -> None:
    asked = [question(kind, number) for number in range(FEWEST)]
    alike = [say(one, first_shown(one), "llm", "m") for one in asked]
    assert len({judgment.verdict for judgment in alike}) > 1
    assert monotonous(alike) == (Monotony(MACHINE, kind, FEWEST, None, place=0),)


@pytest.mark.parametrize(
    ("kind", "other"), [(Pair, "different"), (Triplet, "both"), (Placement, "new")]
)
def test_one_other_answer_is_enough(kind: type[Question], other: str) -> None:
    usual = {Pair: "same", Triplet: "left", Placement: "group 2"}[kind]
    alike = given(kind, usual, FEWEST + 5)
    changed = say(alike[3].question, other, "llm", "m", minute=1)
    assert monotonous(alike) != ()
    assert monotonous([*alike, changed]) == (), "the later answer to a question counts"


def test_each_annotator_is_looked_at_alone() -> None:
    person = [say(judgment.question, "different") for judgment in given(Pair, "same")]
    found = monotonous([*given(Pair, "same"), *person])
    assert [one.who for one in found] == [MACHINE, ("person", "ann")]
