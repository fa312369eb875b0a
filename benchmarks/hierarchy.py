"""A tree of two levels over all of CLINC150, scored against both of its gold columns.

    python -m benchmarks.hierarchy

22,500 texts, the bundled embedder, no language model. The lower level is the first map's
clusters (no question, no K), as they come, and with their unassigned texts put into the
nearest groups ("Place … texts" on the Taxonomy page). The upper one is grown from the latter:
with no answer, and with 200 answers of a simulated judge to the engine's own questions,
asked about the broad level ("which of these groups does this text belong to", the groups
being domains). The judge answers from the domains' gold labels, rightly or 85% of the
time; gold labels reach nothing but that judge and the score. No answer is spent on the
lower level. Beside it, scikit-learn's k-means *given the 150 intents*, and Ward's tree of
its centres *cut at the ten domains*: given both numbers, asked nothing. Unassigned texts
count as wrong.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from benchmarks.quality import Data, Plan, clade, first_map, read
from benchmarks.report import DATA, keep
from core.domain.clusterings import UNASSIGNED, Centroids, Clustering
from core.domain.taxonomy import Hierarchy, clusters_of
from core.steps.hierarchy import grow, shares
from core.steps.metrics import accuracy, dendrogram_purity, nmi

SEEDS = 3
FILE = "clinc150_all.csv"
FINE, BROAD = "label", "domain"

NONE = Plan(0, 0, 1.0, "uniform")
ANSWERS = (NONE, Plan(200, 0, 1.0, "uniform"), Plan(200, 0, 0.85, "uniform"))


@dataclass(frozen=True, slots=True)
class Tree:
    """Both levels (n,), −1 unassigned."""

    parents: np.ndarray
    leaves: np.ndarray


def grown(data: Data, seed: int, plan: Plan, *, placed: bool = True) -> Tree:
    """Return the tree that Clade grows with the answers of a plan."""
    prior = first_map(data, seed)
    leaves = clade(data, prior, NONE, seed)[0].clustering if placed else prior
    leaning = None
    if plan.questions:
        grouping, _ = clade(data, prior, plan, seed)
        leaning = shares(leaves, grouping.clustering)
    centroids = Centroids.of(data.embedding.vectors, leaves.labels)
    return _tree(leaves, grow(centroids, leaning=leaning))


def _tree(leaves: Clustering, hierarchy: Hierarchy) -> Tree:
    parent = {c: i for i, branch in enumerate(hierarchy.parents) for c in clusters_of(branch)}
    parent[UNASSIGNED] = UNASSIGNED
    return Tree(np.array([parent[c] for c in leaves.labels.tolist()]), leaves.labels)


def plain(fine: Data, broad: Data, seed: int) -> Tree:
    """Return Ward's tree of k-means centres, given both true numbers."""
    from scipy.cluster.hierarchy import cut_tree, ward
    from sklearn.cluster import KMeans

    model = KMeans(len(set(fine.gold)), random_state=seed).fit(fine.embedding.vectors)
    cut = cut_tree(ward(model.cluster_centers_), n_clusters=[len(set(broad.gold))])[:, 0]
    return Tree(cut[model.labels_], model.labels_)


def scored(tree: Tree, fine: Data, broad: Data) -> dict[str, float]:
    parents, leaves = tree.parents.tolist(), tree.leaves.tolist()
    return {
        "parents": len(set(parents) - {UNASSIGNED}),
        "leaves": len(set(leaves) - {UNASSIGNED}),
        "unassigned": 100 * leaves.count(UNASSIGNED) / len(leaves),
        "domain_acc": 100 * accuracy(parents, broad.gold),
        "domain_nmi": 100 * nmi(parents, broad.gold),
        "intent_acc": 100 * accuracy(leaves, fine.gold),
        "intent_nmi": 100 * nmi(leaves, fine.gold),
        "domain_purity": 100 * dendrogram_purity([parents, leaves], broad.gold),
        "intent_purity": 100 * dendrogram_purity([parents, leaves], fine.gold),
    }


def row(way: str, plan: Plan, found: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """Return means over seeds, and the spread of the two that are claimed."""
    means = {name: statistics.mean(one[name] for one in found) for name in found[0]}
    spread = {
        f"{name}_std": statistics.stdev(one[name] for one in found)
        for name in ("domain_acc", "intent_acc")
    }
    told = {"questions": plan.questions, "right": plan.accuracy if plan.questions else None}
    return {"way": way, **told, "seeds": len(found), **means, **spread}


def main() -> None:
    fine, broad = read(DATA / FILE, "text", [FINE, BROAD])
    ways: list[tuple[str, Plan, Callable[[int], Tree]]] = [
        ("as clustered", NONE, lambda seed: grown(broad, seed, NONE, placed=False)),
        *(("placed", plan, partial(grown, broad, plan=plan)) for plan in ANSWERS),
        ("kmeans, ward", NONE, lambda seed: plain(fine, broad, seed)),
    ]
    table = []
    for way, plan, tree in ways:
        found = []
        for seed in range(SEEDS):
            started = time.monotonic()
            found.append(scored(tree(seed), fine, broad))
            found[-1]["seconds"] = time.monotonic() - started
            print(way, plan, seed, found[-1], flush=True)
        table.append(row(way, plan, found))
    keep("hierarchy", table)


if __name__ == "__main__":
    main()
