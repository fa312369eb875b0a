"""Metrics: how well a partition fits a gold standard or another partition."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import UNASSIGNED, Clustering
from core.domain.errors import InputError
from core.domain.spaces import Embedding, Ints, Layout

Labels = Ints | NDArray[np.str_] | Sequence[int] | Sequence[str]


def accuracy(labels: Labels, gold: Labels) -> float:
    """Return the share of texts whose cluster maps to their gold label.

    The best one-to-one map of clusters to gold labels (Hungarian method), as
    clustering papers report ACC. Unassigned texts (−1) count as wrong. Both
    (n,), in one order; raises InputError where lengths differ or n is 0.
    """
    from scipy.optimize import linear_sum_assignment

    counts, unassigned = _contingency(labels, gold)
    mapped = counts[~unassigned]
    return float(mapped[linear_sum_assignment(mapped, maximize=True)].sum() / counts.sum())


def nmi(labels: Labels, gold: Labels) -> float:
    """Return the normalised mutual information in [0, 1] (arithmetic mean of the
    entropies); the unassigned are one cluster. Raises as `accuracy` does."""
    from sklearn.metrics import normalized_mutual_info_score

    left, right = _codes(labels, gold)
    return float(normalized_mutual_info_score(right, left))


def ari(labels: Labels, gold: Labels) -> float:
    """Return the adjusted Rand index (Hubert and Arabie 1985), at most 1; the
    unassigned are one cluster. Raises as `accuracy` does."""
    from sklearn.metrics import adjusted_rand_score

    left, right = _codes(labels, gold)
    return float(adjusted_rand_score(right, left))


def dendrogram_purity(levels: Sequence[Labels], gold: Labels) -> float:
    """Return the dendrogram purity of a tree in [0, 1].

    Heller and Ghahramani, "Bayesian hierarchical clustering" (2005), section 5: for two
    texts of one gold label drawn at random, the expected share of that label in the
    smallest group that holds both. `levels` are partitions (n,) from the broadest to the
    finest, each finer one inside the one before; above them is one root, and below the
    finest no order. A text that a level leaves unassigned (−1) is alone from there down.
    Raises as `accuracy` does, and where no two texts share a label.
    """
    rows = np.zeros(len(gold), dtype=np.intp)
    counts, _ = _contingency(rows.tolist(), gold)
    total = _pairs(counts).sum()
    if not total:
        raise InputError("No two texts share a gold label.", "Give labels that texts share.")
    found = 0.0
    for labels in (*levels, None):
        here = _pairs(counts)
        below, finer, inside = np.zeros_like(here), counts, rows
        if labels is not None:
            finer, unassigned = _contingency(labels, gold)
            finer = finer[~unassigned]
            kept = np.asarray(labels) != UNASSIGNED
            _, inside = np.unique(np.asarray(labels)[kept], return_inverse=True)
            parents = np.zeros(len(finer), dtype=np.intp)
            parents[inside] = rows[kept]
            np.add.at(below, parents, _pairs(finer))
            spread = np.full(len(rows), UNASSIGNED, dtype=np.intp)
            spread[kept] = inside
            inside = spread
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        found += float(((here - below) * shares).sum())
        counts, rows = finer, inside
    return found / float(total)


def _pairs(counts: NDArray[np.int_]) -> NDArray[np.float64]:
    return counts * (counts - 1) / 2.0


def bcubed_f1(labels: Labels, gold: Labels) -> float:
    """Return the B-cubed F1 in (0, 1].

    Bagga and Baldwin (1998): precision and recall of each text's own cluster,
    averaged over texts. An unassigned text is a cluster of its own. Raises as
    `accuracy` does.
    """
    counts, unassigned = _contingency(labels, gold)
    alone = counts[unassigned].sum(axis=0)
    apart, n = counts[~unassigned], counts.sum()
    golds = counts.sum(axis=0)
    clusters = np.maximum(apart.sum(axis=1, keepdims=True), 1)
    precision = ((apart**2 / clusters).sum() + alone.sum()) / n
    recall = ((apart**2 / golds).sum() + (alone / golds).sum()) / n
    return float(2 * precision * recall / (precision + recall))


def agreement(a: Clustering, b: Clustering) -> float:
    """Return the adjusted Rand index of two clusterings over the texts in both.

    Raises InputError where no text is in both.
    """
    _, ours, theirs = np.intersect1d(
        np.array(a.text_ids, dtype=np.str_),
        np.array(b.text_ids, dtype=np.str_),
        assume_unique=True,
        return_indices=True,
    )
    return ari(a.labels[ours], b.labels[theirs])


SAMPLE = 5_000
"""Texts over which a silhouette is measured at most: it compares all pairs."""


def silhouette(embedding: Embedding, clustering: Clustering, *, seed: int = 0) -> float | None:
    """Return the mean silhouette in [−1, 1] (Rousseeuw 1987) by cosine distance, over at
    most SAMPLE texts; the unassigned are left out. None with fewer than two clusters.

    It tells how well clusters stand apart in their own space, not whether they are right.
    """
    from sklearn.metrics import silhouette_score

    rows = np.flatnonzero(clustering.labels != UNASSIGNED)
    if len(rows) > SAMPLE:
        rows = np.sort(np.random.default_rng(seed).choice(rows, SAMPLE, replace=False))
    labels = clustering.labels[rows]
    if not 2 <= len(np.unique(labels)) < len(rows):
        return None
    return float(silhouette_score(embedding.vectors[rows], labels, metric="cosine"))


DENSITY_SAMPLE = 2_000
"""Texts over which DBCV is measured at most: its memory grows with their square."""


def dbcv(layout: Layout, clustering: Clustering, *, seed: int = 0) -> float | None:
    """Return the density-based validity in [−1, 1] (Moulavi and others 2014; hdbscan's
    implementation) in the reduced coordinates, over at most DENSITY_SAMPLE texts, the
    unassigned counting against it. None with fewer than two clusters of three texts.

    It fits clusters of any shape, which a silhouette does not.
    """
    from hdbscan.validity import validity_index

    rows = np.arange(len(clustering.labels))
    if len(rows) > DENSITY_SAMPLE:
        chosen = np.random.default_rng(seed).choice(len(rows), DENSITY_SAMPLE, replace=False)
        rows = np.sort(chosen)
    labels = clustering.labels[rows].copy()
    # Twins are infinitely dense, and a cluster of one or two has no density.
    points, first = np.unique(layout.reduced[rows].round(5), axis=0, return_index=True)
    labels = labels[first]
    ids, sizes = np.unique(labels, return_counts=True)
    labels[np.isin(labels, ids[sizes < 3])] = UNASSIGNED
    if len(np.unique(labels[labels != UNASSIGNED])) < 2:
        return None
    with np.errstate(all="ignore"):
        found = float(validity_index(points.astype(np.float64), labels.astype(np.int64)))
    return found if np.isfinite(found) else None


def _codes(labels: Labels, gold: Labels) -> tuple[Ints, Ints]:
    left, right = np.asarray(labels), np.asarray(gold)
    if len(left) != len(right) or not len(left):
        raise InputError(
            f"{len(left)} labels cannot be compared with {len(right)}.",
            "Compare partitions of the same texts, one text at least.",
        )
    return (
        np.unique(left, return_inverse=True)[1].astype(np.int32),
        np.unique(right, return_inverse=True)[1].astype(np.int32),
    )


def _contingency(labels: Labels, gold: Labels) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return counts (clusters, gold labels), and which clusters mean unassigned."""
    left, right = _codes(labels, gold)
    counts = np.zeros((left.max() + 1, right.max() + 1), dtype=np.int64)
    np.add.at(counts, (left, right), 1)
    return counts, np.unique(np.asarray(labels)) == UNASSIGNED
