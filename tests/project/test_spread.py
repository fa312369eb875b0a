"""Which answers a map was made from, and which came, changed or went since."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.domain.clusterings import UNASSIGNED
from core.domain.judgments import Judgment, Verdict, allowed
from core.domain.projects import Map
from core.domain.reviewing import Seat
from core.project import review
from core.project.arrays import keep_clustering, load_clustering, load_prior
from core.project.grouping import regroup
from core.project.mapping import current
from core.project.spread import Waiting, known_to, waiting
from core.project.workspace import Workspace
from tests.conftest import Listener
from tests.project.conftest import AnswerGold

Mapped = tuple[Workspace, str]
Spread = tuple[Workspace, str, list[Judgment]]


@pytest.fixture
def spread(mapped: Mapped, answer_gold: AnswerGold, listener: Listener) -> Spread:
    """A project whose map was made from six answers."""
    workspace, project = mapped
    given = answer_gold(workspace, project, 6)
    regroup(workspace, project, {}, listener)
    return workspace, project, given


def newest(workspace: Workspace, project: str) -> Map:
    return current(workspace, project).map


def say(workspace: Workspace, project: str, judgment: Judgment, verdict: Verdict) -> None:
    review.answer(workspace, project, judgment.question.id, verdict, "me")


def test_answers_taken_back_wait_to_be_spread_too(spread: Spread, listener: Listener) -> None:
    workspace, project, _ = spread
    assert waiting(workspace, newest(workspace, project)) == Waiting(0, 0)
    for gone in (1, 2):
        review.undo_answer(workspace, project, Seat("me"))
        assert waiting(workspace, newest(workspace, project)) == Waiting(0, gone)
    regroup(workspace, project, {}, listener)
    assert waiting(workspace, newest(workspace, project)) == Waiting(0, 0)


def test_a_changed_answer_waits_once_and_one_said_again_not_at_all(spread: Spread) -> None:
    workspace, project, given = spread
    here = newest(workspace, project)
    say(workspace, project, given[0], given[0].verdict)
    assert waiting(workspace, here) == Waiting(0, 0)
    other = min(allowed(given[0].question) - {given[0].verdict})
    say(workspace, project, given[0], other)
    assert waiting(workspace, here) == Waiting(1, 0)
    judgments = workspace.store.reviews.judgments(project)
    known = known_to(workspace, here, judgments)
    assert {one.question for one in known} == {one.question for one in given[1:]}
    say(workspace, project, given[0], given[0].verdict)
    assert waiting(workspace, here) == Waiting(0, 0)


def test_without_any_answer_left_the_map_is_as_before_the_first(
    spread: Spread, listener: Listener
) -> None:
    workspace, project, given = spread
    for _ in given:
        review.undo_answer(workspace, project, Seat("me"))
    regroup(workspace, project, {}, listener)
    here = newest(workspace, project)
    now, prior = (load(workspace, here).labels for load in (load_clustering, load_prior))
    # Clusters that answers had joined are new ones after it; who is with whom is the same.
    assert len(set(zip(now.tolist(), prior.tolist(), strict=True))) == len(set(prior.tolist()))
    assert len(set(now.tolist())) == len(set(prior.tolist()))
    assert np.array_equal(now == UNASSIGNED, prior == UNASSIGNED)
    assert waiting(workspace, here) == Waiting(0, 0)


def test_an_answer_given_while_answers_are_spread_waits(
    mapped: Mapped, answer_gold: AnswerGold
) -> None:
    workspace, project = mapped
    answer_gold(workspace, project, 2)

    class Busy(Listener):
        def report(self, fraction: float, message: str) -> None:
            if message == "Naming groups":
                answer_gold(workspace, project, 1)

    regroup(workspace, project, {}, Busy())
    assert waiting(workspace, newest(workspace, project)) == Waiting(1, 0)


def test_a_map_that_kept_no_answers_goes_by_the_time(
    spread: Spread, answer_gold: AnswerGold
) -> None:
    workspace, project, given = spread
    here = newest(workspace, project)
    bare = keep_clustering(workspace, load_clustering(workspace, here))
    old = replace(here, clustering_key=bare)
    assert waiting(workspace, old) == Waiting(0, 0)
    answer_gold(workspace, project, 1)
    assert waiting(workspace, old) == Waiting(1, 0)
    judgments = workspace.store.reviews.judgments(project)
    assert known_to(workspace, old, judgments) == tuple(given)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Waiting(0, 0), ""),
        (Waiting(1, 0), "1 answer is not on this map yet."),
        (Waiting(2_000, 0), "2,000 answers are not on this map yet."),
        (Waiting(0, 1), "1 answer behind this map was taken back."),
        (Waiting(0, 3), "3 answers behind this map were taken back."),
        (
            Waiting(1, 2),
            "1 answer is not on this map yet, and 2 answers behind it were taken back.",
        ),
    ],
)
def test_what_waits_is_told(found: Waiting, words: str) -> None:
    assert found.told == words
