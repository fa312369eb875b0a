"""The queue of questions, the answers, and the remarks beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.adapters.store.database import Database, insert_for
from core.adapters.store.schema import judgment, question, remark
from core.domain.errors import NotFoundError
from core.domain.judgments import Judgment, Verdict
from core.domain.projects import Remark
from core.domain.questions import (
    Asked,
    Contradiction,
    Guess,
    Pair,
    Placement,
    Question,
    Triplet,
)

_KINDS: dict[str, type[Question]] = {
    "triplet": Triplet,
    "pair": Pair,
    "placement": Placement,
    "contradiction": Contradiction,
}
_PEOPLE = ("human", "bulk")


class Reviews:
    """Reads and writes questions, judgments and remarks."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def enqueue(self, project_id: str, batch: Iterable[Asked]) -> int:
        """Append questions in the order given; return how many are new.

        Those that stand in the queue already stay as they are, in their place.
        """
        rows = [_row(project_id, asked) for asked in batch]
        with self._db.write() as connection:
            last = connection.scalar(
                sa.select(sa.func.max(question.c.position)).where(
                    question.c.project_id == project_id
                )
            )
            added = 0
            for offset, row in enumerate(rows, start=(last or 0) + 1):
                statement = insert_for(connection, question).values(position=offset, **row)
                added += connection.execute(statement.on_conflict_do_nothing()).rowcount
        return added

    def asked_ids(self, project_id: str) -> frozenset[str]:
        with self._db.read() as connection:
            rows = connection.scalars(
                sa.select(question.c.id).where(question.c.project_id == project_id)
            )
            return frozenset(rows)

    def answered(
        self, project_id: str, annotator: str
    ) -> tuple[tuple[str, str | None, datetime], ...]:
        """Return (verdict, the embedder's guess or None, when) of a person's
        answers, oldest first."""
        statement = (
            sa.select(judgment.c.verdict, question.c.guess, judgment.c.at)
            .join(question, _joined(judgment, annotator))
            .where(question.c.project_id == project_id, judgment.c.source.in_(_PEOPLE))
            .order_by(judgment.c.at)
        )
        with self._db.read() as connection:
            return tuple(
                (row.verdict, row.guess["verdict"] if row.guess else None, row.at)
                for row in connection.execute(statement)
            )

    def next_open(self, project_id: str, annotator: str) -> Asked | None:
        """Return the first question that the person `annotator` has not answered,
        skipped ones last. Machines' answers, under whatever name, close no question
        for a person."""
        answered = judgment.alias()
        mine = remark.alias()
        statement = (
            sa.select(question)
            .outerjoin(
                answered, sa.and_(_joined(answered, annotator), answered.c.source.in_(_PEOPLE))
            )
            .outerjoin(mine, _joined(mine, annotator))
            .where(question.c.project_id == project_id, answered.c.question_id.is_(None))
            .order_by(
                sa.case((mine.c.skipped_at.is_(None), 0), else_=1),
                mine.c.skipped_at,
                question.c.position,
            )
            .limit(1)
        )
        with self._db.read() as connection:
            row = connection.execute(statement).first()
        return asked_of(row) if row else None

    def asked(self, project_id: str, question_id: str) -> Asked:
        with self._db.read() as connection:
            row = connection.execute(
                sa.select(question).where(
                    question.c.project_id == project_id, question.c.id == question_id
                )
            ).first()
        if row is None:
            raise NotFoundError(
                "This question is not in the queue (any more).", "Go on with the next one."
            )
        return asked_of(row)

    def record(self, project_id: str, given: Judgment) -> None:
        """Write an answer; the same annotator's later answer replaces the earlier.

        A machine's answer does not replace one that a person gave under its name.
        """
        values = {
            "verdict": given.verdict.value,
            "source": given.source,
            "confidence": given.confidence,
            "at": given.at,
        }
        with self._db.write() as connection:
            statement = insert_for(connection, judgment).values(
                project_id=project_id,
                question_id=given.question.id,
                annotator=given.annotator,
                **values,
            )
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["project_id", "question_id", "annotator"],
                    set_=values,
                    where=None if given.source in _PEOPLE else judgment.c.source.not_in(_PEOPLE),
                )
            )

    def withdraw(self, project_id: str, question_id: str, annotator: str) -> bool:
        """Take an answer back, so that the question is open again; False where there was none."""
        with self._db.write() as connection:
            gone = connection.execute(
                judgment.delete().where(*_mine(judgment, project_id, question_id, annotator))
            )
            connection.execute(
                remark.update()
                .where(*_mine(remark, project_id, question_id, annotator))
                .values(skipped_at=None)
            )
        return bool(gone.rowcount)

    def judgments(self, project_id: str) -> tuple[Judgment, ...]:
        """Return all answers, oldest first."""
        statement = (
            sa.select(question, judgment)
            .join(
                judgment,
                sa.and_(
                    judgment.c.project_id == question.c.project_id,
                    judgment.c.question_id == question.c.id,
                ),
            )
            .where(question.c.project_id == project_id)
            .order_by(judgment.c.at, judgment.c.question_id)
        )
        with self._db.read() as connection:
            return tuple(
                Judgment(
                    _question(row),
                    Verdict(row.verdict),
                    row.source,
                    row.annotator,
                    row.confidence,
                    row.at,
                )
                for row in connection.execute(statement)
            )

    def skip(self, project_id: str, question_id: str, annotator: str, at: datetime) -> None:
        self._remark(project_id, question_id, annotator, skipped_at=at)

    def remark(self, project_id: str, left: Remark) -> None:
        """Keep a flag and a note."""
        self._remark(
            project_id, left.question, left.annotator, flagged=left.flagged, note=left.note
        )

    def remarks(self, project_id: str, question_id: str | None = None) -> tuple[Remark, ...]:
        """Return the flags and notes of a project, or of one of its questions."""
        statement = sa.select(remark).where(remark.c.project_id == project_id)
        if question_id is not None:
            statement = statement.where(remark.c.question_id == question_id)
        with self._db.read() as connection:
            rows = connection.execute(statement.order_by(remark.c.question_id, remark.c.annotator))
            return tuple(
                Remark(row.question_id, row.annotator, row.flagged, row.note) for row in rows
            )

    def _remark(self, project_id: str, question_id: str, annotator: str, **values: Any) -> None:
        with self._db.write() as connection:
            statement = insert_for(connection, remark).values(
                project_id=project_id,
                question_id=question_id,
                annotator=annotator,
                **{"flagged": False, "note": "", **values},
            )
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["project_id", "question_id", "annotator"], set_=values
                )
            )


def _mine(
    table: sa.Table, project_id: str, question_id: str, annotator: str
) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        table.c.project_id == project_id,
        table.c.question_id == question_id,
        table.c.annotator == annotator,
    )


def _joined(table: Any, annotator: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        table.c.project_id == question.c.project_id,
        table.c.question_id == question.c.id,
        table.c.annotator == annotator,
    )


def _row(project_id: str, asked: Asked) -> dict[str, Any]:
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
    }


def _question(row: Any) -> Question:
    return _KINDS[row.kind](**row.parts)


def asked_of(row: Any) -> Asked:
    """Return the question of a row of the queue."""
    guess = Guess(**row.guess) if row.guess else None
    return Asked(_question(row), row.why, row.touches, row.space, guess)
