"""A language model's answers, written as a batch writes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from core.domain.judging import Opinion
from core.domain.judgments import Judgment, Verdict
from core.domain.questions import Asked, Question
from core.project.workspace import Workspace

MODEL = "openai/gpt-test"
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
REASON = "Both ask about a card that did not arrive."


def put(workspace: Workspace, project_id: str, *questions: Question, touches: int = 3) -> None:
    """Queue questions without a guess."""
    asked = [Asked(question, "They are near.", touches, "s") for question in questions]
    workspace.store.reviews.enqueue(project_id, asked)


def say(
    workspace: Workspace,
    project_id: str,
    question: Question,
    verdict: Verdict,
    confidence: float = 0.8,
    *,
    reason: str = REASON,
    model: str = MODEL,
    after: int = 0,
) -> None:
    """Record a model's answer with its reason."""
    at = AT + timedelta(seconds=after)
    given = Judgment(question, verdict, "llm", model, confidence, at)
    unsure = verdict is Verdict.UNSURE
    said = Opinion(
        question.id, model, confidence, "" if unsure else reason, reason if unsure else ""
    )
    workspace.store.batches.record(project_id, given, said)


def lots(
    workspace: Workspace, project_id: str, questions: Iterable[Question], purpose: str, share: float
) -> tuple[list[Question], list[Question]]:
    """Return the questions whose lot is below the share, and the others."""
    from core.domain.ids import lot

    seed = str(workspace.store.projects.get(project_id).seed)
    drawn: tuple[list[Question], list[Question]] = ([], [])
    for question in questions:
        drawn[lot(purpose, seed, question.id) >= share].append(question)
    return drawn
