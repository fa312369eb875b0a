"""Partition texts by density, by centroids or by merging."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from core.domain.clusterings import UNASSIGNED, Centroids, Clustering, ClusterSpec
from core.domain.errors import InputError, TooFewError
from core.domain.spaces import Embedding, Floats, Ints, Layout

# Fewer texts than this have no density to speak of: they make one cluster.
MIN_TEXTS = 5
# Counting one neighbour besides the text itself leaves few texts unassigned.
MIN_SAMPLES = 2
# Ward compares all pairs; beyond this many texts it merges k-means centres.
WARD_UP_TO = 12_000
WARD_CENTRES = 2_000


def resolve(spec: ClusterSpec, n: int) -> ClusterSpec:
    """Return `spec` with its open sizes chosen for `n` texts.

    HDBSCAN's smallest cluster is 1.1·∛n texts, 3 at least, and n/400 where that
    is more (beyond 9,000 texts a map of ever more clusters could not be read);
    chosen on CLINC150 and BANKING77, 100 to 22,500 texts. k-means and Ward get
    √n clusters. Raises InputError for sizes that make no sense and TooFewError
    where more is asked for than there are texts.
    """
    if spec.method == "hdbscan":
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
    on `layout.reduced` and may leave texts unassigned; k-means and Ward work on
    the unit vectors and assign all, Ward beyond 12,000 texts by merging 2,000
    k-means centres or more. Ids count from 0 by falling size, ties by smallest
    text id. `strength` is HDBSCAN's membership probability, or the simplified
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
    elif spec.method == "hdbscan":
        labels, strength = _hdbscan(layout.reduced, spec)
        labels = _canonical(labels)
    else:
        fit = _kmeans if spec.method == "kmeans" else _ward
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
    few = spec.method == "hdbscan" and len(vectors) < MIN_TEXTS
    return few or len(vectors) < 2 or bool((np.ptp(vectors, axis=0) < 1e-5).all())


def _hdbscan(points: Floats, spec: ClusterSpec) -> tuple[Ints, Floats]:
    from hdbscan import HDBSCAN

    model = HDBSCAN(
        min_cluster_size=spec.min_cluster_size,
        min_samples=MIN_SAMPLES,
        cluster_selection_method=spec.selection,
        core_dist_n_jobs=1,
    ).fit(points.astype(np.float64))
    return model.labels_.astype(np.int32), model.probabilities_.astype(np.float32).clip(0.0, 1.0)


def _kmeans(vectors: Floats, k: int, seed: int) -> Ints:
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    # Threads add their partial sums in any order, so rounding would differ from
    # run to run; one thread keeps the same seed the same result.
    with threadpool_limits(1, user_api="openmp"):
        model = KMeans(k, n_init=1, random_state=seed).fit(vectors)
    return np.asarray(model.labels_, dtype=np.int32)


def _ward(vectors: Floats, k: int, seed: int) -> Ints:
    from scipy.cluster.hierarchy import cut_tree, ward

    if len(vectors) <= WARD_UP_TO:
        return np.asarray(cut_tree(ward(vectors), n_clusters=k)[:, 0], dtype=np.int32)
    from sklearn.cluster import MiniBatchKMeans
    from threadpoolctl import threadpool_limits

    centres = min(WARD_UP_TO, max(WARD_CENTRES, 4 * k), len(vectors))
    with threadpool_limits(1, user_api="openmp"):
        # Random places to start from: k-means++ took 80 times as long for
        # thousands of centres, and the merged clusters were no better.
        coarse = MiniBatchKMeans(
            centres,
            init="random",
            n_init=1,
            max_iter=10,
            batch_size=4096,
            reassignment_ratio=0.0,
            random_state=seed,
        ).fit(vectors)
    used, index = np.unique(coarse.labels_, return_inverse=True)
    merged = cut_tree(ward(coarse.cluster_centers_[used]), n_clusters=min(k, len(used)))[:, 0]
    return np.asarray(merged[index], dtype=np.int32)


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
