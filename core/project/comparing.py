"""The same texts clustered in other ways, beside the map as it is: nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from core.domain.clusterings import UNASSIGNED, Clustering, ClusterSpec
from core.domain.errors import InputError
from core.domain.jobs import JobStatus
from core.domain.ports import Progress
from core.domain.projects import Map
from core.domain.quantization import Quantized
from core.domain.spaces import Embedding, Floats, Ints, Layout
from core.project import arrays
from core.project.mapping import current
from core.project.neighbouring import map_neighbours
from core.project.stages import Stage, shares
from core.project.workspace import Workspace
from core.steps.clustering import cluster, match, take_in
from core.steps.metrics import ari, dbcv, nmi, silhouette
from core.steps.neighbours import find_neighbours
from core.steps.projection import project
from core.steps.quantization import (
    as_vectors,
    binarize,
    calibrate,
    quantize,
    quantize_by_library,
    restore,
    search_binary,
)

KIND = "compare"

NOW = "now"
WAYS: Mapping[str, str] = {
    NOW: "As it is: float32",
    "seed": "float32, another seed",
    "int8": "int8, values restored",
    "uint8": "uint8, codes as they are",
    "eom": "HDBSCAN eom",
    "leaf": "HDBSCAN leaf",
    "evoc": "EVoC",
    "kmeans": "k-means, as many clusters",
    "agglomerative": "average linkage, as many clusters",
}
"""Ways to make the clusters, by key."""

_LAID_OUT = ("seed", "int8", "uint8")  # those that need a layout of their own
_TOLD = ("kmeans", "agglomerative")  # those that are told how many
_SPECS: Mapping[str, ClusterSpec] = {
    "eom": ClusterSpec(selection="eom"),
    "leaf": ClusterSpec(selection="leaf"),
    "evoc": ClusterSpec("evoc"),
    "kmeans": ClusterSpec("kmeans"),
    "agglomerative": ClusterSpec("agglomerative"),
}
_QUERIES, _NEAREST = 500, 10


@dataclass(frozen=True, slots=True)
class Found:
    """Clusters made in one way: how many, the share of texts that they leave out, the
    median and the largest size, how far they agree with those of the map as it is, and
    how well they stand apart in the map's own vectors and reduced coordinates."""

    way: str
    groups: int
    unassigned: float
    median: int
    largest: int
    ari: float
    nmi: float
    silhouette: float | None
    dbcv: float | None


