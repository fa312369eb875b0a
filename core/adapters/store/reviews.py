"""The queue of questions, the answers, and the remarks beside them."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from core.adapters.store.database import Database, insert_for
from core.adapters.store.questions import (
    PEOPLE,
    about_it,
    asked_of,
    judgment_of,
    mine,
    question_of,
    row_of,
)
from core.adapters.store.schema import judgment, lease, project, question, remark
from core.domain.errors import NotFoundError
from core.domain.judgments import Judgment
from core.domain.projects import Remark
from core.domain.questions import Asked
from core.domain.reviewing import Sight


class Reviews:
    """Reads and writes questions, judgments and remarks."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def enqueue(self, project_id: str, batch: Iterable[Asked]) -> int:
        """Append questions in the order given; return how many are new.

        Those that stand in the queue already stay as they are, in their place.
        """
        asked = tuple(batch)
        with self._db.write() as connection:
            seed = connection.scalar(sa.select(project.c.seed).where(project.c.id == project_id))
            rows = [row_of(project_id, seed or 0, each) for each in asked]
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

    def record(self, project_id: str, given: Judgment, sight: Sight | None = None) -> None:
        """Write an answer; the same annotator's later answer replaces the earlier.

        A machine's answer does not replace one that a person gave under its name.
        `sight` is what stood beside the question. An answer changed in sight of
        others' is kept as it was at first, too. The question leaves the screen.
        """
        with self._db.write() as connection:
            put_judgment(connection, project_id, given, sight)

    def judgments(self, project_id: str) -> tuple[Judgment, ...]:
        """Return all answers, oldest first."""
        statement = (
            sa.select(question, judgment)
            .join(judgment, about_it(judgment))
            .where(question.c.project_id == project_id)
            .order_by(judgment.c.at, judgment.c.question_id)
        )
        with self._db.read() as connection:
            return tuple(
                judgment_of(row, question_of(row)) for row in connection.execute(statement)
            )

    def remark(self, project_id: str, left: Remark) -> None:
        """Keep a flag and a note."""
        values = {"flagged": left.flagged, "note": left.note}
        with self._db.write() as connection:
            statement = insert_for(connection, remark).values(
                project_id=project_id,
                question_id=left.question,
                annotator=left.annotator,
                **values,
            )
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["project_id", "question_id", "annotator"], set_=values
                )
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


def put_judgment(
    connection: sa.Connection, project_id: str, given: Judgment, sight: Sight | None = None
) -> None:
    """Write an answer within a transaction, see `Reviews.record`."""
    values = {
        "verdict": given.verdict.value,
        "source": given.source,
        "confidence": given.confidence,
        "at": given.at,
        "sight": sight,
    }
    key = mine(judgment, project_id, given.question.id, given.annotator)
    if sight == "others":
        first = sa.func.coalesce(judgment.c.at_first, judgment.c.verdict)
        values["at_first"] = connection.scalar(
            sa.select(first).where(*key, judgment.c.source.in_(PEOPLE))
        )
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
            where=None if given.source in PEOPLE else judgment.c.source.not_in(PEOPLE),
        )
    )
    if given.source in PEOPLE:
        connection.execute(
            lease.delete().where(*mine(lease, project_id, given.question.id, given.annotator))
        )
