"""Projects, and the versions of their taxonomy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.adapters.store.database import Database
from core.adapters.store.schema import map_, project, version
from core.domain.errors import InputError, NotFoundError, StaleEditError
from core.domain.projects import Project, VersionNote
from core.domain.recipes import decode_edit, encode_edit
from core.domain.taxonomy import Basis, Edit, Taxonomy, Topic
from core.domain.texts import Columns


class Projects:
    """Reads and writes projects and taxonomy versions."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, new: Project) -> None:
        with self._db.write() as connection:
            connection.execute(project.insert().values(**asdict(new)))

    def get(self, project_id: str) -> Project:
        with self._db.read() as connection:
            row = connection.execute(_standing().where(project.c.id == project_id)).first()
        if row is None:
            raise NotFoundError(
                "This project does not exist here (any more).",
                "Choose another on the Data page, or bring its file again.",
            )
        return _project(row)

    def all(self) -> tuple[Project, ...]:
        """Return all projects, newest first."""
        with self._db.read() as connection:
            rows = connection.execute(_standing().order_by(project.c.created_at.desc()))
            return tuple(_project(row) for row in rows)

    def reread(self, changed: Project) -> None:
        """Replace how the project's file is read. Raises StaleEditError once it has a map."""
        values = {
            k: v
            for k, v in asdict(changed).items()
            if k in ("headers", "encoding", "notices", "columns", "table_key", "whole_key")
        }
        with self._db.write() as connection:
            done = connection.execute(
                project.update()
                .where(project.c.id == changed.id, project.c.head.is_(None))
                .values(**values)
            )
        if not done.rowcount:
            raise StaleEditError(
                "This project has a map already, so its columns stay as they are.",
                "Bring the file again as a new project to read it differently.",
            )

    def let_wait(self, project_id: str, whole_key: str) -> None:
        """Remember the table of all rows, of which some wait outside the project."""
        with self._db.write() as connection:
            connection.execute(
                project.update().where(project.c.id == project_id).values(whole_key=whole_key)
            )

    def rename(self, project_id: str, name: str) -> None:
        with self._db.write() as connection:
            connection.execute(project.update().where(project.c.id == project_id).values(name=name))

    def let_code_run(self, project_id: str, allowed: bool) -> None:
        """Remember whether models may run the program code that they bring."""
        with self._db.write() as connection:
            connection.execute(
                project.update().where(project.c.id == project_id).values(runs_code=allowed)
            )

    def taxonomy(self, project_id: str, number: int) -> Taxonomy:
        with self._db.read() as connection:
            row = connection.execute(_at(project_id, number)).first()
        if row is None:
            raise NotFoundError(
                f"This project has no taxonomy version {number}.", "Reload the page."
            )
        return Taxonomy(
            version=row.number,
            map_id=row.map_id,
            topics=tuple(
                Topic(**{**topic, **_sequences(topic, "clusters", "keywords"), **_basis(topic)})
                for topic in row.topics
            ),
            moved=row.moved,
        )

    def append(
        self,
        project_id: str,
        taxonomy: Taxonomy,
        *,
        parent: int | None,
        sentence: str,
        author: str,
        at: datetime,
        edit: Edit | None = None,
        returned_to: int | None = None,
    ) -> Taxonomy:
        """Save `taxonomy` as the next version on top of `parent` and make it the head.

        `edit` is what made it of its parent, `returned_to` the version whose state it is.
        Raises StaleEditError where the head is no longer `parent`.
        """
        with self._db.write() as connection:
            _demand_head(connection, project_id, parent)
            note: dict[str, Any] = {
                "parent": parent,
                "sentence": sentence,
                "author": author,
                "at": at,
            }
            note |= {"edit": encode_edit(edit) if edit else None, "returned_to": returned_to}
            number = _add(connection, project_id, taxonomy, note)
            _set_head(connection, project_id, number)
        return replace(taxonomy, version=number)

    def append_all(
        self,
        project_id: str,
        steps: Sequence[tuple[Taxonomy, str, Edit]],
        *,
        parent: int,
        author: str,
        at: datetime,
    ) -> Taxonomy:
        """Save several versions, each made of the one before it by an edit with its
        sentence, all or none; return the last. Raises as `append` does."""
        current = self.taxonomy(project_id, parent)
        with self._db.write() as connection:
            _demand_head(connection, project_id, parent)
            for taxonomy, sentence, edit in steps:
                note: dict[str, Any] = {
                    "parent": parent,
                    "sentence": sentence,
                    "author": author,
                    "at": at,
                }
                note |= {"edit": encode_edit(edit), "returned_to": None}
                parent = _add(connection, project_id, taxonomy, note)
                current = replace(taxonomy, version=parent)
            _set_head(connection, project_id, parent)
        return current

    def edits(self, project_id: str) -> Mapping[int, Edit]:
        """Return the edits that made versions, by their numbers; those that this version of
        Clade does not know are not among them."""
        statement = sa.select(version.c.number, version.c.edit).where(
            version.c.project_id == project_id, version.c.edit.is_not(None)
        )
        found: dict[int, Edit] = {}
        with self._db.read() as connection:
            for number, values in connection.execute(statement):
                with suppress(InputError):
                    found[number] = decode_edit(values)
        return found

    def append_beside(
        self,
        project_id: str,
        taxonomy: Taxonomy,
        *,
        parent: int,
        sentences: tuple[str, str],
        author: str,
        at: datetime,
    ) -> Taxonomy:
        """Save `taxonomy` as a version beside `parent`, and `parent` once more as the head,
        both or neither; `sentences` are those of the two. Raises as `append` does."""
        current = self.taxonomy(project_id, parent)
        with self._db.write() as connection:
            _demand_head(connection, project_id, parent)
            note = {"parent": parent, "sentence": sentences[0], "author": author, "at": at}
            number = _add(connection, project_id, taxonomy, note)
            head = _add(connection, project_id, current, {**note, "sentence": sentences[1]})
            _set_head(connection, project_id, head)
        return replace(taxonomy, version=number)

    def note(self, project_id: str, number: int) -> VersionNote:
        with self._db.read() as connection:
            return _note(connection.execute(_at(project_id, number)).one())

    def history(self, project_id: str) -> tuple[VersionNote, ...]:
        """Return all versions of a project's taxonomy, the oldest first."""
        statement = sa.select(version).where(version.c.project_id == project_id)
        with self._db.read() as connection:
            rows = connection.execute(statement.order_by(version.c.number))
            return tuple(_note(row) for row in rows)

    def redo_note(self, project_id: str, number: int) -> VersionNote | None:
        """Return the newest version made on top of `number`, if there is one."""
        with self._db.read() as connection:
            row = connection.execute(
                sa.select(version)
                .where(version.c.project_id == project_id, version.c.parent == number)
                .order_by(version.c.number.desc())
            ).first()
        return _note(row) if row else None

    def move_head(self, project_id: str, *, expected: int, number: int) -> None:
        """Make version `number` current (undo, redo); stale where the head moved."""
        with self._db.write() as connection:
            head = connection.scalar(sa.select(project.c.head).where(project.c.id == project_id))
            if head != expected:
                raise StaleEditError(
                    "The taxonomy was changed elsewhere since this page was drawn.",
                    "Look at the new state, then undo again if you still want to.",
                )
            _set_head(connection, project_id, number)


