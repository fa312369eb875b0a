"""Bringing texts in: read a file, look at its health, make a project, load it again."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from core.adapters.sample import sample_bytes
from core.adapters.tables import paste_table, read_table
from core.domain.errors import InputError
from core.domain.projects import Project
from core.domain.texts import Columns, Corpus, Health, Table
from core.project.workspace import Workspace
from core.steps.texts import check_health, find_texts, guess_columns, make_corpus

LONG_WORDS = 180
"""Words that the bundled embedder reads: 256 word pieces, about 1.4 a word."""

SAMPLE_NAME = "messages.csv"


def read_upload(workspace: Workspace, name: str, data: bytes, encoding: str | None = None) -> Table:
    """Read an uploaded file. Raises InputError as `read_table` does."""
    return read_table(name, data, workspace.settings, encoding)


def read_pasted(workspace: Workspace, text: str) -> Table:
    """Read pasted lines, one text a line."""
    return paste_table(text, workspace.settings)


def bring(workspace: Workspace, name: str | None, data: bytes) -> Project:
    """Make a project of a file, or of pasted lines (`name` None), at one go.

    The columns are guessed and can be changed until there is a map. Raises
    InputError; nothing is kept then.
    """
    if name is None:
        table = read_pasted(workspace, data.decode("utf-8"))
    else:
        table = read_upload(workspace, name, data)
    title = (name or "Pasted texts").rsplit(".", 1)[0]
    return create_project(workspace, table, guess(table), name=title, data=data)


def sample() -> tuple[str, bytes]:
    """Return the name and the bytes of Clade's own sample file."""
    return SAMPLE_NAME, sample_bytes(SAMPLE_NAME)


def guess(table: Table) -> Columns:
    """Guess what the columns mean. Raises InputError where no column holds words."""
    return guess_columns(table)


def look_over(table: Table, columns: Columns) -> Health:
    """Return the health card of a table read with these columns."""
    return check_health(table, make_corpus(table, columns), columns, LONG_WORDS)


def create_project(
    workspace: Workspace,
    table: Table,
    columns: Columns,
    *,
    name: str,
    data: bytes,
    seed: int | None = None,
) -> Project:
    """Make a project of a table and keep both.

    `data` are the bytes of the source, kept so that they can be read again
    with another encoding. Raises InputError where the columns leave no text at all.
    """
    _demand_texts(table, columns)
    project = Project(
        id=uuid4().hex,
        name=name.strip() or table.name,
        source=table.name,
        source_hash=hashlib.sha256(data).hexdigest(),
        source_key=workspace.files.put_bytes(data),
        headers=table.headers,
        encoding=table.encoding,
        notices=table.notices,
        columns=columns,
        table_key=workspace.files.put_frame(table.frame),
        seed=workspace.settings.seed if seed is None else seed,
        head=None,
        created_at=datetime.now(UTC),
    )
    workspace.store.projects.add(project)
    return project


def change_columns(workspace: Workspace, project: Project, columns: Columns) -> Project:
    """Read the project's table with other columns, as long as it has no map.

    Raises InputError where they leave no text or the ids are not unique, and
    StaleEditError once there is a map.
    """
    _demand_texts(load_table(workspace, project), columns)
    changed = replace(project, columns=columns)
    workspace.store.projects.reread(changed)
    return changed


def change_encoding(workspace: Workspace, project: Project, encoding: str) -> Project:
    """Read the project's file again with another encoding. Raises as `change_columns`."""
    data = workspace.files.read_bytes(project.source_key)
    table = read_table(project.source, data, workspace.settings, encoding)
    same = all(name in table.frame.columns for name in _named(project.columns))
    changed = replace(
        project,
        headers=table.headers,
        encoding=table.encoding,
        notices=table.notices,
        columns=project.columns if same else guess_columns(table),
        table_key=workspace.files.put_frame(table.frame),
        whole_key=None,
    )
    workspace.store.projects.reread(changed)
    return changed


def rename_project(workspace: Workspace, project: Project, name: str) -> None:
    """Give the project another name; an empty one changes nothing."""
    if name.strip():
        workspace.store.projects.rename(project.id, name.strip()[:200])


def load_table(workspace: Workspace, project: Project) -> Table:
    """Return the table as it was brought."""
    return Table(
        name=project.source,
        frame=workspace.files.frame(project.table_key),
        headers=project.headers,
        encoding=project.encoding,
        notices=project.notices,
    )


def load_corpus(workspace: Workspace, project: Project) -> Corpus:
    """Return the project's distinct texts."""
    return make_corpus(load_table(workspace, project), project.columns)


def find_project(workspace: Workspace, project_id: str) -> Project:
    """Return a project by id. Raises NotFoundError."""
    return workspace.store.projects.get(project_id)


def all_projects(workspace: Workspace) -> tuple[Project, ...]:
    """Return all projects, newest first."""
    return workspace.store.projects.all()


def search(corpus: Corpus, query: str) -> tuple[str, ...]:
    """Return ids of the texts that match. Raises InputError as `find_texts` does."""
    return find_texts(corpus.texts, query)


def _demand_texts(table: Table, columns: Columns) -> None:
    if not make_corpus(table, columns).texts:
        raise InputError(
            f"The column '{columns.text}' of {table.name} holds no text in any row.",
            "Choose another text column.",
        )


def _named(columns: Columns) -> tuple[str, ...]:
    return (columns.text, *((columns.id,) if columns.id else ()), *columns.metadata)
