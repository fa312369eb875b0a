"""Partition texts by density, by centroids or by merging."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from core.domain.clusterings import BY_DENSITY, UNASSIGNED, Centroids, Clustering, ClusterSpec
from core.domain.errors import InputError, TooFewError
from core.domain.spaces import Embedding, Floats, Ints, Layout
from core.steps.clustering import methods
from core.steps.clustering.methods import hdbscan

# Fewer texts than this have no density to speak of: they make one cluster.
MIN_TEXTS = 5
# Fewer texts than this have no neighbour graph that EVoC can work on.
EVOC_FROM = 50


def resolve(spec: ClusterSpec, n: int) -> ClusterSpec:
    """Return `spec` with its open sizes chosen for `n` texts.

    HDBSCAN's smallest cluster is 1.1·∛n texts, 3 at least, and n/400 where that
    is more (beyond 9,000 texts a map of ever more clusters could not be read);
    chosen on CLINC150 and BANKING77, 100 to 22,500 texts. EVoC takes the same.
    k-means, Ward and average linkage get √n clusters. Raises InputError for sizes that
    make no sense and TooFewError where more is asked for than there are texts, or fewer
    than EVoC works on.
    """
    if spec.method in BY_DENSITY:
        if spec.method == "evoc" and n < EVOC_FROM:
            raise TooFewError(
                f"EVoC works on {EVOC_FROM} texts or more, and there are only {n}.",
                "Choose HDBSCAN, or add texts.",
            )
        spec = replace(spec, noise=spec.noise or "majority")
        size = spec.min_cluster_size
        if size is None:
            return replace(spec, min_cluster_size=max(3, round(max(1.1 * np.cbrt(n), n / 400))))
        if size < 2:
            raise InputError(
                f"A smallest cluster of {size} is not possible.",
                "Set the smallest cluster size to 2 or more.",
            )
        if size > n:
            raise TooFewError(
                f"The smallest cluster was set to {size} texts, and there are only {n}.",
                "Set a smaller cluster size or add texts.",
            )
        return spec
    if spec.k is None:
        return replace(spec, k=1 if n < MIN_TEXTS else round(np.sqrt(n)))
    if spec.k < 1:
        raise InputError(f"{spec.k} clusters are not possible.", "Ask for 1 cluster or more.")
    if spec.k > n:
        raise TooFewError(
            f"{spec.k} clusters were asked for, and there are only {n} texts.",
            "Ask for fewer clusters or add texts.",
        )
    return spec


def cluster(embedding: Embedding, layout: Layout, spec: ClusterSpec) -> Clustering:
    """Return the partition of the texts that `spec` asks for.

    HDBSCAN (Campello, Moulavi, Sander 2013; McInnes, Healy, Astels 2017) works
    on `layout.reduced`, EVoC (McInnes 2024) on the unit vectors; both may leave texts
    unassigned, which `take_in` treats as `spec.noise` says. k-means, Ward and average
    linkage work on the unit vectors and assign all, Ward beyond 12,000 texts and
    average linkage beyond 2,000 by merging 2,000 k-means centres or more. Ids count from
    0 by falling size, ties by smallest text id. `strength` is HDBSCAN's or EVoC's
    membership probability, or the simplified
    silhouette 1 − a/b of the cosine distances to the own (a) and the nearest
    other (b) centroid, at least 0. Identical vectors are one cluster, and there
    are never more clusters than distinct vectors.

    Raises as `resolve` does, and InputError where the text ids are not in
    ascending order (results would depend on the order) or the layout is not
    one of this embedding.
    """
    _check(embedding, layout)
    n = len(embedding.text_ids)
    spec = resolve(spec, n)
    if _one_cluster(embedding.vectors, spec):
        labels, strength = np.zeros(n, dtype=np.int32), np.ones(n, dtype=np.float32)
    elif spec.method in BY_DENSITY:
        evoc = spec.method == "evoc"
        found = methods.evoc(embedding.vectors, spec) if evoc else hdbscan(layout.reduced, spec)
        labels, strength = _canonical(found[0]), found[1]
    else:
        fit = {"kmeans": methods.kmeans, "ward": methods.ward}.get(
            spec.method, methods.agglomerative
        )
        k = min(spec.k or 1, len(np.unique(embedding.vectors.round(5), axis=0)))
        labels = _canonical(fit(embedding.vectors, k, spec.seed))
        strength = _margins(embedding.vectors, labels)
    return Clustering(embedding.space, embedding.text_ids, labels, strength, spec)


def _check(embedding: Embedding, layout: Layout) -> None:
    if any(left >= right for left, right in pairwise(embedding.text_ids)):
        raise InputError(
            "The texts are not sorted by their ids, so clusters would depend on the row order.",
            "Embed the texts again.",
        )
    if (layout.space, layout.text_ids) != (embedding.space, embedding.text_ids):
        raise InputError(
            "The map was drawn for other texts or by another embedding.",
            "Draw the map again before clustering.",
        )


def _one_cluster(vectors: Floats, spec: ClusterSpec) -> bool:
    few = spec.method in BY_DENSITY and len(vectors) < MIN_TEXTS
    return few or len(vectors) < 2 or bool((np.ptp(vectors, axis=0) < 1e-5).all())


def _canonical(labels: Ints) -> Ints:
    """Return `labels` renumbered from 0 by falling size, ties by first text."""
    ids, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    order = [i for i in np.lexsort((first, -sizes)) if ids[i] != UNASSIGNED]
    renamed = np.full(len(labels), UNASSIGNED, dtype=np.int32)
    for new, i in enumerate(order):
        renamed[labels == ids[i]] = new
    return renamed


def _margins(vectors: Floats, labels: Ints) -> Floats:
    """Return 1 − a/b (n,), clipped to [0, 1]; see `cluster`. One cluster: all 1."""
    centroids = Centroids.of(vectors, labels).vectors
    margins = np.ones(len(labels), dtype=np.float32)
    if len(centroids) == 1:
        return margins
    for first in range(0, len(labels), 8192):
        rows = slice(first, first + 8192)
        away = (1.0 - vectors[rows] @ centroids.T).clip(0.0)
        line = np.arange(len(away))
        own = away[line, labels[rows]]
        away[line, labels[rows]] = np.inf
        margins[rows] = 1.0 - own / np.maximum(away.min(axis=1), 1e-9)
    return margins.clip(0.0, 1.0)
