"""Approving many answers of models at one stroke."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.adapters.store.database import Database, insert_for
from core.adapters.store.opening import hidden_from, open_to, remarked_by
from core.adapters.store.questions import about_it, asked_of, told_by_llm, told_of
from core.adapters.store.schema import judgment, question, remark
from core.domain.judgments import Verdict
from core.domain.reviewing import Row, Seat, Terms


class Bulks:
    """Lists what may be approved, and records what was."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def rows(
        self, project_id: str, seat: Seat, terms: Terms, now: datetime
    ) -> tuple[tuple[Row, ...], int]:
        """Return the models' answers that this person may approve, the surest first,
        and how many more are kept back for blind checks. Abstentions are none."""
        told = told_by_llm(project_id)
        anyone = remark.alias()
        flagged = sa.exists().where(about_it(anyone), anyone.c.flagged)
        statement = (
            sa.select(question, told, flagged.label("flagged"))
            .join(told, told.c.question_id == question.c.id)
            .outerjoin(remark, remarked_by(seat.annotator))
            .where(
                *open_to(project_id, seat, terms.shared, now),
                told.c.verdict != Verdict.UNSURE.value,
            )
            .order_by(told.c.confidence.desc(), question.c.position)
        )
        hidden = hidden_from(terms.blind)
        with self._db.read() as connection:
            kept = connection.scalar(
                sa.select(sa.func.count()).select_from(statement.where(hidden).subquery("kept"))
            )
            rows = connection.execute(statement.where(sa.not_(hidden))).all()
        return tuple(_row(row) for row in rows), kept or 0

    def approve(
        self,
        project_id: str,
        seat: Seat,
        chosen: Mapping[str, Verdict],
        terms: Terms,
        now: datetime,
    ) -> int:
        """Record what a person approved at one stroke, by question id; return how many.

        What somebody else answered meanwhile is left out. All have one time: that is
        how one undo finds them again.
        """
        with self._db.write() as connection:
            still_open = connection.scalars(
                sa.select(question.c.id)
                .outerjoin(remark, remarked_by(seat.annotator))
                .where(*open_to(project_id, seat, terms.shared, now))
            )
            values = [
                {
                    "project_id": project_id,
                    "question_id": question_id,
                    "annotator": seat.annotator,
                    "verdict": chosen[question_id].value,
                    "source": "bulk",
                    "confidence": 1.0,
                    "at": now,
                    "sight": "llm",
                }
                for question_id in still_open
                if question_id in chosen
            ]
            if values:
                put = insert_for(connection, judgment)
                connection.execute(
                    put.on_conflict_do_update(
                        index_elements=["project_id", "question_id", "annotator"],
                        set_={
                            name: put.excluded[name]
                            for name in ("verdict", "source", "confidence", "at", "sight")
                        },
                    ),
                    values,
                )
        return len(values)


def _row(row: Any) -> Row:
    asked = asked_of(row)
    return Row(asked, told_of(row, asked.question), bool(row.flagged))
