"""Sharpening without answers (deep embedded clustering), beside the clusters it starts from."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.quality import Data, partition
from core.domain.clusterings import Clustering
from core.domain.spaces import Embedding
from core.steps import clusterllm
from core.steps.metrics import accuracy, nmi, silhouette
from core.steps.training import adapted, sharpen


def sharpened(data: Data, seeds: int) -> Iterator[tuple[str, str, list[float]]]:
    """Yield what, way, and a figure a seed: k-means given the true K before and after, the
    map's own clusters before and after. Labels reach the scores and K alone."""
    k = len(set(data.gold))
    starts = {
        "k-means given K": lambda space, seed: clusterllm.final_clusters(space, k, seed=seed),
        "own clusters": partition,
    }
    for name, again in starts.items():
        found: dict[tuple[str, str], list[float]] = {}

        def note(
            way: str, space: Embedding, clusters: Clustering, seed: int, found=found, name=name
        ) -> None:
            labels = clusters.labels.tolist()
            figures = {
                "ACC": 100 * accuracy(labels, data.gold),
                "NMI": 100 * nmi(labels, data.gold),
                "silhouette": silhouette(space, clusters, seed=seed) or 0.0,
            }
            for what, figure in figures.items():
                found.setdefault((f"{what}, {name}", way), []).append(figure)

        for seed in range(seeds):
            start = again(data.embedding, seed)
            note("none", data.embedding, start, seed)
            started = time.monotonic()
            learned = sharpen(data.embedding, start, seed=seed)
            spent = time.monotonic() - started
            space = adapted(data.embedding, learned.matrix, "sharpened")
            note("sharpen", space, again(space, seed), seed)
            for what, figure in (("rounds", float(learned.rounds)), ("seconds", spent)):
                found.setdefault((f"{what}, {name}", "sharpen"), []).append(figure)
        for (what, way), figures in found.items():
            yield what, way, figures
