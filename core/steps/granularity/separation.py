"""How well the groups of each level stand apart, with no answer needed."""

from __future__ import annotations

import numpy as np

from core.domain.clusterings import UNASSIGNED
from core.domain.granularity import Curve, MergeTree
from core.domain.spaces import Embedding, Floats, Ints

_SAMPLE = 1_500


def separation(embedding: Embedding, tree: MergeTree, counts: Ints, *, seed: int) -> Curve:
    """Return the mean silhouette (Rousseeuw 1987; cosine distance) at each of `counts`.

    Over 1,500 texts of the tree drawn by `seed`, so that it takes well under a
    second however many there are. A text alone in its group counts 0.
    """
    rows = np.flatnonzero(tree.bunches != UNASSIGNED)
    if len(rows) > _SAMPLE:
        rows = np.sort(np.random.default_rng(seed).choice(rows, _SAMPLE, replace=False))
    names = tuple(tree.text_ids[row] for row in rows.tolist())
    drawn = MergeTree(names, tree.bunches[rows], tree.merges)
    vectors = embedding.vectors[rows]
    away = (1.0 - vectors @ vectors.T).clip(0.0)
    np.fill_diagonal(away, 0.0)
    values = np.array([_silhouette(away, drawn.cut(k)) for k in counts.tolist()], dtype=np.float32)
    return Curve(counts, values, values, values)


def _silhouette(away: Floats, labels: Ints) -> float:
    _, group, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    if len(sizes) < 2:
        return 0.0
    member = np.zeros((len(group), len(sizes)), dtype=np.float32)
    rows = np.arange(len(group))
    member[rows, group] = 1.0
    sums = away @ member
    own = sums[rows, group] / np.maximum(sizes[group] - 1, 1)
    others = sums / sizes
    others[rows, group] = np.inf
    near = others.min(axis=1)
    found = np.where(sizes[group] > 1, (near - own) / np.maximum(np.maximum(own, near), 1e-9), 0.0)
    return float(found.mean())
