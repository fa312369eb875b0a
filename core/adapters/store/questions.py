"""Questions as rows and back, and how other tables hang on them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from core.adapters.store.llm_schema import opinion
from core.adapters.store.schema import judgment, question
from core.domain.ids import lot
from core.domain.judgments import Judgment, Verdict
from core.domain.questions import (
    Asked,
    Contradiction,
    Guess,
    Pair,
    Placement,
    Question,
    Triplet,
)
from core.domain.reviewing import Told

PEOPLE = ("human", "bulk")
"""The sources that are a person's."""

_KINDS: dict[str, type[Question]] = {
    "triplet": Triplet,
    "pair": Pair,
    "placement": Placement,
    "contradiction": Contradiction,
}


def row_of(project_id: str, seed: int, asked: Asked) -> dict[str, Any]:
    """Return the columns of a question, all but its position."""
    what = asked.question
    return {
        "project_id": project_id,
        "id": what.id,
        "kind": type(what).__name__.lower(),
        "parts": asdict(what),
        "why": asked.why,
        "touches": asked.touches,
        "space": asked.space,
        "guess": asdict(asked.guess) if asked.guess else None,
        "blind_lot": lot("blind", str(seed), what.id),
        "shared_lot": lot("shared", str(seed), what.id),
    }


def question_of(row: Any) -> Question:
    return _KINDS[row.kind](**row.parts)


def asked_of(row: Any) -> Asked:
    guess = Guess(**row.guess) if row.guess else None
    return Asked(question_of(row), row.why, row.touches, row.space, guess)


def judgment_of(row: Any, about: Question) -> Judgment:
    return Judgment(about, Verdict(row.verdict), row.source, row.annotator, row.confidence, row.at)


def mine(
    table: sa.Table, project_id: str, question_id: str, annotator: str
) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions for one annotator's row about one question."""
    return (
        table.c.project_id == project_id,
        table.c.question_id == question_id,
        table.c.annotator == annotator,
    )


def about_it(table: Any) -> sa.ColumnElement[bool]:
    """Return the condition that a row of `table` is about the question beside it."""
    return sa.and_(
        table.c.project_id == question.c.project_id, table.c.question_id == question.c.id
    )


def told_by_llm(project_id: str, question_id: str | None = None) -> sa.Subquery:
    """Return the newest answer of a language model to each question (or to one), with
    what it said beside: verdict, source, annotator, confidence, at, reason and why_not."""
    newest = sa.func.row_number().over(
        partition_by=judgment.c.question_id,
        order_by=(judgment.c.at.desc(), judgment.c.annotator),
    )
    machine = [judgment.c.project_id == project_id, judgment.c.source == "llm"]
    if question_id is not None:
        machine.append(judgment.c.question_id == question_id)
    ranked = sa.select(judgment, newest.label("place")).where(*machine).subquery()
    return (
        sa.select(ranked, opinion.c.reason, opinion.c.why_not)
        .outerjoin(
            opinion,
            sa.and_(
                opinion.c.project_id == ranked.c.project_id,
                opinion.c.question_id == ranked.c.question_id,
                opinion.c.annotator == ranked.c.annotator,
            ),
        )
        .where(ranked.c.place == 1)
        .subquery("told")
    )


def told_of(row: Any, about: Question) -> Told:
    """Return a row of `told_by_llm`."""
    return Told(judgment_of(row, about), row.reason or row.why_not or "")
