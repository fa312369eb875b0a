"""Judgments are settled once, and anew as soon as one of them changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from core.domain.questions import Pair
from core.project import settled
from core.steps import constraints
from tests.answering import say

JUDGMENTS = (
    say(Pair("a", "b"), "same"),
    say(Pair("b", "c"), "same", "llm", "m"),
    say(Pair("a", "c"), "different"),
)


def test_the_same_judgments_are_settled_once() -> None:
    anew = tuple(replace(judgment) for judgment in JUDGMENTS)
    assert settled.settle(list(JUDGMENTS)) is settled.settle(anew)
    assert settled.reliabilities(JUDGMENTS) is settled.reliabilities(anew)
    assert settled.settle(JUDGMENTS, ["a", "b"]) is settled.settle(anew, {"b", "a"})


def test_what_is_settled_once_is_what_the_steps_say() -> None:
    assert settled.settle(JUDGMENTS) == constraints.settle(JUDGMENTS)
    assert settled.settle(JUDGMENTS, {"a", "b"}) == constraints.settle(JUDGMENTS, {"a", "b"})
    assert settled.reliabilities(JUDGMENTS) == constraints.reliabilities(JUDGMENTS)
    (clash,) = settled.contradictions(JUDGMENTS, ())
    assert (clash,) == constraints.contradictions(JUDGMENTS, ())
    assert settled.contradictions(JUDGMENTS, {clash.id}) == ()


def test_any_change_is_settled_anew() -> None:
    before = settled.settle(JUDGMENTS)
    later = replace(JUDGMENTS[0], at=JUDGMENTS[0].at + timedelta(minutes=1))
    for changed in (
        JUDGMENTS[1:],
        (*JUDGMENTS, say(Pair("c", "d"), "same")),
        (replace(JUDGMENTS[0], confidence=0.5), *JUDGMENTS[1:]),
        (later, *JUDGMENTS[1:]),
    ):
        found = settled.settle(changed)
        assert found is not before
        assert found == constraints.settle(changed)
