"""The partitions of the recipe: the one that questions start from, and the final one."""

from __future__ import annotations

import numpy as np

from core.domain.clusterings import Centroids, Clustering, ClusterSpec
from core.domain.errors import TooFewError
from core.domain.spaces import Embedding, Floats, Ints

DISTANCE = 67.0
"""The threshold of the official code, made for the 768 dimensions of Instructor-large."""
DISTANCE_DIMENSIONS = 768

LARGE = 12_000
"""Texts beyond which the initial clusters are `LARGE_CLUSTERS` of k-means."""
LARGE_CLUSTERS = 100

_FEWEST = 3


def standardised(vectors: Floats) -> Floats:
    """Return float32 (n, d): each dimension with mean 0 and, unless constant, variance 1."""
    spread = vectors.std(axis=0, dtype=np.float64)
    centred = vectors - vectors.mean(axis=0, dtype=np.float64)
    found: Floats = (centred / np.where(spread > 0, spread, 1.0)).astype(np.float32)
    return found


def initial_clusters(embedding: Embedding, *, seed: int) -> Clustering:
    """Return the partition that triplets are sampled from (section 3.1).

    On standardised vectors: Ward's tree cut at a distance, the number of
    clusters following from the data; beyond 12,000 texts mini-batch k-means
    with 100 clusters. Distances between standardised vectors grow with √d, so
    the official threshold is scaled to the dimension at hand. Raises
    TooFewError with fewer than three texts.
    """
    count = len(embedding.text_ids)
    if count < _FEWEST:
        raise TooFewError(
            f"{count} texts are too few for questions about three.", "Bring more texts."
        )
    vectors = standardised(embedding.vectors)
    if count > LARGE:
        from sklearn.cluster import MiniBatchKMeans

        model = MiniBatchKMeans(LARGE_CLUSTERS, n_init=1, random_state=seed).fit(vectors)
        labels, spec = model.labels_, ClusterSpec("kmeans", k=LARGE_CLUSTERS, seed=seed)
    else:
        from scipy.cluster.hierarchy import fcluster, ward

        cut = DISTANCE * np.sqrt(vectors.shape[1] / DISTANCE_DIMENSIONS)
        labels = fcluster(ward(vectors.astype(np.float64)), cut, "distance") - 1
        spec = ClusterSpec("ward", k=int(labels.max()) + 1, seed=seed)
    return _clustering(embedding, np.asarray(labels, dtype=np.int32), spec)


def final_clusters(embedding: Embedding, k: int, *, seed: int) -> Clustering:
    """Return k-means with `k` clusters (no more than texts), as the paper scores it."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    k = max(1, min(k, len(embedding.text_ids)))
    # One thread: several add their partial sums in any order, and so round differently.
    with threadpool_limits(1, user_api="openmp"):
        model = KMeans(k, n_init=1, random_state=seed).fit(embedding.vectors)
    labels = np.asarray(model.labels_, dtype=np.int32)
    return _clustering(embedding, labels, ClusterSpec("kmeans", k=k, seed=seed))


def _clustering(embedding: Embedding, labels: Ints, spec: ClusterSpec) -> Clustering:
    strength = _margins(embedding.vectors, labels)
    return Clustering(embedding.space, embedding.text_ids, labels, strength, spec)


def _margins(vectors: Floats, labels: Ints) -> Floats:
    """Return how much nearer the own centroid is than the next, float32 (n,) in [0, 1]."""
    centroids = Centroids.of(vectors, labels)
    if len(centroids.ids) == 1:
        return np.ones(len(labels), dtype=np.float32)
    away = (1.0 - vectors @ centroids.vectors.T).clip(0.0)
    rows, own = np.arange(len(labels)), np.searchsorted(centroids.ids, labels)
    mine = away[rows, own].copy()
    away[rows, own] = np.inf
    margins: Floats = 1.0 - mine / np.maximum(away.min(axis=1), 1e-9)
    return margins.clip(0.0, 1.0)
