"""The ground that questions stand on: smoothed vectors, prior groups, blocks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import UNASSIGNED, Centroids, Clustering
from core.domain.errors import InputError, TooFewError
from core.domain.groupings import Ground, members_of
from core.domain.neighbours import Neighbours
from core.domain.spaces import Embedding, Floats, Ints

_Rows = NDArray[np.intp]

# Neighbours that a text is pulled towards, and how far: half of the way to their mean.
_NEIGHBOURS = 15
_PULL = 0.5

_ROWS = 2048

# Ward compares all pairs of a prior group; a larger one is cut into parts first.
_WARD_UP_TO = 3_000

FEWEST = 3
"""Texts without which there is nothing to group."""


def lay_ground(
    embedding: Embedding, clustering: Clustering, near: Neighbours, *, blocks: int
) -> Ground:
    """Return the ground for `clustering`, the partition that knows no answer.

    Unassigned texts join the prior group whose centroid is nearest. The prior
    groups are cut by Ward (1963) into `blocks` bunches or a few more, the widest
    merges first. Raises TooFewError for fewer than three texts, and InputError
    where the arguments are about different texts.
    """
    if not embedding.text_ids == clustering.text_ids == near.text_ids:
        raise InputError(
            "The groups were made from other texts than the ones at hand.",
            "Make the map again, then ask for questions.",
        )
    if len(embedding.text_ids) < FEWEST:
        raise TooFewError(
            f"Asking takes three texts or more, and this project has {len(embedding.text_ids)}.",
            "Add texts on the Data page.",
        )
    ids, prior = _filled(embedding.vectors, clustering.labels)
    neighbours, likeness = _nearest(near)
    vectors = _smoothed(embedding.vectors, neighbours, likeness)
    members = members_of(prior)
    bunches = _blocks(vectors, members, blocks)
    medoids = np.array([_medoid(embedding.vectors, rows) for rows in members_of(bunches)])
    # A prior group is represented by its largest block: its centre may lie between two.
    starts = [medoids[np.bincount(bunches[rows]).argmax()] for rows in members]
    return Ground(
        space=embedding.space,
        text_ids=embedding.text_ids,
        vectors=vectors,
        prior=prior,
        prior_ids=ids,
        blocks=bunches,
        medoids=medoids.astype(np.int32),
        starts=np.array(starts, dtype=np.int32),
        neighbours=neighbours,
        likeness=likeness,
    )


def _filled(vectors: Floats, labels: Ints) -> tuple[Ints, Ints]:
    """Return the cluster ids and, for each text, the index of its own or the nearest one."""
    centroids = Centroids.of(vectors, labels)
    if not len(centroids.ids):
        return np.zeros(1, dtype=np.int32), np.zeros(len(labels), dtype=np.int32)
    prior = np.searchsorted(centroids.ids, labels).astype(np.int32)
    loose = np.flatnonzero(labels == UNASSIGNED)
    prior[loose] = (vectors[loose] @ centroids.vectors.T).argmax(axis=1)
    return centroids.ids, prior


def _unit(vectors: Floats) -> Floats:
    norms = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return np.asarray(vectors / norms, dtype=np.float32)


def _nearest(near: Neighbours) -> tuple[Ints, Floats]:
    """Return the neighbours of each text and their weights, cosine cubed."""
    neighbours = near.rows[:, :_NEIGHBOURS]
    likeness = near.cosines[:, :_NEIGHBOURS].clip(1e-6) ** 3
    return neighbours.astype(np.int32), likeness.astype(np.float32)


def _smoothed(vectors: Floats, neighbours: Ints, likeness: Floats) -> Floats:
    """Pull each text halfway to the weighted mean of its neighbours.

    One step of graph convolution (Wu et al. 2019, Simplifying Graph Convolutional
    Networks, section 2.1) on the nearest-neighbour graph.
    """
    means = vectors.copy()
    for first in range(0, len(vectors), _ROWS):
        rows = slice(first, first + _ROWS)
        mean = np.einsum("nk,nkd->nd", likeness[rows], vectors[neighbours[rows]])
        means[rows] = np.where(likeness[rows].max(axis=1, keepdims=True) > 0, mean, vectors[rows])
    return _unit((1 - _PULL) * vectors + _PULL * _unit(means))


def _medoid(vectors: Floats, rows: _Rows) -> int:
    return int(rows[(vectors[rows] @ vectors[rows].mean(axis=0)).argmax()])


def _blocks(vectors: Floats, members: list[_Rows], count: int) -> Ints:
    """Cut the groups into `count` blocks where their Ward merges are widest."""
    from scipy.cluster.hierarchy import fcluster, ward

    parts = [part for rows in members for part in _parts(vectors, rows)]
    trees = [ward(vectors[rows]) if len(rows) > 1 else None for rows in parts]
    heights = np.sort(np.concatenate([[0.0], *(t[:, 2] for t in trees if t is not None)]))[::-1]
    cuts = min(max(count - len(parts), 0), len(heights) - 1)
    height = heights[cuts]  # the merges above it are undone
    blocks = np.zeros(len(vectors), dtype=np.int32)
    used = 0
    for rows, tree in zip(parts, trees, strict=True):
        found = (
            np.ones(1, dtype=np.int32)
            if tree is None
            else fcluster(tree, height, criterion="distance")
        )
        blocks[rows] = found - 1 + used
        used += int(found.max())
    return blocks


def _parts(vectors: Floats, rows: _Rows) -> list[_Rows]:
    """Split a group that is too large for Ward by its widest direction, again and again."""
    if len(rows) <= _WARD_UP_TO:
        return [rows]
    centred = vectors[rows] - vectors[rows].mean(axis=0)
    _, _, axes = np.linalg.svd(centred[:: max(1, len(rows) // 2000)], full_matrices=False)
    along = centred @ axes[0]
    low = along <= np.median(along)
    if low.all():  # identical texts cannot be told apart
        low = np.arange(len(rows)) < len(rows) // 2
    return [*_parts(vectors, rows[low]), *_parts(vectors, rows[~low])]
