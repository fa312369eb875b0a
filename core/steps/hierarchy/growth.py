"""Linkage over clusters, cut where the parents stand apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import Centroids
from core.domain.errors import InputError
from core.domain.granularity import Rows
from core.domain.spaces import Floats
from core.domain.taxonomy import Branch, Hierarchy

# How much silhouette a doubling (or halving) of the number of parents away from the
# one wished for must gain. Silhouettes of centroids rise steadily towards tiny parents
# of two or three clusters; a tree as wide as it is deep is one that can be read.
DOUBLING = 0.1

LEAST_CLUSTERS = 4
"""With fewer, clusters are their own parents."""

FEWEST_LEVELS, MOST_LEVELS = 2, 4


def grow(
    centroids: Centroids,
    *,
    levels: int = 2,
    parents: int | None = None,
    leaning: Floats | None = None,
) -> Hierarchy:
    """Return a tree of `levels` levels over the clusters, the largest (in texts) first.

    The clusters themselves are the lowest level. Above stands Ward's tree of the unit
    centroids, cut at a number of parents; the part of the tree under each parent is cut
    in the same way, level by level. With `leaning` (k, g), the share of each cluster's
    texts in each group that answers make (`shares`), a centroid goes on with the square
    roots of its shares: clusters that answers put into different groups are then as far
    from each other again as two centroids with nothing in common, and those in one group
    no further than they were (the added distance is Hellinger's, which Ward may use
    because it is Euclidean).

    The topmost level has `parents` parents. Without, and below it, their number over n
    clusters is the one, from 2 to n/2, with the best mean silhouette (Rousseeuw 1987;
    cosine distance) less a price for being far from n^(1/levels), which makes a tree as
    wide as it is deep; with `leaning` the answers have their say in it, too. Every cluster
    counts once whatever its size: weighing by size, and average linkage, recover CLINC150's
    ten domains from its intents worse. Three clusters or fewer need no parents.

    Raises InputError where `levels` or `parents` is out of range.
    """
    k = len(centroids.ids)
    if not FEWEST_LEVELS <= levels <= MOST_LEVELS:
        raise InputError(
            f"A tree of {levels} levels was asked for.",
            f"Choose {FEWEST_LEVELS} to {MOST_LEVELS} levels, the topics themselves included.",
        )
    if parents is not None and not 2 <= parents < max(k, 3):
        raise InputError(
            f"{k:,} topics cannot stand under {parents:,} parents.",
            f"Choose 2 to {max(2, k - 1):,} parents.",
        )
    points = _extended(centroids.vectors, leaning)
    if k < LEAST_CLUSTERS:
        parts = [np.array([row]) for row in range(k)]
    else:
        parts = _parts(points, np.arange(k), levels, parents)
    parts.sort(key=lambda rows: _order(centroids, rows))
    return Hierarchy(tuple(_branch(centroids, points, rows, levels - 1) for rows in parts))


def _branch(centroids: Centroids, points: NDArray[np.float64], rows: Rows, levels: int) -> Branch:
    """Return what stands under a parent of `rows`, in so many levels."""
    if levels < FEWEST_LEVELS or len(rows) < LEAST_CLUSTERS:
        return tuple(centroids.ids[rows].tolist())
    parts = _parts(points, rows, levels, None)
    parts.sort(key=lambda part: _order(centroids, part))
    return tuple(
        _branch(centroids, points, part, levels - 1)
        if len(part) > 1
        else int(centroids.ids[part[0]])
        for part in parts
    )


def _extended(vectors: Floats, leaning: Floats | None) -> NDArray[np.float64]:
    points = vectors.astype(np.float64)
    if leaning is None:
        return points
    return np.concatenate([points, np.sqrt(leaning.astype(np.float64))], axis=1)


def _parts(points: NDArray[np.float64], rows: Rows, levels: int, parents: int | None) -> list[Rows]:
    """Cut Ward's tree of `rows` at `parents` parts, or where they stand apart best."""
    from scipy.cluster.hierarchy import cut_tree, ward
    from sklearn.metrics import silhouette_score

    tree, n = ward(points[rows]), len(rows)
    if parents is None:
        wished = n ** (1 / levels)
        counts = np.arange(2, max(2, min(n // 2, round(4 * wished))) + 1)
        cuts = cut_tree(tree, n_clusters=counts).T
        away = _cosine_distances(points[rows])
        scores = [
            float(silhouette_score(away, cut, metric="precomputed"))
            - DOUBLING * abs(np.log2(count / wished))
            for count, cut in zip(counts, cuts, strict=True)
        ]
        labels = cuts[int(np.argmax(scores))]
    else:
        labels = cut_tree(tree, n_clusters=[parents])[:, 0]
    return [rows[labels == label] for label in np.unique(labels)]


def _cosine_distances(points: NDArray[np.float64]) -> NDArray[np.float64]:
    unit = points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-12)
    away: NDArray[np.float64] = (1.0 - unit @ unit.T).clip(0.0)
    np.fill_diagonal(away, 0.0)
    return away


def _order(centroids: Centroids, rows: Rows) -> tuple[int, int]:
    return -int(centroids.sizes[rows].sum()), int(centroids.ids[rows[0]])