@dataclass(frozen=True, slots=True)
class Stored:
    """Vectors in one precision: their bytes, the share of values within the ranges, the
    mean and the lowest cosine to float32, and the share of the ten nearest texts that a
    search by them finds. None where that is not a question."""

    precision: str
    bytes: int
    coverage: float | None = None
    mean: float | None = None
    lowest: float | None = None
    recall: float | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison of the current map; `places` float32 (n, 2) and `groups` int32 (n,)
    by way, ids matched to those of the map."""

    found: tuple[Found, ...]
    stored: tuple[Stored, ...]
    places: Mapping[str, Floats]
    groups: Mapping[str, Ints]


def compare(
    workspace: Workspace, project_id: str, params: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """Make the clusters in the ways `params["ways"]` (keys of WAYS) and set them beside
    the current ones, as they were before any answer. Raises InputError for other ways."""
    here = current(workspace, project_id)
    ways = [way for way in WAYS if way in params["ways"] and way != NOW]
    if not ways or set(params["ways"]) - WAYS.keys():
        raise InputError("Nothing is chosen to compare.", "Choose one way or more.")
    embedding, layout, _ = arrays.load_map(workspace, here.map.id)
    base = arrays.load_prior(workspace, here.map)
    seconds = [_seconds(way, len(embedding.text_ids)) for way in ways]
    stages = dict(zip(ways, shares(progress, *seconds), strict=True))
    maker = _Maker(workspace, here.map, embedding, layout, here.project.seed)
    kept = {"xy_now": layout.xy, "groups_now": base.labels}
    found = [maker.describe(NOW, base, base)]
    for way in ways:
        places, made = maker.make(way, base, stages[way])
        made = _matched(base, made)
        kept |= {f"xy_{way}": places, f"groups_{way}": made.labels}
        found.append(maker.describe(way, made, base))
    stored = _storage(embedding.vectors, here.project.seed)
    return {
        "map": here.map.id,
        "key": workspace.files.put_arrays(kept),
        "found": [asdict(one) for one in found],
        "stored": [asdict(one) for one in stored],
    }


def comparison(workspace: Workspace, project_id: str, source: Map) -> Compared | None:
    """Return the newest comparison if it is one of this map."""
    job = workspace.store.jobs.last_job(project_id, KIND)
    if job is None or job.status is not JobStatus.DONE or job.result["map"] != source.id:
        return None
    stored = workspace.files.arrays(job.result["key"])
    found = tuple(Found(**one) for one in job.result["found"])
    return Compared(
        found,
        tuple(Stored(**one) for one in job.result["stored"]),
        {one.way: stored[f"xy_{one.way}"] for one in found},
        {one.way: stored[f"groups_{one.way}"] for one in found},
    )


def expected_seconds(ways: Sequence[str], texts: int) -> int:
    """Return about how long the ways take, on two cores."""
    return round(3 + sum(_seconds(way, texts) for way in ways))


def _seconds(way: str, texts: int) -> float:
    if way in _LAID_OUT:
        return 8 + texts / 350
    return 30 + texts / 5000 if way == "evoc" else 4 + texts / 10_000


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes clusters of one map's texts in other ways."""

    workspace: Workspace
    map: Map
    embedding: Embedding
    layout: Layout
    seed: int

    def make(self, way: str, base: Clustering, progress: Progress) -> tuple[Floats, Clustering]:
        """Return places, aligned to the map's, and clusters."""
        progress.report(0.0, f"Comparing with {WAYS[way]}")
        if way not in _LAID_OUT:
            spec = replace(_SPECS[way], seed=self.seed)
            if way in _TOLD:
                spec = replace(spec, k=max(1, len(set(base.labels.tolist()) - {UNASSIGNED})))
            near = map_neighbours(self.workspace, self.map, self.embedding)
            return self.layout.xy, take_in(cluster(self.embedding, self.layout, spec), near)
        embedding, seed = self.embedding, self.seed
        if way == "seed":
            seed += 1
            near = map_neighbours(self.workspace, self.map, embedding)
        else:
            embedding = replace(embedding, vectors=_VECTORS[way](embedding.vectors, seed))
            near = find_neighbours(embedding, seed=seed)
        after = Stage(progress, 0.3, 0.95)
        layout = project(embedding, near, seed=seed, start=self.layout, on_stage=after.report)
        spec = replace(self.map.spec, seed=seed)
        return layout.xy, take_in(cluster(embedding, layout, spec), near)

    def describe(self, way: str, made: Clustering, base: Clustering) -> Found:
        inside = made.labels[made.labels != UNASSIGNED]
        sizes = np.unique(inside, return_counts=True)[1]
        return Found(
            way,
            len(sizes),
            1 - len(inside) / len(made.labels),
            int(np.median(sizes)) if len(sizes) else 0,
            int(sizes.max(initial=0)),
            ari(made.labels, base.labels),
            nmi(made.labels, base.labels),
            silhouette(self.embedding, made, seed=self.seed),
            dbcv(self.layout, made, seed=self.seed),
        )


def _quantized(vectors: Floats, seed: int, precision: Any) -> Quantized:
    return quantize(vectors, calibrate(vectors, seed=seed), precision)


_VECTORS: Mapping[str, Callable[[Floats, int], Floats]] = {
    "int8": lambda vectors, seed: restore(_quantized(vectors, seed, "int8")),
    "uint8": lambda vectors, seed: as_vectors(_quantized(vectors, seed, "uint8")),
}


def _matched(base: Clustering, made: Clustering) -> Clustering:
    return match(base, made, next_id=int(base.labels.max(initial=UNASSIGNED)) + 1)[0]


def _storage(vectors: Floats, seed: int) -> tuple[Stored, ...]:
    ranges = calibrate(vectors, seed=seed)
    found = [Stored("float32", vectors.nbytes)]
    for name, made in (
        ("int8, rounded", quantize(vectors, ranges, "int8")),
        ("uint8, rounded", quantize(vectors, ranges, "uint8")),
        ("int8, sentence-transformers", quantize_by_library(vectors, ranges, "int8")),
    ):
        cosines = (restore(made) * vectors).sum(axis=1)
        mean, lowest = float(cosines.mean()), float(cosines.min())
        found.append(Stored(name, made.codes.nbytes, made.coverage, mean, lowest))
    codes = binarize(vectors)
    recall = _recall(vectors, codes, seed)
    return (*found, Stored("binary, for search", codes.nbytes, recall=recall))


def _recall(vectors: Floats, codes: Any, seed: int) -> float:
    """Return the share of the nearest texts that a search by binary codes finds."""
    count = min(_QUERIES, len(vectors))
    rows = np.sort(np.random.default_rng(seed).choice(len(vectors), count, replace=False))
    k = min(_NEAREST, len(vectors))
    exact = np.argsort(-(vectors[rows] @ vectors.T), axis=1, kind="stable")[:, :k]
    found = search_binary(vectors[rows], vectors, codes, k)
    pairs = zip(exact.tolist(), found.tolist(), strict=True)
    return float(np.mean([len(set(one) & set(other)) / k for one, other in pairs]))
