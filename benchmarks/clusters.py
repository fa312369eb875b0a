"""The map's clusters with no question asked and no K given, beside plain k-means.

    python -m benchmarks.clusters

Bank77's and CLINC150's test texts, the bundled embedder. Clade: the default
clustering, whose sizes follow from the number of texts alone. k-means: scikit-learn
with its defaults on the same vectors, *given the true number of groups*. Gold labels
reach nothing but that number and the score. Mean and standard deviation over seeds.
The clustering's defaults were chosen on these two data sets, so Clade's rows flatter it.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.report import DATA, keep
from core.domain.clusterings import UNASSIGNED, ClusterSpec
from core.domain.ids import text_id
from core.domain.spaces import Embedding
from core.steps.clustering import cluster, resolve, take_in
from core.steps.metrics import accuracy, nmi
from core.steps.neighbours import find_neighbours
from core.steps.projection import project

SEEDS = (0, 1, 2)
FILES = {"Bank77 test, intents": "bank77_test.csv", "CLINC150 test, intents": "clinc150_test.csv"}


def read(file: str) -> tuple[Embedding, list[str]]:
    """Return the embedded distinct texts of a file and their labels."""
    from core.adapters.encoders import load_bundled

    rows = pd.read_csv(DATA / file, dtype=str)
    known = {text_id(t): (t, label) for t, label in zip(rows["text"], rows["label"], strict=True)}
    ids = tuple(sorted(known))
    encoder = load_bundled()
    vectors = encoder.encode([known[i][0] for i in ids])
    return Embedding(encoder.space.id, ids, vectors), [known[i][1] for i in ids]


def scored(
    data: str, way: str, labelings: Sequence[np.ndarray], gold: Sequence[str]
) -> dict[str, Any]:
    found = [labels.tolist() for labels in labelings]
    accuracies = [100 * accuracy(labels, gold) for labels in found]
    informations = [100 * nmi(labels, gold) for labels in found]
    return {
        "data": data,
        "way": way,
        "seeds": len(found),
        "groups": statistics.mean(len(set(labels) - {UNASSIGNED}) for labels in found),
        "true_groups": len(set(gold)),
        "unassigned": statistics.mean(
            100 * labels.count(UNASSIGNED) / len(gold) for labels in found
        ),
        "acc": statistics.mean(accuracies),
        "acc_std": statistics.stdev(accuracies),
        "nmi": statistics.mean(informations),
        "nmi_std": statistics.stdev(informations),
    }


def made(embedding: Embedding, spec: ClusterSpec, seed: int) -> np.ndarray:
    """Return the labels that a new map has."""
    near = find_neighbours(embedding, seed=seed)
    layout = project(embedding, near, seed=seed)
    return take_in(cluster(embedding, layout, spec), near).labels


def main() -> None:
    from sklearn.cluster import KMeans

    table = []
    for data, file in FILES.items():
        embedding, gold = read(file)
        count = len(embedding.text_ids)
        spec = resolve(ClusterSpec(), count)
        ours = [made(embedding, spec, seed) for seed in SEEDS]
        plain = [
            KMeans(len(set(gold)), random_state=seed).fit_predict(embedding.vectors)
            for seed in SEEDS
        ]
        table.append(scored(data, "Clade, no question, no K", ours, gold))
        table.append(scored(data, "k-means given the true K", plain, gold))
    keep("clusters", table)


if __name__ == "__main__":
    main()
