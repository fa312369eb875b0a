"""Partitions of texts, and what became of clusters between two partitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np

from core.domain.spaces import Floats, Ints

UNASSIGNED = -1

Method = Literal["hdbscan", "kmeans", "ward"]
Selection = Literal["eom", "leaf"]


@dataclass(frozen=True, slots=True)
class ClusterSpec:
    """How to cluster. `k` is for kmeans and ward; the other two for HDBSCAN.

    None leaves the choice to `steps.clustering.resolve`, which sizes it to the data.
    """

    method: Method = "hdbscan"
    selection: Selection = "leaf"
    min_cluster_size: int | None = None
    k: int | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Clustering:
    """A partition of texts.

    `labels` int32 (n,): cluster ids in the order of `text_ids`, −1 unassigned.
    Ids need not be contiguous: they are kept across retrains by lineage.
    `strength` float32 (n,) in [0, 1]: how firmly the text belongs (HDBSCAN's
    membership probability; otherwise the margin to the second-nearest centroid).
    """

    space: str
    text_ids: tuple[str, ...]
    labels: Ints
    strength: Floats
    spec: ClusterSpec


LineageKind = Literal["kept", "split", "merged", "new", "retired"]


@dataclass(frozen=True, slots=True)
class LineageStep:
    """What became of clusters: `old` ids turned into `new` ids.

    kept: one to one · split: one old, several new (the largest keeps the id) ·
    merged: several old, one new · new: no old · retired: no new.
    `shared` counts the texts in both sides.
    """

    kind: LineageKind
    old: tuple[int, ...]
    new: tuple[int, ...]
    shared: int


@dataclass(frozen=True, slots=True)
class Lineage:
    """All steps between two clusterings, by `new` then `old` ids."""

    steps: tuple[LineageStep, ...]


@dataclass(frozen=True, slots=True)
class Centroids:
    """Mean directions of groups.

    `ids` int32 (k,), ascending; `vectors` float32 (k, d), unit rows; `sizes`
    int32 (k,), members of each group.
    """

    ids: Ints
    vectors: Floats
    sizes: Ints

    @classmethod
    def of(cls, vectors: Floats, labels: Ints) -> Self:
        """Return the centroids of `labels` (n,) over `vectors` (n, d), −1 left out."""
        rows = np.flatnonzero(labels != UNASSIGNED)
        rows = rows[np.argsort(labels[rows], kind="stable")]
        ids, starts, sizes = np.unique(labels[rows], return_index=True, return_counts=True)
        if not len(ids):
            return cls(ids.astype(np.int32), vectors[:0], sizes.astype(np.int32))
        # A sorted segment sum: np.add.at takes ten times as long on 100,000 texts.
        sums = np.add.reduceat(vectors[rows].astype(np.float64), starts, axis=0)
        norms = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
        return cls(ids.astype(np.int32), (sums / norms).astype(np.float32), sizes.astype(np.int32))
