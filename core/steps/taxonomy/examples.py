"""Texts that show what a group holds: its middle and its breadth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain.spaces import Embedding


def central(embedding: Embedding, members: Sequence[int], count: int) -> tuple[int, ...]:
    """Return up to `count` of `members` (row indices), nearest to their centroid first.

    Nearness is cosine; ties go to the smaller index. The order of `members` and
    repeats in it change nothing.
    """
    rows = _distinct(members)
    nearness = _nearness_to_centroid(embedding, rows)
    order = np.lexsort((rows, -nearness))[: max(count, 0)]
    return tuple(int(rows[i]) for i in order)


def diverse(embedding: Embedding, members: Sequence[int], count: int) -> tuple[int, ...]:
    """Return up to `count` of `members` (row indices) that lie far from each other.

    Farthest-first traversal from the medoid (Gonzalez 1985, "Clustering to
    minimize the maximum intercluster distance", section 2): each next text is
    the one least like all those chosen before, by cosine; ties go to the smaller
    index. Takes O(n · count · d); the order of `members` changes nothing.
    """
    rows = _distinct(members)
    if count < 1 or not len(rows):
        return ()
    vectors = embedding.vectors[rows]
    # Of unit vectors, the one nearest to the centroid has the least summed
    # cosine distance to all others: it is the medoid.
    chosen = [int(np.argmax(_nearness_to_centroid(embedding, rows)))]
    likeness = np.full(len(rows), -np.inf)
    while len(chosen) < min(count, len(rows)):
        likeness = np.maximum(likeness, np.round(vectors @ vectors[chosen[-1]], 6))
        likeness[chosen] = np.inf
        chosen.append(int(np.argmin(likeness)))
    return tuple(int(rows[i]) for i in chosen)


def _distinct(members: Sequence[int]) -> NDArray[np.int64]:
    return np.unique(np.asarray(members, dtype=np.int64))


def _nearness_to_centroid(embedding: Embedding, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return dot products (n,) with the sum of the rows, rounded so that the
    last bits of a sum decide no tie."""
    vectors = embedding.vectors[rows].astype(np.float64)
    nearness: NDArray[np.float64] = np.round(vectors @ vectors.sum(axis=0), 9)
    return nearness
