"""Retraining on placements: a kind of answer like any other."""

from __future__ import annotations

import pytest

from core.domain.judgments import Verdict
from core.domain.questions import Asked, Contradiction, Pair, Placement, Question
from core.project import retraining, review
from core.project.mapping import current
from core.project.workspace import Workspace
from tests.conftest import Listener
from tests.project.conftest import gold_labels, gold_verdict


def put(workspace: Workspace, project_id: str, questions: list[Question]) -> None:
    """Ask questions and answer them as a person who knows the gold labels."""
    gold = gold_labels(workspace, project_id)
    space = current(workspace, project_id).map.space
    asked = [Asked(question, "for this test", 1, space) for question in questions]
    workspace.store.reviews.enqueue(project_id, asked)
    for one in asked:
        verdict = gold_verdict(one, gold)
        review.answer(workspace, project_id, one.question.id, verdict, "me")


def placements(workspace: Workspace, project_id: str) -> list[Question]:
    """Twenty texts of five groups, each among two groups shown by two texts of its own."""
    members: dict[str, list[str]] = {}
    for text, label in sorted(gold_labels(workspace, project_id).items()):
        members.setdefault(label, []).append(text)
    groups = [members[label] for label in sorted(members)][:6]
    found: list[Question] = []
    for place, texts in enumerate(groups[:5]):
        for n in range(4):
            shown = (texts[2 * n : 2 * n + 2], groups[place + 1][16 + n : 17 + n])
            if n == 3:  # neither group shown is its own: a new one
                shown = shown[1:]
            found.append(Placement(texts[8 + n], (), tuple(map(tuple, shown))))
    return found


@pytest.mark.slow
def test_a_retraining_on_placements_alone_ends_in_a_proposal(
    mapped: tuple[Workspace, str], listener: Listener
) -> None:
    workspace, project_id = mapped
    put(workspace, project_id, placements(workspace, project_id))

    found = retraining.material(workspace, project_id)
    retraining.retrain(workspace, project_id, {}, listener)

    assert (found.answers, found.placements, found.triplets) == (20, 20, 0)
    assert (found.must_links, found.cannot_links, found.contested) == (30, 5, 0)
    assert 0 < found.held_out < found.train
    proposal = retraining.newest_proposal(workspace, project_id)
    assert proposal is not None and proposal.status == "open"
    # Judged by placements, each once: about a quarter of twenty.
    assert 3 <= proposal.before.total == proposal.after.total <= 10
    assert proposal.trained_on == found.train


def test_answers_about_texts_that_are_gone_are_kept_and_counted(
    mapped: tuple[Workspace, str],
) -> None:
    workspace, project_id = mapped
    put(workspace, project_id, placements(workspace, project_id))
    before = retraining.material(workspace, project_id)
    gone = "0" * 16
    one, other = sorted(gold_labels(workspace, project_id))[:2]
    space = current(workspace, project_id).map.space
    lost = [Pair(one, gone), Contradiction(one, other, gone)]
    workspace.store.reviews.enqueue(project_id, [Asked(q, "why", 1, space) for q in lost])
    for question in lost:
        verdict = Verdict.SAME if isinstance(question, Pair) else Verdict.ALL
        review.answer(workspace, project_id, question.id, verdict, "me")

    after = retraining.material(workspace, project_id)

    assert (after.answers, after.ignored) == (before.answers + 2, before.ignored + 2)
    assert (after.train, after.held_out) == (before.train, before.held_out)
