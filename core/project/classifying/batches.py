"""New texts on their way in: read as the Data page reads, kept by their content."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from core.domain.errors import InputError
from core.domain.jobs import Job
from core.domain.projects import Project
from core.domain.texts import Columns, Corpus, Table
from core.project import adding
from core.project.intake import guess, read_pasted, read_upload
from core.project.workspace import Workspace
from core.steps.texts import make_corpus


@dataclass(frozen=True, slots=True)
class Batch:
    """New texts as they were brought. `table_key` names the stored table, `headers` are its
    columns as they stand in the file and `names` as they are told apart; `text` and `id`
    are of the latter (`id` None: row numbers)."""

    name: str
    table_key: str
    headers: tuple[str, ...]
    names: tuple[str, ...]
    notices: tuple[str, ...]
    text: str
    id: str | None

    @property
    def columns(self) -> Columns:
        return Columns(self.text, self.id)


def bring(workspace: Workspace, name: str | None, data: bytes) -> str:
    """Keep a file, or pasted lines (`name` None), with its columns guessed; return the
    batch's key. Raises InputError; nothing is kept then."""
    if name is None:
        table = read_pasted(workspace, data.decode("utf-8", "replace"))
        # A pasted word is a text, whatever a column of such words would be.
        return keep_table(workspace, table, Columns(str(table.frame.columns[0])))
    table = read_upload(workspace, name, data)
    return keep_table(workspace, table, guess(table))


def keep_table(workspace: Workspace, table: Table, columns: Columns) -> str:
    """Keep a table with its columns; return the batch's key. Raises InputError where they
    hold no text."""
    if not make_corpus(table, columns).texts:
        raise InputError(
            f"The column '{columns.text}' of {table.name} holds no text in any row.",
            "Choose another text column.",
        )
    key = workspace.files.put_frame(table.frame)
    return _keep(
        workspace,
        Batch(
            name=table.name,
            table_key=key,
            headers=table.headers,
            names=tuple(map(str, table.frame.columns)),
            notices=table.notices,
            text=columns.text,
            id=columns.id,
        ),
    )


def change_text(workspace: Workspace, batch: Batch, column: str) -> str:
    """Read a batch's texts from another column; return the new key. Raises InputError
    where it holds none."""
    columns = Columns(column, None if batch.id == column else batch.id)
    if not make_corpus(table_of(workspace, batch), columns).texts:
        raise InputError(f"The column '{column}' holds no text.", "Choose another column.")
    return _keep(workspace, replace(batch, text=column, id=columns.id))


def batch_of(workspace: Workspace, key: str) -> Batch:
    """Return a kept batch. Raises StorageError where there is none."""
    values = json.loads(workspace.files.read_bytes(key))
    listed = {name: tuple(values[name]) for name in ("headers", "names", "notices")}
    return Batch(**{**values, **listed})


def table_of(workspace: Workspace, batch: Batch) -> Table:
    """Return the batch's table as it was brought."""
    frame = workspace.files.frame(batch.table_key)
    return Table(batch.name, frame, batch.headers, "", batch.notices)


def corpus_of(workspace: Workspace, batch: Batch) -> Corpus:
    """Return the batch's distinct texts, and which row holds which."""
    return make_corpus(table_of(workspace, batch), batch.columns)


def join(workspace: Workspace, project: Project, batch: Batch) -> Job | None:
    """Add a batch's texts to the project in a worker process, None where nothing is to be
    waited for. Raises InputError where nothing in it is new, and BusyError while another
    job is live."""
    table = table_of(workspace, batch)
    return adding.begin(workspace, project, adding.prepare(workspace, project, table, batch.text))


def _keep(workspace: Workspace, batch: Batch) -> str:
    return workspace.files.put_bytes(json.dumps(asdict(batch), sort_keys=True).encode())
