"""Many texts on a small machine: what they would take, and a sample of them to begin with."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from core.adapters.encoders.opening import BUNDLED_DIMS
from core.adapters.hardware import memory
from core.domain.durations import duration
from core.domain.errors import InputError
from core.domain.projects import Project
from core.domain.texts import Table
from core.project.intake import load_corpus, load_table
from core.project.pacing import START_SECONDS, pace_here
from core.project.workspace import Workspace
from core.steps.sampling import rows_left, sample_rows
from core.steps.texts import make_corpus

# Bytes of a worker before it looks at a text, and of each text beside its vectors: its
# words, neighbours and places. The vectors are there several times while they are joined,
# kept and searched. Measured with 384 numbers a text: 847 MB at 3,000 texts, 995 MB at
# 20,000, 1,698 MB at 60,000.
_LOADED, _EACH, _COPIES = 750_000_000, 10_000, 4

# What is asked about: ten minutes, or more than half of the memory.
_LONG_SECONDS, _MUCH = 600.0, 0.5

_SIZES = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000)


@dataclass(frozen=True, slots=True)
class Work:
    """What so many `texts` take: about how many seconds and bytes. `memory` is what this
    computer has in bytes, None where it does not tell."""

    texts: int
    seconds: float
    bytes: int
    memory: int | None

    @property
    def large(self) -> bool:
        """Whether a person is asked before it begins."""
        tight = self.memory is not None and self.bytes > _MUCH * self.memory
        return self.seconds > _LONG_SECONDS or tight

    @property
    def told(self) -> str:
        """Return in words what it takes."""
        there = f" (this computer has {_gigabytes(self.memory)})" if self.memory else ""
        return f"about {duration(self.seconds)} and {_gigabytes(self.bytes)} of memory{there}"


def mapping_work(workspace: Workspace, project: Project, texts: int) -> Work:
    """Return what the first map of `texts` texts takes, at the pace measured last."""
    pace = pace_here(workspace, project.id)
    seconds = START_SECONDS + texts * (pace.embed + pace.draw)
    return Work(texts, seconds, _bytes(texts), memory())


def adding_work(workspace: Workspace, project: Project, texts: int, there: int) -> Work:
    """Return what it takes to add `texts` texts to the `there` ones of a project: next to
    nothing without a map, where what the first one takes is told then."""
    if project.head is None:
        return Work(texts, 0.0, 0, memory())
    pace = pace_here(workspace, project.id)
    seconds = START_SECONDS + texts * pace.embed + (texts + there) * pace.draw / 4
    return Work(texts, seconds, _bytes(texts + there), memory())


def suggested(work: Work) -> int:
    """Return the size of sample that is offered: the largest round number that takes
    half of the time that is asked about, or the smallest there is."""
    each = max(work.seconds - START_SECONDS, 1.0) / work.texts
    fitting = (size for size in _SIZES if size < work.texts and size * each < _LONG_SECONDS / 2)
    return next(fitting, min(_SIZES[-1], work.texts))


def check_size(size: int) -> None:
    """Raises InputError where a sample cannot have so many texts."""
    if size < 1:
        raise InputError("A sample has one text at least.", "Give a larger size.")


def take_sample(workspace: Workspace, project: Project, size: int) -> Project:
    """Go on with a sample of `size` texts of a project without a map; the rest waits.

    Drawn by the project's seed from all texts that were brought, those that wait
    included. Raises InputError where the size is none, and StaleEditError once there is
    a map.
    """
    check_size(size)
    table = load_table(workspace, project)
    whole = everything(workspace, project, table.frame)
    rows = make_corpus(replace(table, frame=whole), project.columns).row_text_ids
    frame = whole[sample_rows(rows, size, project.seed)].reset_index(drop=True)
    keys = [workspace.files.put_frame(one) for one in (frame, whole)]
    changed = replace(project, table_key=keys[0], whole_key=keys[1])
    workspace.store.projects.reread(changed)
    return changed


def everything(workspace: Workspace, project: Project, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `frame` (a table of the project, perhaps with new rows) and
    those that wait: first all that a sample was taken of, in the order of their file."""
    if project.whole_key is None:
        return frame
    whole = workspace.files.frame(project.whole_key)
    return pd.concat([whole, rows_left(frame, whole)], ignore_index=True)


def waiting(workspace: Workspace, project: Project) -> Table | None:
    """Return the rows that a sample left out and that were not added since, None where no
    row waits. What is undone waits again."""
    if project.whole_key is None:
        return None
    here = load_table(workspace, project)
    left = rows_left(workspace.files.frame(project.whole_key), here.frame)
    return replace(here, frame=left, notices=()) if len(left) else None


def waiting_texts(workspace: Workspace, project: Project, rest: Table) -> int:
    """Return how many texts wait that the project does not have."""
    there = {text.id for text in load_corpus(workspace, project).texts}
    columns = replace(project.columns, id=None)
    return sum(text.id not in there for text in make_corpus(rest, columns).texts)


def _bytes(texts: int) -> int:
    return _LOADED + texts * (_EACH + 4 * BUNDLED_DIMS * _COPIES)


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
