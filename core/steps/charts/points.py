"""Which texts are drawn, where, and which ones a brush holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.domain.spaces import Floats, Ints

Indices = NDArray[np.int64]

_NAME_CHARS = 60
_ID_CHARS = 64
_NUMBER = re.compile("0|[1-9][0-9]{0,8}")


def sample(labels: Ints, keep: Sequence[int] = (), limit: int = 10_000, seed: int = 0) -> Indices:
    """Return the row numbers to draw: int64, ascending, all of them if they fit in `limit`.

    `keep` is always in, even where it alone exceeds `limit`. Half of the room
    left is shared equally among the groups of `labels` (n,), unassigned (−1)
    counting as one, so that small groups are in whole; the rest goes to groups
    in proportion to what they have left. Within a group the rows with the
    lowest random key are taken: the key depends on row and seed alone, so
    another clustering of the same texts draws mostly the same points.
    """
    n = len(labels)
    kept = np.unique(np.asarray(keep, dtype=np.int64))
    if n <= limit or len(kept) >= limit:
        return np.arange(n, dtype=np.int64) if n <= limit else kept
    keys = np.random.default_rng(seed).random(n)
    keys[kept] = -1.0
    _, group, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    base = np.bincount(group[kept], minlength=len(sizes))
    quota = _quotas(sizes - base, limit - len(kept)) + base
    order = np.lexsort((keys, group))
    rank = np.arange(n) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.sort(order[rank < quota[group[order]]]).astype(np.int64)


def _quotas(sizes: Indices, room: int) -> Indices:
    """Share `room` (at most the sum of `sizes`) among groups of `sizes` rows."""
    quota: Indices = np.minimum(sizes, room // (2 * len(sizes)))
    left = sizes - quota
    exact = left * ((room - quota.sum()) / left.sum())
    quota += exact.astype(np.int64)
    largest_remainder = np.argsort(-(exact % 1), kind="stable")
    quota[largest_remainder[: room - quota.sum()]] += 1
    return quota


def map_points(
    xy: Floats,
    groups: Ints,
    rows: Indices,
    *,
    strength: Floats | None = None,
    category: Ints | None = None,
    ids: Sequence[str] = (),
) -> pd.DataFrame:
    """Return a line for each of `rows`: what a map needs, and no text.

    `xy` (n, 2), `groups` (n,) with −1 unassigned, and, if given, `strength` (n,)
    in [0, 1], `category` (n,) as from `categories`, and `ids`, the names of `rows`.
    Columns: `i` (row number), `x`, `y` (to 1/10,000 of the wider side), `group`, and what
    was given, an id cut to 64 characters under `id`.
    """
    extent = float(np.ptp(xy, axis=0).max()) if len(xy) else 0.0
    digits = max(0, 4 - int(np.ceil(np.log10(extent)))) if extent > 0 else 4
    places = xy[rows].astype(np.float64).round(digits)
    # Narrow types: every byte is sent ten thousand times, to each session at each change.
    columns = {
        "i": rows.astype(np.int32),
        "x": places[:, 0].astype(np.float32),
        "y": places[:, 1].astype(np.float32),
        "group": groups[rows].astype(np.int32),
    }
    if strength is not None:
        columns["strength"] = strength[rows].astype(np.float32).round(2)
    if category is not None:
        columns["category"] = category[rows].astype(np.int32)
    if len(ids):
        columns["id"] = _narrow([shown[:_ID_CHARS] for shown in ids])
    return pd.DataFrame(columns)


def _narrow(ids: Sequence[str]) -> NDArray[Any]:
    """Return ids as numbers where they are plain ones, which take a third of the bytes."""
    return np.array(ids, dtype=np.int32 if all(map(_NUMBER.fullmatch, ids)) else object)


def categories(values: Sequence[str], limit: int = 10) -> tuple[Ints, tuple[str, ...]]:
    """Return a code (n,) int32 for each of `values` and the names of the codes.

    The `limit` most frequent values get codes 0, 1, … (ties in alphabetical
    order); all others share the code `limit`, named "other". Names are one short
    line each, all different; the empty value is called "(empty)".
    """
    ranked = sorted(Counter(values).items(), key=lambda entry: (-entry[1], entry[0]))
    code = {value: min(rank, limit) for rank, (value, _) in enumerate(ranked)}
    names: list[str] = []
    for value, _ in ranked[:limit]:
        name = " ".join(value.split())[:_NAME_CHARS] or "(empty)"
        names.append(name if name not in names else f"{name} ({len(names) + 1})")
    if len(ranked) > limit:
        names.append("other" if "other" not in names else "all others")
    return np.array([code[value] for value in values], dtype=np.int32), tuple(names)


def density(xy: Floats, cells: int = 64) -> pd.DataFrame:
    """Return how many of all texts lie where, to draw behind a sample of them.

    `xy` (n, 2) is counted in a grid of `cells` × `cells`; columns `x`, `x2`, `y`,
    `y2` (edges) and `count`, a line for each cell that is not empty.
    """
    counts, x_edges, y_edges = np.histogram2d(xy[:, 0], xy[:, 1], bins=cells)
    column, row = np.nonzero(counts)
    return pd.DataFrame(
        {
            "x": x_edges[column].astype(np.float32),
            "x2": x_edges[column + 1].astype(np.float32),
            "y": y_edges[row].astype(np.float32),
            "y2": y_edges[row + 1].astype(np.float32),
            "count": counts[column, row].astype(np.int32),
        }
    )


def in_ranges(xy: Floats, x_range: Sequence[float], y_range: Sequence[float]) -> Indices:
    """Return the row numbers (int64, ascending) of `xy` (n, 2) inside a brush.

    A range is its two ends in either order; both ends belong to it.
    """
    low = np.array([min(x_range), min(y_range)])
    high = np.array([max(x_range), max(y_range)])
    return np.flatnonzero(((xy >= low) & (xy <= high)).all(axis=1)).astype(np.int64)
