"""Classifiers that were trained and kept."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from core.adapters.store.database import Database
from core.adapters.store.schema import classifier
from core.domain.classification import ClassifierKind, Kept


class Classifiers:
    """Reads and writes which classifiers a project has; what they learned lies in folders."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, new: Kept) -> None:
        values = asdict(new)
        values["project_id"] = values.pop("project")
        values["space_id"] = values.pop("space")
        with self._db.write() as connection:
            connection.execute(classifier.insert().values(**values))

    def newest(self, project_id: str, kind: ClassifierKind, lesson: str | None) -> Kept | None:
        """Return the newest of a kind, of one `lesson` or of any; None where there is none."""
        statement = sa.select(classifier).where(
            classifier.c.project_id == project_id, classifier.c.kind == kind
        )
        if lesson is not None:
            statement = statement.where(classifier.c.lesson == lesson)
        with self._db.read() as connection:
            row = connection.execute(statement.order_by(classifier.c.at.desc())).first()
        return _kept(row) if row else None


def _kept(row: Any) -> Kept:
    values = dict(row._mapping)
    values["project"] = values.pop("project_id")
    values["space"] = values.pop("space_id")
    return Kept(**values)
