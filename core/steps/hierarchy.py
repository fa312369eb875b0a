"""Hierarchy: parents over clusters."""

from __future__ import annotations

import numpy as np

from core.domain.clusterings import Centroids
from core.domain.spaces import Floats, Ints
from core.domain.taxonomy import Hierarchy

# How much silhouette a doubling (or halving) of the number of parents away from
# √K must gain. Silhouettes of centroids rise steadily towards tiny parents of
# two or three clusters; a tree as wide as it is deep is one that can be read.
DOUBLING = 0.1


def grow(centroids: Centroids) -> Hierarchy:
    """Return parents over the clusters, largest (in texts) first.

    Ward's tree of the unit centroids, cut at the number of parents, from 2 to
    K/2, with the best mean silhouette (Rousseeuw 1987; cosine distance) less a
    price for being far from √K. Every cluster counts once whatever its size:
    weighing by size, and average linkage, recover CLINC150's ten domains from
    its intents worse. Three clusters or fewer are their own parents.
    """
    k = len(centroids.ids)
    if k <= 3:
        return _parents(centroids, np.arange(k, dtype=np.int32))
    from scipy.cluster.hierarchy import cut_tree, ward

    counts = np.arange(2, max(2, min(k // 2, round(4 * np.sqrt(k)))) + 1)
    cuts = cut_tree(ward(centroids.vectors.astype(np.float64)), n_clusters=counts)
    away = _cosine_distances(centroids.vectors)
    scores = [
        _silhouette(away, cut) - DOUBLING * abs(np.log2(count / np.sqrt(k)))
        for count, cut in zip(counts, cuts.T, strict=True)
    ]
    return _parents(centroids, cuts[:, int(np.argmax(scores))])


def _cosine_distances(vectors: Floats) -> np.ndarray:
    away = (1.0 - vectors.astype(np.float64) @ vectors.T.astype(np.float64)).clip(0.0)
    np.fill_diagonal(away, 0.0)
    return away


def _silhouette(away: np.ndarray, labels: Ints) -> float:
    from sklearn.metrics import silhouette_score

    return float(silhouette_score(away, labels, metric="precomputed"))


def _parents(centroids: Centroids, labels: Ints) -> Hierarchy:
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    groups.sort(key=lambda rows: (-int(centroids.sizes[rows].sum()), int(centroids.ids[rows[0]])))
    return Hierarchy(tuple(tuple(centroids.ids[rows].tolist()) for rows in groups))
