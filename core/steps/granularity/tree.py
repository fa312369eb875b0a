"""The tree whose levels are compared: the current groups, joined upwards and split downwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import UNASSIGNED, Centroids, Clustering
from core.domain.errors import InputError, TooFewError
from core.domain.granularity import MergeTree, Rows
from core.domain.spaces import Embedding, Floats, Ints

# Ward compares all pairs: of a larger group this many texts stand for the rest.
_COMPARED = 1_000

# Leaves kept: levels finer than this nobody asks for, and each costs time.
_LEAVES = 2_000


@dataclass(frozen=True, slots=True)
class _Subtree:
    """One group: its `rows`, the leaf of each (from 0), the merges of its leaves, finest
    first, as scipy counts nodes, and their heights."""

    rows: Rows
    leaves: Ints
    merges: Ints
    heights: NDArray[np.float64]


def grow(embedding: Embedding, clustering: Clustering, *, seed: int) -> MergeTree:
    """Return the tree over the groups of `clustering`, whose cut at their number is `clustering`.

    Above that level Ward joins the groups by their centroids, each counted once
    whatever its size (as `steps.hierarchy` does, and for its reason); below it
    Ward splits each group, the loosest first, to 2,000 bunches of texts in all.
    In a group of more than 1,000 texts that many, drawn by `seed`, stand for
    those nearest to them. Unassigned texts are outside, unless no text is
    assigned: then all are one group.

    Raises TooFewError where there are not two texts to tell apart, and
    InputError where the arguments are about different texts.
    """
    if embedding.text_ids != clustering.text_ids:
        raise InputError(
            "The groups were made from other texts than the ones at hand.",
            "Make the map again, then look at its granularity.",
        )
    labels = clustering.labels
    if (labels == UNASSIGNED).all():
        labels = np.zeros_like(labels)
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels[labels >= 0])]
    rng = np.random.default_rng(seed)
    subtrees = [_subtree(embedding.vectors, rows, rng) for rows in groups]
    if sum(len(subtree.merges) + 1 for subtree in subtrees) < 2:
        raise TooFewError("One text has no levels.", "Bring more texts.")
    above, _ = _ward(Centroids.of(embedding.vectors, labels).vectors)
    full = _joined(embedding.text_ids, subtrees, above)
    return _coarsened(full, max(_LEAVES, 2 * len(groups)))


def _subtree(vectors: Floats, rows: Rows, rng: np.random.Generator) -> _Subtree:
    if len(rows) <= _COMPARED:
        return _Subtree(rows, np.arange(len(rows), dtype=np.int32), *_ward(vectors[rows]))
    drawn = np.sort(rng.choice(rows, _COMPARED, replace=False))
    merges, heights = _ward(vectors[drawn])
    nearest = [
        (vectors[part] @ vectors[drawn].T).argmax(axis=1)
        for part in np.array_split(rows, len(rows) // 4096 + 1)
    ]
    # Ward's heights grow with the square root of the texts: make groups comparable.
    heights = heights * np.sqrt(len(rows) / _COMPARED)
    return _Subtree(rows, np.concatenate(nearest).astype(np.int32), merges, heights)


def _ward(points: Floats) -> tuple[Ints, NDArray[np.float64]]:
    """Return merges (m − 1, 2) and heights (m − 1,) over unit `points` (m, d)."""
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    if len(points) < 2:
        return np.empty((0, 2), dtype=np.int32), np.empty(0)
    # Unit rows: ‖x − y‖² = 2 − 2 x·y. One product is far faster than scipy's pdist.
    squared = np.maximum(2.0 - 2.0 * (points @ points.T).astype(np.float64), 0.0)
    tree = linkage(squareform(np.sqrt(squared), checks=False), method="ward")
    return tree[:, :2].astype(np.int32), tree[:, 2]


def _joined(text_ids: tuple[str, ...], subtrees: Sequence[_Subtree], above: Ints) -> MergeTree:
    """Put the subtrees' merges in one order by height, and those of `above` behind them."""
    counts = np.array([len(subtree.merges) + 1 for subtree in subtrees])
    firsts, total = np.cumsum(counts) - counts, int(counts.sum())
    # Stable, so that of equal heights within a group the earlier merge stays ahead.
    order = np.argsort(np.concatenate([tree.heights for tree in subtrees]), kind="stable")
    node = np.empty(len(order), dtype=np.int32)
    node[order] = total + np.arange(len(order), dtype=np.int32)
    bunches = np.full(len(text_ids), UNASSIGNED, dtype=np.int32)
    merges, tops, done = [], [], 0
    for subtree, first, count in zip(subtrees, firsts.tolist(), counts.tolist(), strict=True):
        bunches[subtree.rows] = subtree.leaves + first
        own = node[done : done + count - 1]
        names = np.concatenate([first + np.arange(count, dtype=np.int32), own])
        merges.append(names[subtree.merges])
        tops.append(names[-1])
        done += count - 1
    inner = total + len(order) + np.arange(len(above), dtype=np.int32)
    over = np.concatenate([np.array(tops, dtype=np.int32), inner])[above]
    return MergeTree(text_ids, bunches, np.concatenate([np.concatenate(merges)[order], over]))


def _coarsened(tree: MergeTree, leaves: int) -> MergeTree:
    """Return the tree with its finest merges undone: `leaves` leaves at most."""
    m = tree.leaves
    done = m - leaves
    if done <= 0:
        return tree
    root = np.arange(2 * m - 1)
    for step in range(done - 1, -1, -1):
        root[tree.merges[step]] = root[m + step]
    tops = np.unique(root[: m + done])
    renamed = np.searchsorted(tops, root[: m + done]).astype(np.int32)
    kept = tree.merges[done:]
    inside = kept < m + done
    merges = np.where(inside, renamed[np.where(inside, kept, 0)], kept - done - m + leaves)
    bunches = np.where(tree.bunches == UNASSIGNED, UNASSIGNED, renamed[tree.bunches])
    return MergeTree(tree.text_ids, bunches.astype(np.int32), merges.astype(np.int32))
