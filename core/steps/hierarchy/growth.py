"""Linkage over clusters, cut where the parents stand apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import Centroids
from core.domain.errors import InputError
from core.domain.spaces import Floats, Ints
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

    The clusters themselves are the lowest level; above stand cuts of one tree, Ward's of
    the unit centroids. With `leaning` (k, g), the share of each cluster's texts in each
    group that answers make (`shares`), a centroid goes on with the square roots of its
    shares: clusters that answers put into different groups are then as far from each
    other again as two centroids with nothing in common, and those in one group no further
    than they were (the added distance is Hellinger's, which Ward may use because it is
    Euclidean).

    The topmost level has `parents` parents. Without, their number is the one, from 2 to
    K/2, with the best mean silhouette (Rousseeuw 1987; cosine distance) less a price for
    being far from K^(1/levels), which makes a tree as wide as it is deep; with `leaning`
    the answers have their say in it, too. The levels between are found in the same way.
    Every cluster counts once whatever its size: weighing by size, and average linkage,
    recover CLINC150's ten domains from its intents worse. Three clusters or fewer are
    their own parents; where two levels would be the same, one is left out.

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
    if k < LEAST_CLUSTERS:
        alone = sorted((np.array([row]) for row in range(k)), key=lambda r: _order(centroids, r))
        return Hierarchy(tuple((int(centroids.ids[rows[0]]),) for rows in alone))
    points = _extended(centroids.vectors, leaning)
    return Hierarchy(_nested(centroids, _cuts(points, levels, parents)))


def _extended(vectors: Floats, leaning: Floats | None) -> NDArray[np.float64]:
    points = vectors.astype(np.float64)
    if leaning is None:
        return points
    return np.concatenate([points, np.sqrt(leaning.astype(np.float64))], axis=1)


def _cuts(points: NDArray[np.float64], levels: int, parents: int | None) -> list[Ints]:
    """Return the labels of each level above the clusters, the topmost first."""
    from scipy.cluster.hierarchy import cut_tree, ward

    k = len(points)
    tree = ward(points)
    counts = np.arange(2, max(2, k // 2) + 1)
    away = _cosine_distances(points)
    cuts = {int(n): cut for n, cut in zip(counts, cut_tree(tree, n_clusters=counts).T, strict=True)}
    top = parents
    if top is None:
        wished = k ** (1 / levels)
        top = _best(away, cuts, wished, (2, round(4 * wished)))
    found = [top]
    for step in range(1, levels - 1):
        wished = top * (k / top) ** (step / (levels - 1))
        low, high = round(max(1.3 * found[-1], 0.7 * wished)), round(1.4 * wished)
        if any(low <= n <= high for n in cuts):
            found.append(_best(away, cuts, wished, (low, high)))
    return [cut_tree(tree, n_clusters=[n])[:, 0].astype(np.int32) for n in found]


def _best(
    away: NDArray[np.float64], cuts: dict[int, Ints], wished: float, between: tuple[int, int]
) -> int:
    from sklearn.metrics import silhouette_score

    def worth(n: int) -> float:
        apart = float(silhouette_score(away, cuts[n], metric="precomputed"))
        return apart - DOUBLING * abs(float(np.log2(n / wished)))

    tried = [n for n in cuts if between[0] <= n <= between[1]] or [min(cuts)]
    return max(tried, key=lambda n: (worth(n), -n))


def _cosine_distances(points: NDArray[np.float64]) -> NDArray[np.float64]:
    unit = points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-12)
    away: NDArray[np.float64] = (1.0 - unit @ unit.T).clip(0.0)
    np.fill_diagonal(away, 0.0)
    return away


def _nested(centroids: Centroids, cuts: list[Ints]) -> tuple[Branch, ...]:
    """Return the cuts, each finer than the one before, as branches in branches."""

    def branches(rows: NDArray[np.intp], deeper: list[Ints]) -> Branch:
        if not deeper:
            return tuple(centroids.ids[rows].tolist())
        parts = [rows[deeper[0][rows] == label] for label in np.unique(deeper[0][rows])]
        parts.sort(key=lambda part: _order(centroids, part))
        if len(parts) == 1:  # a level that splits nothing here says nothing
            return branches(parts[0], deeper[1:])
        return tuple(
            branches(part, deeper[1:]) if len(part) > 1 else int(centroids.ids[part[0]])
            for part in parts
        )

    found = branches(np.arange(len(centroids.ids)), cuts)
    return tuple(branch if isinstance(branch, tuple) else (branch,) for branch in found)


def _order(centroids: Centroids, rows: NDArray[np.intp]) -> tuple[int, int]:
    return -int(centroids.sizes[rows].sum()), int(centroids.ids[rows[0]])
