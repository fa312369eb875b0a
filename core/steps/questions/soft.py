"""How far each text stands between clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.domain.clusterings import Centroids, Clustering
from core.domain.errors import InputError
from core.domain.spaces import Embedding, Floats, Ints

# Rows compared with all centroids at a time: bounds memory to rows × k floats.
_ROWS = 8192


@dataclass(frozen=True, slots=True)
class SoftAssignment:
    """The clusters that each text could belong to.

    `closest` int32 (n, m): cluster ids, nearest first; `probabilities` float32
    (n, m), rows that sum to 1; `entropy` float32 (n,) in [0, 1], a share of log m.
    """

    closest: Ints
    probabilities: Floats
    entropy: Floats


def check_same_texts(embedding: Embedding, clustering: Clustering) -> None:
    """Raise InputError unless both are about the same texts in the same order."""
    if embedding.text_ids != clustering.text_ids:
        raise InputError(
            "The groups were made from other texts than the ones at hand.",
            "Make the map again, then ask for questions.",
        )


def soft_assignment(embedding: Embedding, clustering: Clustering) -> SoftAssignment:
    """Return the soft assignment of every text over its closest clusters.

    p(x, k) ∝ 1 / (1 + ‖x − μ_k‖² / s) over the max(2, round(0.02·K)) closest of
    K ≥ 2 clusters, renormalised (ClusterLLM, section 3.1: Student's t with one
    degree of freedom). The paper has s = 1, where the entropy saturates in
    hundreds of dimensions; here s is the median of the squared distances that
    enter, so that the spread of p does not hang on the scale of the space.
    Unassigned texts are placed too.
    """
    centroids = Centroids.of(embedding.vectors, clustering.labels)
    kept = min(len(centroids.ids), max(2, round(0.02 * len(centroids.ids))))
    closest = np.empty((len(embedding.vectors), kept), dtype=np.int32)
    squared = np.empty((len(embedding.vectors), kept), dtype=np.float64)
    for start in range(0, len(embedding.vectors), _ROWS):
        rows = slice(start, start + _ROWS)
        # Rows and centroids have unit length: ‖x − μ‖² = 2 − 2 x·μ.
        distances = 2.0 - 2.0 * (embedding.vectors[rows] @ centroids.vectors.T)
        nearest = np.argpartition(distances, kept - 1, axis=1)[:, :kept]
        nearest.sort(axis=1)
        values = np.take_along_axis(distances, nearest, axis=1)
        order = np.argsort(values, axis=1, kind="stable")
        closest[rows] = centroids.ids[np.take_along_axis(nearest, order, axis=1)]
        squared[rows] = np.maximum(np.take_along_axis(values, order, axis=1), 0.0)
    scale = max(float(np.median(squared)), float(np.finfo(np.float32).eps))
    weights = 1.0 / (1.0 + squared / scale)
    probabilities = weights / weights.sum(axis=1, keepdims=True)
    entropy = -(probabilities * np.log(probabilities)).sum(axis=1) / np.log(kept)
    return SoftAssignment(closest, probabilities.astype(np.float32), entropy.astype(np.float32))