def _standing() -> sa.Select[Any]:
    """Select projects as they stand: rows that were added belong to the map that has them."""
    at_head = sa.and_(version.c.project_id == project.c.id, version.c.number == project.c.head)
    table = sa.func.coalesce(map_.c.table_key, project.c.table_key).label("table_key")
    others = [column for column in project.c if column.name != "table_key"]
    joined = project.outerjoin(version, at_head).outerjoin(map_, map_.c.id == version.c.map_id)
    return sa.select(*others, table).select_from(joined)


def _at(project_id: str, number: int) -> sa.Select[Any]:
    return sa.select(version).where(version.c.project_id == project_id, version.c.number == number)


def _demand_head(connection: sa.Connection, project_id: str, expected: int | None) -> None:
    head = connection.scalar(sa.select(project.c.head).where(project.c.id == project_id))
    if head != expected:
        raise StaleEditError(
            "The taxonomy was changed elsewhere since this page was drawn.",
            "Look at the new state, then make the change again if it still makes sense.",
        )


def _add(
    connection: sa.Connection, project_id: str, taxonomy: Taxonomy, note: Mapping[str, Any]
) -> int:
    """Save a version under the next number, which is returned."""
    last = connection.scalar(
        sa.select(sa.func.max(version.c.number)).where(version.c.project_id == project_id)
    )
    number = (last or 0) + 1
    connection.execute(
        version.insert().values(
            project_id=project_id,
            number=number,
            map_id=taxonomy.map_id,
            topics=[asdict(topic) for topic in taxonomy.topics],
            moved=dict(taxonomy.moved),
            **note,
        )
    )
    return number


def _set_head(connection: sa.Connection, project_id: str, number: int) -> None:
    connection.execute(project.update().where(project.c.id == project_id).values(head=number))


def _sequences(values: Mapping[str, Any], *names: str) -> dict[str, tuple[Any, ...]]:
    return {name: tuple(values[name]) for name in names}


def _basis(topic: Mapping[str, Any]) -> dict[str, Basis | None]:
    # Versions of an older Clade have none.
    kept = topic.get("basis")
    return {"basis": kept and Basis(**{**kept, **_sequences(kept, "clusters", "texts", "quotes")})}


def _note(row: Any) -> VersionNote:
    return VersionNote(
        row.number, row.parent, row.map_id, row.sentence, row.author, row.at, row.returned_to
    )


def _project(row: Any) -> Project:
    values = dict(row._mapping)
    columns = values.pop("columns")
    return Project(
        **{
            **values,
            "headers": tuple(values["headers"]),
            "notices": tuple(values["notices"]),
            "columns": Columns(columns["text"], columns["id"], tuple(columns["metadata"])),
        }
    )
