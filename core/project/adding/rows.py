"""The rows that shall be added: read, laid under the project's own, and sent on their way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from core.domain.errors import InputError
from core.domain.jobs import Job
from core.domain.projects import Project
from core.domain.texts import Corpus, Table
from core.project.intake import guess, load_corpus, load_table, read_pasted, read_upload
from core.project.sampling import everything
from core.project.starting import start_job
from core.project.workspace import Workspace
from core.steps.addition import Joined, join_rows
from core.steps.sampling import sample_rows
from core.steps.texts import make_corpus

KIND = "add"


@dataclass(frozen=True, slots=True)
class Ready:
    """Rows that can be added: the column of their texts, how many they are, how many
    `texts` the project does not have, and `known` rows left out because they are there
    already; `told` is what to know before. `params` are those of the job. `whole_key`
    names the table of all rows where this is a sample of them: the others wait."""

    name: str
    text: str
    rows: int
    texts: int
    known: int
    told: tuple[str, ...]
    params: Mapping[str, Any]
    whole_key: str | None = None

    @property
    def summary(self) -> str:
        """Return what would be added, in words."""
        rows = "1 row" if self.rows == 1 else f"{self.rows:,} rows"
        texts = "1 text" if self.texts == 1 else f"{self.texts:,} texts"
        there = f" {self.known:,} more are in the project already." if self.known else ""
        return f"{rows} to add, with {texts} that the project does not have.{there}"


def read_more(workspace: Workspace, name: str | None, data: bytes) -> Table:
    """Read a file, or pasted lines (`name` None). Raises InputError."""
    if name is None:
        return read_pasted(workspace, data.decode("utf-8"))
    return read_upload(workspace, name, data)


def prepare(
    workspace: Workspace,
    project: Project,
    table: Table,
    text: str | None = None,
    *,
    sample: int | None = None,
) -> Ready:
    """Lay the rows of a table under those of a project and keep them, changing nothing yet.

    `text` names the column of the texts; None: the project's own where the table has it,
    else a guess. With `sample` only so many new texts are taken, and the rows of the
    others wait. Raises InputError as `join_rows` does, where nothing is new, and where
    the project would have more rows than are accepted.
    """
    columns = project.columns
    if text is None:
        named = columns.text in table.frame.columns
        text = columns.text if named else guess(table).text
    joined = join_rows(load_table(workspace, project), columns, table, text)
    if not joined.rows:
        raise InputError(
            f"All rows of {table.name} are in the project already.",
            "Bring a file that has new ones.",
        )
    most = workspace.settings.max_rows
    if len(joined.frame) > most:
        raise InputError(
            f"The project would have {len(joined.frame):,} rows, and {most:,} are accepted.",
            "Add fewer rows, or set CLADE_MAX_ROWS higher.",
        )
    frame, rows, whole_key = joined.frame, joined.rows, None
    corpus = _corpus(project, frame)
    before = {one.id for one in load_corpus(workspace, project).texts}
    texts = sum(one.id not in before for one in corpus.texts)
    if sample is not None and sample < texts:
        fresh = ["" if one in before else one for one in corpus.row_text_ids]
        whole_key = workspace.files.put_frame(everything(workspace, project, frame))
        frame = frame[sample_rows(fresh, sample, project.seed)].reset_index(drop=True)
        rows, texts = rows - (len(joined.frame) - len(frame)), sample
    params = {
        "table": workspace.files.put_frame(frame),
        "onto": project.table_key,
        "name": table.name,
        "rows": rows,
    }
    told = (*_told(joined, project, text), *table.notices)
    return Ready(table.name, text, rows, texts, joined.known, told, params, whole_key)


def begin(workspace: Workspace, project: Project, ready: Ready) -> Job | None:
    """Add the rows: at once where the project has no map, else in a worker process.

    Raises BusyError while another job of the project is live, and StaleEditError where
    a map was made meanwhile.
    """
    if project.head is None:
        # The whole table comes from several files now: none of them is its encoding.
        table, whole = ready.params["table"], ready.whole_key or project.whole_key
        joined = replace(project, table_key=table, whole_key=whole, encoding="")
        workspace.store.projects.reread(joined)
        return None
    job = start_job(workspace, project.id, KIND, ready.params)
    # Only once the job stands: a refused one must leave no rows waiting.
    if ready.whole_key is not None:
        workspace.store.projects.let_wait(project.id, ready.whole_key)
    return job


def _corpus(project: Project, frame: pd.DataFrame) -> Corpus:
    return make_corpus(Table(project.source, frame, project.headers, ""), project.columns)


def _told(joined: Joined, project: Project, text: str) -> tuple[str, ...]:
    told = []
    if text != project.columns.text:
        told.append(f"The texts come from the column '{text}'.")
    ours = {project.columns.id, *project.columns.metadata} - {None}
    if lacking := [name for name in joined.without if name in ours]:
        told.append(f"These rows have nothing in {_listed(lacking)}.")
    if joined.extra:
        told.append(f"The project has no place for {_listed(list(joined.extra))}: left out.")
    return tuple(told)


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5:,} more columns"
