"""What the models' answers turned out to be worth."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.domain.judgments import Judgment, Verdict
from core.domain.questions import Pair
from core.domain.reviewing import Sight
from core.project.reliability import measured
from core.project.workspace import Workspace
from tests.opinions import AT, MODEL, put, say

PAIRS = tuple(Pair(f"{i:03}", f"{i:03}+") for i in range(40))


def answer(workspace: Workspace, project_id: str, pair: Pair, verdict: Verdict, s: Sight) -> None:
    at = AT + timedelta(seconds=int(pair.left))
    judgment = Judgment(pair, verdict, "human", "ada", 1.0, at)
    workspace.store.reviews.record(project_id, judgment, s)


def test_of_a_model_that_nobody_checked_nothing_is_said(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped
    put(workspace, project_id, *PAIRS)
    say(workspace, project_id, PAIRS[0], Verdict.SAME)
    answer(workspace, project_id, PAIRS[0], Verdict.SAME, "llm")

    assert measured(workspace, project_id) == ()


def test_each_model_is_held_against_people_who_had_not_seen_its_answer(
    mapped: tuple[Workspace, str],
) -> None:
    workspace, project_id = mapped
    put(workspace, project_id, *PAIRS)
    for place, pair in enumerate(PAIRS):
        say(workspace, project_id, pair, Verdict.SAME, 0.95)
        say(workspace, project_id, pair, Verdict.SAME, 0.55, model="openai/other")
        right = Verdict.SAME if place < 24 else Verdict.DIFFERENT
        answer(workspace, project_id, pair, right, "nothing")

    one, other = measured(workspace, project_id)

    assert (one.model, other.model) == (MODEL, "openai/other")
    assert one.agreed == other.agreed == 24
    # Right 60% of the time: the one says 95% and is off by 35 points, the other by 5.
    assert one.curve.error == pytest.approx(0.35)
    assert other.curve.error == pytest.approx(0.05)
    assert 0.5 < one.calibration.chance(0.95) < 0.75
    assert "24 of 40 answers (95% interval 45% to 74%)" in one.told
    assert "off by 35 percentage points" in one.told
