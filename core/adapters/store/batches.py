"""Batches of questions handed to an LLM, what it said beside its verdicts, and wordings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from core.adapters.store.database import Database, insert_for
from core.adapters.store.llm_schema import batch, opinion, template
from core.adapters.store.questions import asked_of
from core.adapters.store.reviews import put_judgment
from core.adapters.store.schema import judgment, question
from core.domain.errors import NotFoundError
from core.domain.judging import Batch, BatchStatus, Opinion
from core.domain.judgments import Judgment
from core.domain.questions import Asked


class Batches:
    """Reads and writes batches, opinions and templates."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, new: Batch) -> None:
        with self._db.write() as connection:
            connection.execute(
                batch.insert().values(
                    project_id=new.project,
                    **{k: v for k, v in asdict(new).items() if k != "project"},
                )
            )

    def get(self, batch_id: str) -> Batch:
        with self._db.read() as connection:
            row = connection.execute(sa.select(batch).where(batch.c.id == batch_id)).first()
        if row is None:
            raise NotFoundError("This batch does not exist (any more).", "Start a new one.")
        return _batch(row)

    def drop(self, batch_id: str) -> None:
        with self._db.write() as connection:
            connection.execute(batch.delete().where(batch.c.id == batch_id))

    def newest(self, project_id: str) -> Batch | None:
        statement = sa.select(batch).where(batch.c.project_id == project_id)
        with self._db.read() as connection:
            row = connection.execute(statement.order_by(batch.c.created_at.desc())).first()
        return _batch(row) if row else None

    def change(self, batch_id: str, **values: Any) -> None:
        """Write columns of a batch."""
        with self._db.write() as connection:
            connection.execute(batch.update().where(batch.c.id == batch_id).values(**values))

    def close(self, batch_id: str, status: BatchStatus, message: str = "") -> bool:
        """End a running batch in a state; False where it has another already."""
        with self._db.write() as connection:
            closed = connection.execute(
                batch.update()
                .where(batch.c.id == batch_id, batch.c.status == BatchStatus.RUNNING.value)
                .values(status=status.value, message=message)
            )
        return bool(closed.rowcount)

    def judged(self, project_id: str) -> int:
        """Return how many questions have an LLM's answer."""
        statement = sa.select(sa.func.count(sa.distinct(judgment.c.question_id))).where(
            judgment.c.project_id == project_id, judgment.c.source == "llm"
        )
        with self._db.read() as connection:
            return connection.scalar(statement) or 0

    def unjudged(self, project_id: str, after: int, limit: int) -> tuple[tuple[int, Asked], ...]:
        """Return (place in the queue, question) of those behind place `after` that
        neither a person nor a machine has answered, in their order."""
        answered = sa.exists().where(
            judgment.c.project_id == question.c.project_id,
            judgment.c.question_id == question.c.id,
        )
        statement = (
            sa.select(question)
            .where(question.c.project_id == project_id, question.c.position > after, ~answered)
            .order_by(question.c.position)
            .limit(limit)
        )
        with self._db.read() as connection:
            return tuple((row.position, asked_of(row)) for row in connection.execute(statement))

    def record(self, project_id: str, given: Judgment, said: Opinion) -> None:
        """Write a model's answer and what it said beside it, in one transaction.

        Its later answer replaces the earlier; see `Reviews.record`.
        """
        key = {"question_id": said.question, "annotator": said.annotator}
        values = {
            "confidence": said.confidence,
            "reason": said.reason,
            "why_not": said.why_not,
        }

        def put(connection: sa.Connection) -> None:
            put_judgment(connection, project_id, given)
            statement = insert_for(connection, opinion).values(
                project_id=project_id, **key, **values
            )
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["project_id", "question_id", "annotator"], set_=values
                )
            )

        self._db.together(put)

    def opinions(self, project_id: str, question_id: str) -> tuple[Opinion, ...]:
        """Return what each model said about a question, by its name."""
        statement = (
            sa.select(opinion)
            .where(opinion.c.project_id == project_id, opinion.c.question_id == question_id)
            .order_by(opinion.c.annotator)
        )
        with self._db.read() as connection:
            return tuple(
                Opinion(row.question_id, row.annotator, row.confidence, row.reason, row.why_not)
                for row in connection.execute(statement)
            )

    def keep_template(
        self, project_id: str, kind: str, version: str, parts: Mapping[str, str], author: str
    ) -> None:
        """Keep a wording under its version; one that is there stays as it was."""
        with self._db.write() as connection:
            statement = insert_for(connection, template).values(
                project_id=project_id,
                **{"kind": kind, "version": version, "parts": dict(parts), "author": author},
                at=datetime.now(UTC),
            )
            connection.execute(statement.on_conflict_do_nothing())

    def templates(self, project_id: str, kind: str) -> tuple[tuple[str, dict[str, str]], ...]:
        """Return (version, parts) of the wordings of a kind, oldest first."""
        statement = (
            sa.select(template)
            .where(template.c.project_id == project_id, template.c.kind == kind)
            .order_by(template.c.at, template.c.version)
        )
        with self._db.read() as connection:
            return tuple((row.version, dict(row.parts)) for row in connection.execute(statement))


def _batch(row: Any) -> Batch:
    values = dict(row._mapping)
    values["project"] = values.pop("project_id")
    return Batch(**{**values, "status": BatchStatus(values["status"])})
