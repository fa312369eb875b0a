"""What a classified batch says: kept, read again, and written for spreadsheets and programs."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from core.domain.classification import ClassifierKind, Drift, TopicDrift
from core.domain.training import Score
from core.project.classifying.batches import Batch, corpus_of, table_of
from core.project.workspace import Workspace
from core.steps.export import csv_bytes
from core.steps.export.assignments import column_prefix


@dataclass(frozen=True, slots=True)
class Classified:
    """Where the texts of a batch belong.

    `frame` has one row a distinct text: its id under "text", then `placing.COLUMNS`.
    `version` and `lesson` are those of the taxonomy when it was made; `known` counts the
    texts that the project holds already; `drift` is None where no text is new; `tells` is
    False where the project is too small to say of a text that it does not fit.
    """

    kind: ClassifierKind
    version: int
    lesson: str
    known: int
    frame: pd.DataFrame
    drift: Drift | None
    tells: bool

    @property
    def unfit(self) -> int:
        return int(self.frame["fits"].eq(False).sum())


def keep_result(workspace: Workspace, batch: str, found: Classified) -> str:
    """Keep a result with the key of its batch; return the key of both."""
    values = {
        "batch": batch,
        "kind": found.kind,
        "version": found.version,
        "lesson": found.lesson,
        "known": found.known,
        "frame": workspace.files.put_frame(found.frame),
        "drift": asdict(found.drift) if found.drift else None,
        "tells": found.tells,
    }
    return workspace.files.put_bytes(json.dumps(values, sort_keys=True).encode())


def result_of(workspace: Workspace, key: str) -> tuple[str, Classified]:
    """Return the key of the batch, and the result. Raises StorageError where it is damaged."""
    values = json.loads(workspace.files.read_bytes(key))
    return values.pop("batch"), Classified(
        **{
            **values,
            "frame": workspace.files.frame(values["frame"]),
            "drift": _drift(values["drift"]) if values["drift"] else None,
        }
    )


def rows_of(workspace: Workspace, batch: Batch, found: Classified) -> pd.DataFrame:
    """Return the batch's own columns in order, untouched, then what was found: one row a
    row of the file, duplicates and empty rows included (those carry nothing)."""
    table, corpus = table_of(workspace, batch), corpus_of(workspace, batch)
    prefix = column_prefix([*table.headers, *map(str, table.frame.columns)])
    ours = found.frame.set_index("text").reindex(list(corpus.row_text_ids))
    ours = ours.set_axis([prefix + name for name in ours.columns], axis=1)
    ours.insert(0, f"{prefix}row_id", list(corpus.row_ids))
    return pd.concat([table.frame.reset_index(drop=True), ours.reset_index(drop=True)], axis=1)


def csv_of(workspace: Workspace, batch: Batch, found: Classified) -> bytes:
    """Return `rows_of` as a CSV that a spreadsheet opens safely."""
    rows = rows_of(workspace, batch, found)
    header = [*batch.headers, *map(str, rows.columns[len(batch.headers) :])]
    plain = rows.astype(object).where(rows.notna(), None)
    return csv_bytes(header, plain.to_numpy().tolist())


def parquet_of(workspace: Workspace, batch: Batch, found: Classified) -> bytes:
    """Return `rows_of` as Parquet, with exact values."""
    out = io.BytesIO()
    rows_of(workspace, batch, found).to_parquet(out, index=False)
    return out.getvalue()


def _drift(values: Mapping[str, Any]) -> Drift:
    return Drift(
        unfit=Score(**values["unfit"]),
        expected=values["expected"],
        distance=values["distance"],
        by_chance=values["by_chance"],
        moved=tuple(TopicDrift(**one) for one in values["moved"]),
    )
