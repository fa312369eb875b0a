"""The methods themselves: from vectors or coordinates to labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.domain.clusterings import ClusterSpec
from core.domain.spaces import Floats, Ints

# Counting one neighbour besides the text itself leaves few texts unassigned.
MIN_SAMPLES = 2
# Ward compares all pairs; beyond this many texts it merges k-means centres.
WARD_UP_TO = 12_000
CENTRES = 2_000


def hdbscan(points: Floats, spec: ClusterSpec) -> tuple[Ints, Floats]:
    model = fitted(points, spec)
    return model.labels_.astype(np.int32), model.probabilities_.astype(np.float32).clip(0.0, 1.0)


def fitted(points: Floats, spec: ClusterSpec) -> Any:
    """Return HDBSCAN's own model of `points`, with the tree that it chose from."""
    from hdbscan import HDBSCAN

    return HDBSCAN(
        min_cluster_size=spec.min_cluster_size,
        min_samples=MIN_SAMPLES,
        cluster_selection_method=spec.selection,
        core_dist_n_jobs=1,
    ).fit(points.astype(np.float64))


def kmeans(vectors: Floats, k: int, seed: int) -> Ints:
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    # Threads add their partial sums in any order, so rounding would differ from
    # run to run; one thread keeps the same seed the same result.
    with threadpool_limits(1, user_api="openmp"):
        model = KMeans(k, n_init=1, random_state=seed).fit(vectors)
    return np.asarray(model.labels_, dtype=np.int32)


def ward(vectors: Floats, k: int, seed: int) -> Ints:
    """Cut Ward's tree (1963) into k clusters; beyond 12,000 texts over k-means centres."""
    from scipy.cluster.hierarchy import cut_tree
    from scipy.cluster.hierarchy import ward as merge

    if len(vectors) <= WARD_UP_TO:
        return np.asarray(cut_tree(merge(vectors), n_clusters=k)[:, 0], dtype=np.int32)
    centres, index = _centres(vectors, min(WARD_UP_TO, max(CENTRES, 4 * k)), seed)
    merged = cut_tree(merge(centres), n_clusters=min(k, len(centres)))[:, 0]
    return np.asarray(merged[index], dtype=np.int32)


def agglomerative(vectors: Floats, k: int, seed: int) -> Ints:
    """Cut the tree of average linkage by cosine (Sokal, Michener 1958) into k clusters;
    beyond 2,000 texts over as many k-means centres."""
    from scipy.cluster.hierarchy import cut_tree, linkage

    if len(vectors) <= CENTRES:
        centres, index = vectors, np.arange(len(vectors), dtype=np.int32)
    else:
        centres, index = _centres(vectors, max(CENTRES, 4 * k), seed)
    tree = linkage(centres.astype(np.float64), "average", metric="cosine")
    merged = cut_tree(tree, n_clusters=min(k, len(centres)))[:, 0]
    return np.asarray(merged[index], dtype=np.int32)


def _centres(vectors: Floats, count: int, seed: int) -> tuple[Floats, Ints]:
    """Return k-means centres that have texts, and the centre of each text."""
    from sklearn.cluster import MiniBatchKMeans
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="openmp"):
        # Random places to start from: k-means++ took 80 times as long for
        # thousands of centres, and the merged clusters were no better.
        coarse = MiniBatchKMeans(
            min(count, len(vectors)),
            init="random",
            n_init=1,
            max_iter=10,
            batch_size=4096,
            reassignment_ratio=0.0,
            random_state=seed,
        ).fit(vectors)
    used, index = np.unique(coarse.labels_, return_inverse=True)
    return coarse.cluster_centers_[used].astype(np.float32), index.astype(np.int32)


def evoc(vectors: Floats, spec: ClusterSpec) -> tuple[Ints, Floats]:
    """EVoC (McInnes 2024): density on the neighbour graph itself, without UMAP. It finds
    several layers at once: "leaf" takes the finest, "eom" the most persistent one."""
    import warnings

    import numba
    from evoc import EVoC  # type: ignore[import-untyped]

    threads = numba.get_num_threads()
    numba.set_num_threads(1)  # several add up in any order, and the result would differ
    try:
        with warnings.catch_warnings():
            # Texts with fewer neighbours than asked for, as twins have, are no harm.
            warnings.simplefilter("ignore")
            model = EVoC(
                base_min_cluster_size=spec.min_cluster_size or 5, random_state=spec.seed
            ).fit(vectors)
    finally:
        numba.set_num_threads(threads)
    finest = spec.selection == "leaf"
    labels = model.cluster_layers_[0] if finest else model.labels_
    strength = model.membership_strength_layers_[0] if finest else model.membership_strengths_
    return (
        np.asarray(labels, dtype=np.int32),
        np.nan_to_num(np.asarray(strength, dtype=np.float32)).clip(0.0, 1.0),
    )
