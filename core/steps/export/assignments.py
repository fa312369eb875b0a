"""One line a row of the original table: what was there, then what was found."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.taxonomy import Topic
from core.steps.export.bundle import Bundle
from core.steps.export.cells import Cell, csv_bytes, utf8
from core.steps.export.scores import Fit
from core.steps.export.tree import outline

_BEFORE = ("row_id", "duplicate_of", "cluster_id", "label", "parent_id", "parent_label", "path")
_AFTER = (
    *("score", "runner_up_id", "runner_up_score", "assigned_by", "locked", "reviewed"),
    *("x", "y", "round"),
)
_ARROW_TYPES = {
    "score": "float32",
    "runner_up_score": "float32",
    "locked": "bool",
    "reviewed": "bool",
    "x": "float32",
    "y": "float32",
    "round": "int32",
}


@dataclass(frozen=True, slots=True)
class Found:
    """Our columns. `names` are without the prefix; `rows` in the table's order."""

    prefix: str
    names: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def header(self) -> list[str]:
        return [self.prefix + name for name in self.names]


def column_prefix(names: Sequence[str]) -> str:
    """Return "tc_", or the first of "tc2_", "tc3_", … with which none of `names`
    begins (upper and lower case alike, since many readers make no difference)."""
    lowered = [name.lower() for name in names]
    prefix, n = "tc_", 1
    while any(name.startswith(prefix) for name in lowered):
        n += 1
        prefix = f"tc{n}_"
    return prefix


def found(bundle: Bundle, scores: Fit) -> Found:
    """Return our columns for every row of the table, duplicates and empty rows included.

    Rows with an empty text carry their row id alone. Rows whose text is
    unassigned carry no topic and no score, but their place on the map.
    """
    depth = max((node.level for node in outline(bundle.taxonomy)), default=1)
    per_text = _per_text(bundle, scores, depth)
    names = (*_BEFORE, *(f"level_{i}" for i in range(1, depth + 1)), *_AFTER)
    empty: tuple[Cell, ...] = tuple(None if name in _ARROW_TYPES else "" for name in names[2:])
    first: dict[str, str] = {}
    rows: list[tuple[Cell, ...]] = []
    for row_id, text in zip(bundle.corpus.row_ids, bundle.corpus.row_text_ids, strict=True):
        duplicate_of = first.get(text, "") if text else ""
        first.setdefault(text, row_id)
        rows.append((row_id, duplicate_of, *(per_text[text] if text else empty)))
    prefix = column_prefix([*bundle.table.headers, *map(str, bundle.table.frame.columns)])
    return Found(prefix, names, tuple(rows))


def _per_text(bundle: Bundle, scores: Fit, depth: int) -> dict[str, tuple[Cell, ...]]:
    """Return, by text id, everything from cluster_id on."""
    topics = _per_topic(bundle, depth)
    flags = {topic.id: (topic.locked, topic.reviewed) for topic in bundle.taxonomy.topics}
    places = dict(zip(bundle.layout.text_ids, bundle.layout.xy.tolist(), strict=True))
    return {
        text: (
            *topics[topic],
            _number(own),
            rival,
            _number(next_best),
            by,
            *flags.get(topic, (None, None)),
            *places[text],
            bundle.rounds.get(text, bundle.round),
        )
        for text, topic, by, own, rival, next_best in zip(
            bundle.assignment.text_ids,
            bundle.assignment.topics,
            bundle.assignment.by,
            scores.own.tolist(),
            scores.runner_up,
            scores.next_best.tolist(),
            strict=True,
        )
        if text in places
    }


def _per_topic(bundle: Bundle, depth: int) -> dict[str, tuple[str, ...]]:
    """Return, by topic id, cluster_id, label, parent_id, parent_label, path and levels."""
    by_id: dict[str | None, Topic] = {topic.id: topic for topic in bundle.taxonomy.topics}
    cells: dict[str, tuple[str, ...]] = {"": ("",) * (5 + depth)}
    for node in outline(bundle.taxonomy):
        parent = by_id.get(node.topic.parent)
        cells[node.topic.id] = (
            node.topic.id,
            node.topic.label,
            parent.id if parent else "",
            parent.label if parent else "",
            " > ".join(node.path),
            *node.path,
            *("",) * (depth - node.level),
        )
    return cells


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value


def as_csv(bundle: Bundle, ours: Found) -> bytes:
    """Return assignments.csv: the headers of the file as they were, repeated ones too."""
    originals = zip(
        *(bundle.table.frame.iloc[:, i].tolist() for i in range(bundle.table.frame.shape[1])),
        strict=True,
    )
    return csv_bytes(
        [*bundle.table.headers, *ours.header],
        ((*theirs, *mine) for theirs, mine in zip(originals, ours.rows, strict=True)),
    )


def as_parquet(bundle: Bundle, ours: Found) -> bytes:
    """Return assignments.parquet: original columns as strings under unique names,
    every value as it was, then ours (scores and coordinates float32,
    flags boolean, round int32, the rest string; null where there is none)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    frame = bundle.table.frame
    arrays = [
        pa.array([utf8(cell) for cell in frame.iloc[:, i].tolist()], pa.string())
        for i in range(frame.shape[1])
    ]
    for i, name in enumerate(ours.names):
        kind = pa.type_for_alias(_ARROW_TYPES.get(name, "string"))
        column = (row[i] for row in ours.rows)
        cells = [utf8(cell) if isinstance(cell, str) else cell for cell in column]
        arrays.append(pa.array(cells, kind))
    out = io.BytesIO()
    names = [*map(str, frame.columns), *ours.header]
    pq.write_table(pa.Table.from_arrays(arrays, names=names), out, compression="zstd")
    return out.getvalue()
