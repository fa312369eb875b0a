"""Approving many answers of models at once: which, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from core.domain.judgments import GROUPS, Verdict
from core.domain.questions import Question
from core.domain.reviewing import Row, Seat, Terms
from core.project.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Listed:
    """What a person may approve, the surest first, and how many answers are
    `kept_back` for blind checks."""

    rows: tuple[Row, ...]
    kept_back: int


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows to see; () is all. `at_least` is a confidence in [0, 1], `differing`
    leaves those that the embedder would answer otherwise, `flagged` those with a flag."""

    kinds: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    at_least: float = 0.0
    differing: bool = False
    flagged: bool = False


def listed(workspace: Workspace, project_id: str, seat: Seat, terms: Terms) -> Listed:
    """Return the answers of models that are open to this person. Changes nothing."""
    return Listed(*workspace.store.bulks.rows(project_id, seat, terms, datetime.now(UTC)))


def filtered(rows: Iterable[Row], by: Filter) -> tuple[Row, ...]:
    """Return the rows that pass, in their order."""
    return tuple(
        row
        for row in rows
        if (not by.kinds or kind(row.asked.question) in by.kinds)
        and (not by.answers or answer_name(row.told.judgment.verdict) in by.answers)
        and row.told.judgment.confidence >= by.at_least
        and (not by.differing or differs(row))
        and (not by.flagged or row.flagged)
    )


def approve(
    workspace: Workspace, project_id: str, rows: Iterable[Row], seat: Seat, terms: Terms
) -> int:
    """Record that a person approves these answers, as bulk; return how many.

    Left out is what somebody else answered, or looks at, since the rows were listed.
    """
    chosen = {row.asked.question.id: row.told.judgment.verdict for row in rows}
    return workspace.store.bulks.approve(project_id, seat, chosen, terms, datetime.now(UTC))


def differs(row: Row) -> bool | None:
    """Return whether the embedder would answer otherwise, None where it has no guess."""
    guess = row.asked.guess
    return None if guess is None else Verdict(guess.verdict) is not row.told.judgment.verdict


def kind(question: Question) -> str:
    return type(question).__name__.lower()


def answer_name(verdict: Verdict) -> str:
    """Return what an answer is called in a list: the groups of a placement are one name,
    as their numbers mean another group in each question."""
    if verdict in GROUPS:
        return "one of the groups"
    return "a new group" if verdict is Verdict.NEW else str(verdict)
