"""Partitions of texts, and what became of clusters between two partitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from core.domain.spaces import Floats, Ints

UNASSIGNED = -1

Method = Literal["hdbscan", "evoc", "kmeans", "ward", "agglomerative"]

BY_DENSITY = ("hdbscan", "evoc")
"""Methods that find how many clusters there are, and leave odd texts unassigned."""

Selection = Literal["eom", "leaf"]
Noise = Literal["majority", "leave"]


@dataclass(frozen=True, slots=True)
class ClusterSpec:
    """How to cluster. `k` is for the methods that are told how many; the others are for
    HDBSCAN and EVoC. `noise` says what becomes of texts that these leave unassigned:
    "majority" lets one join where most of its neighbours are, "leave" none.

    None leaves the choice to `steps.clustering.resolve`, which sizes it to the data.
    """

    method: Method = "hdbscan"
    selection: Selection = "leaf"
    min_cluster_size: int | None = None
    k: int | None = None
    seed: int = 0
    noise: Noise | None = None


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


@dataclass(frozen=True, slots=True)
class Condensed:
    """HDBSCAN's tree of ever denser clusters, one entry a cluster, a parent before its
    children.

    `parent` int32 (c,): the entry that it broke off from, −1 for the root; `size` int32
    (c,) its texts at birth; `birth` and `death` float32 (c,): the densities (1 over a
    distance) between which it exists; `chosen` bool (c,): whether it is a cluster of the map.
    """

    parent: Ints
    size: Ints
    birth: Floats
    death: Floats
    chosen: NDArray[np.bool_]
