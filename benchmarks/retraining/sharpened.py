"""Sharpening without answers (deep embedded clustering), beside the clusters it starts from."""

from __future__ import annotations

import time

from benchmarks.quality import Data
from core.domain.clusterings import Clustering
from core.domain.spaces import Embedding
from core.steps import clusterllm
from core.steps.metrics import accuracy, nmi, silhouette
from core.steps.training import adapted, sharpen

Figures = dict[tuple[str, str], list[float]]
"""A figure a seed, by what it is and by the way."""


def sharpened(data: Data, seeds: int) -> Figures:
    """Return the scores of k-means given the true K in the space as it is, and of the same
    k-means in the space that its own clusters sharpened. Labels reach the scores and K alone."""
    k, found = len(set(data.gold)), Figures()
    for seed in range(seeds):
        start = clusterllm.final_clusters(data.embedding, k, seed=seed)
        _note(found, "none", data, data.embedding, start)
        started = time.monotonic()
        learned = sharpen(data.embedding, start, seed=seed)
        spent = time.monotonic() - started
        space = adapted(data.embedding, learned.matrix, "sharpened")
        again = clusterllm.final_clusters(space, k, seed=seed)
        _note(found, "sharpen", data, space, again)
        for what, figure in (("rounds", float(learned.rounds)), ("seconds of learning", spent)):
            found.setdefault((what, "sharpen"), []).append(figure)
    return found


def _note(found: Figures, way: str, data: Data, space: Embedding, clusters: Clustering) -> None:
    labels = clusters.labels.tolist()
    figures = {
        "ACC, k-means given K": 100 * accuracy(labels, data.gold),
        "NMI, k-means given K": 100 * nmi(labels, data.gold),
        "silhouette": silhouette(space, clusters, seed=0) or 0.0,
    }
    for what, figure in figures.items():
        found.setdefault((what, way), []).append(figure)
