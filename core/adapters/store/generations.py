"""Generated sentences, the ways in which they were written, and what people decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.adapters.store.database import Database, insert_for
from core.adapters.store.generated_schema import generated, generation, ruling
from core.domain.generated import GeneratedSentence, Generation, GenerationSpec, Ruling


class Generations:
    """Reads and writes generated sentences."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def begin(self, new: Generation) -> None:
        """Remember a way of writing as the newest; its sentences stay where it was there."""
        values = {
            "model": new.model,
            "spec": asdict(new.spec),
            "texts": list(new.texts),
            "at": new.at,
        }
        with self._db.write() as connection:
            statement = insert_for(connection, generation).values(
                project_id=new.project, key=new.key, **values
            )
            connection.execute(
                statement.on_conflict_do_update(index_elements=["project_id", "key"], set_=values)
            )

    def newest(self, project_id: str) -> Generation | None:
        statement = (
            sa.select(generation)
            .where(generation.c.project_id == project_id)
            .order_by(generation.c.at.desc())
        )
        with self._db.read() as connection:
            row = connection.execute(statement).first()
        return _generation(row) if row else None

    def add(self, project_id: str, key: str, sentences: Iterable[GeneratedSentence]) -> None:
        """Keep sentences, all or none; one that is there stays as it was."""
        rows = [
            {
                "project_id": project_id,
                "key": key,
                "text_id": one.text,
                "kind": one.kind,
                "body": one.body,
                "score": one.score,
            }
            for one in sentences
        ]
        with self._db.write() as connection:
            connection.execute(insert_for(connection, generated).on_conflict_do_nothing(), rows)

    def sentences(self, of: Generation) -> tuple[GeneratedSentence, ...]:
        """Return the sentences of the texts that were last asked for, by text and kind."""
        statement = (
            sa.select(generated)
            .where(generated.c.project_id == of.project, generated.c.key == of.key)
            .order_by(generated.c.text_id, generated.c.kind)
        )
        wanted = frozenset(of.texts)
        with self._db.read() as connection:
            return tuple(
                GeneratedSentence(row.text_id, row.kind, row.body, row.score, of.model)
                for row in connection.execute(statement)
                if row.text_id in wanted
            )

    def rule(
        self,
        project_id: str,
        sentence_id: str,
        decided: Ruling | None,
        *,
        annotator: str,
        at: datetime,
    ) -> None:
        """Write down what a person decided about a sentence; None takes it back."""
        here = (ruling.c.project_id == project_id, ruling.c.sentence == sentence_id)
        with self._db.write() as connection:
            if decided is None:
                connection.execute(ruling.delete().where(*here))
                return
            values = {"ruling": decided, "annotator": annotator, "at": at}
            statement = insert_for(connection, ruling).values(
                project_id=project_id, sentence=sentence_id, **values
            )
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["project_id", "sentence"], set_=values
                )
            )

    def rulings(self, project_id: str) -> dict[str, Ruling]:
        """Return what people decided, by sentence id."""
        statement = sa.select(ruling).where(ruling.c.project_id == project_id)
        with self._db.read() as connection:
            return {row.sentence: row.ruling for row in connection.execute(statement)}


def _generation(row: Any) -> Generation:
    return Generation(
        key=row.key,
        project=row.project_id,
        model=row.model,
        spec=GenerationSpec(**row.spec),
        texts=tuple(row.texts),
        at=row.at,
    )
