"""Clusters from a number of answered questions, on any labelled CSV.

    python -m benchmarks.quality --csv FILE --text-column text --label-column label
        [--label-column domain] --recipe clade|clusterllm|kmeans|hdbscan --questions N
        [--human N] [--judge-accuracy P] [--errors uniform|confusable] [--mixed]
        --seeds 3 --json OUT

A simulated judge answers from the gold labels. They reach nothing but the judge,
the score, and the number of groups that plain k-means is given (and the reference
recipe's last step, as its authors score it). `--human M` adds M perfect answers,
asked by the same engine after the judge's. The recipe clade asks placements, which
say most; with `--mixed` all four kinds, as they come on the Review page.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.judge import Errors, SimulatedJudge
from benchmarks.report import table
from core.adapters.encoders import load_bundled
from core.domain.clusterings import UNASSIGNED, Centroids, Clustering, ClusterSpec
from core.domain.groupings import Ground, Grouping
from core.domain.ids import text_id
from core.domain.judgments import Judgment, Source
from core.domain.spaces import Embedding
from core.domain.texts import Text
from core.project import clusterllm
from core.project.drawing import BLOCKS
from core.project.grouping import weigh
from core.project.settled import contradictions
from core.steps.clustering import cluster, resolve, take_in
from core.steps.grouping import lay_ground
from core.steps.metrics import accuracy, ari, bcubed_f1, nmi
from core.steps.neighbours import find_neighbours
from core.steps.projection import project
from core.steps.questions import propose, propose_placements

# Questions asked before all answers are weighed again: few at first, then more.
FEWEST, MOST, SHARE = 4, 20, 5


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """Distinct texts, embedded, with one column of gold labels."""

    name: str
    column: str
    texts: tuple[Text, ...]
    embedding: Embedding
    gold: tuple[str, ...]

    @property
    def centroids(self) -> dict[str, np.ndarray]:
        names, codes = np.unique(self.gold, return_inverse=True)
        found = Centroids.of(self.embedding.vectors, codes.astype(np.int32))
        return dict(zip(names.tolist(), found.vectors, strict=True))


@dataclass(frozen=True, slots=True)
class Plan:
    questions: int
    human: int
    accuracy: float
    errors: Errors
    mixed: bool = False


def read(path: Path, text_column: str, columns: list[str]) -> list[Data]:
    """Embed the distinct texts of a CSV; one `Data` a label column."""
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    known = {text_id(body): index for index, body in enumerate(rows[text_column]) if body.strip()}
    ids = tuple(sorted(known))
    picked = rows.iloc[[known[i] for i in ids]]
    texts = tuple(Text(i, body) for i, body in zip(ids, picked[text_column], strict=True))
    encoder = load_bundled()
    embedding = Embedding(encoder.space.id, ids, encoder.encode([t.body for t in texts]))
    return [Data(path.stem, c, texts, embedding, tuple(picked[c])) for c in columns]


@cache
def first_map(data: Data, seed: int) -> Clustering:
    """Return the map's partition before any question; kept, as rows of a table share it."""
    return partition(data.embedding, seed)


def partition(embedding: Embedding, seed: int) -> Clustering:
    """Return the clusters of a space's map, as the product draws it."""
    near = find_neighbours(embedding, seed=seed)
    layout = project(embedding, near, seed=seed)
    dense = cluster(embedding, layout, resolve(ClusterSpec(), len(embedding.text_ids)))
    return take_in(dense, near)


def ground_of(embedding: Embedding, prior: Clustering) -> Ground:
    """Return what questions about a space's clusters stand on, as the product lays it."""
    return lay_ground(embedding, prior, find_neighbours(embedding, seed=0), blocks=BLOCKS)


def judge_of(data: Data, plan: Plan, seed: int, source: Source) -> SimulatedJudge:
    gold = dict(zip(data.embedding.text_ids, data.gold, strict=True))
    right = 1.0 if source == "human" else plan.accuracy
    return SimulatedJudge(
        gold, data.centroids, accuracy=right, errors=plan.errors, seed=seed, source=source
    )


def clade(data: Data, prior: Clustering, plan: Plan, seed: int) -> tuple[Grouping, Counter[str]]:
    """Ask in batches, weigh all answers after each, and return the groups and counts."""
    ground = ground_of(data.embedding, prior)
    judgments: list[Judgment] = []
    asked: Counter[str] = Counter()
    judges = [
        (judge_of(data, plan, seed, "llm"), plan.questions),
        (judge_of(data, plan, seed + 1000, "human"), plan.human),
    ]
    grouping = weigh(ground, prior, judgments)
    for judge, budget in judges:
        mixed = data.embedding if plan.mixed else None
        for after in ask(ground, prior, grouping, judge, budget, judgments, mixed):
            grouping = after
        asked += judge.asked
    return grouping, asked


def ask(
    ground: Ground,
    prior: Clustering,
    grouping: Grouping,
    judge: SimulatedJudge,
    budget: int,
    judgments: list[Judgment],
    mixed: Embedding | None = None,
) -> Iterator[Grouping]:
    """Ask `budget` placements in batches, beginning with what `grouping` leaves open; where an
    embedding is given, questions of all kinds, `mixed` as on the Review page. Each batch's
    answers are put to `judgments`, and the groups that all speak for are yielded."""
    end = len(judgments) + budget
    while len(judgments) < end:
        known = {judgment.question.id for judgment in judgments}
        size = min(end - len(judgments), MOST, max(FEWEST, len(judgments) // SHARE))
        if mixed is None:
            batch = propose_placements(ground, grouping, count=size, asked=known)
        else:
            clashes = contradictions(judgments, known)
            batch = propose(
                mixed, prior, ground, grouping, clashes, count=size, asked=known, seed=len(known)
            )
        if not batch:
            return
        judgments += judge.judge([item.question for item in batch])
        grouping = weigh(ground, prior, judgments)
        yield grouping


def reference(data: Data, plan: Plan, seed: int) -> tuple[np.ndarray, Counter[str]]:
    """Run ClusterLLM's recipe and return k-means on its vectors given the true K,
    as its authors score it."""
    judge = judge_of(data, plan, seed, "llm")
    outcome = clusterllm.run(
        load_bundled(),
        data.texts,
        judge,
        embedding=data.embedding,
        triplets=plan.questions,
        k=len(set(data.gold)),
        seed=seed,
    )
    assert outcome.given is not None
    return outcome.given.labels, judge.asked


def plain(data: Data, seed: int) -> np.ndarray:
    from sklearn.cluster import KMeans

    model = KMeans(len(set(data.gold)), random_state=seed)
    return np.asarray(model.fit_predict(data.embedding.vectors))


def run(data: Data, recipe: str, plan: Plan, seeds: int) -> dict[str, Any]:
    """Return one row of the table: means over seeds, in percent."""
    scores: list[tuple[float, float, float, float]] = []
    groups: list[int] = []
    seconds: list[float] = []
    kinds: Counter[str] = Counter()
    for seed in range(seeds):
        started = time.monotonic()
        asked: Counter[str] = Counter()
        if recipe == "clade":
            grouping, asked = clade(data, first_map(data, seed), plan, seed)
            labels = grouping.clustering.labels
        elif recipe == "clusterllm":
            labels, asked = reference(data, plan, seed)
        elif recipe == "hdbscan":
            labels = first_map(data, seed).labels
        else:
            labels = plain(data, seed)
        seconds.append(time.monotonic() - started)
        kinds += asked
        found = labels.tolist()
        groups.append(len(set(found) - {UNASSIGNED}))
        measures = (accuracy, nmi, ari, bcubed_f1)
        scores.append(tuple(100 * measure(found, data.gold) for measure in measures))
    acc, information, rand, bcubed = (
        statistics.mean(column) for column in zip(*scores, strict=True)
    )
    simulated = recipe in ("clade", "clusterllm")
    return {
        "data": data.name,
        "label_column": data.column,
        "recipe": recipe,
        "judge_accuracy": plan.accuracy if simulated else None,
        "errors": plan.errors if simulated else None,
        "questions": plan.questions if simulated else 0,
        "human": plan.human if simulated else 0,
        "mixed": plan.mixed and recipe == "clade",
        "seeds": seeds,
        "acc": acc,
        "acc_std": statistics.stdev(s[0] for s in scores) if seeds > 1 else 0.0,
        "nmi": information,
        "ari": rand,
        "bcubed": bcubed,
        "groups": statistics.mean(groups),
        "true_groups": len(set(data.gold)),
        "asked": {kind: count / seeds for kind, count in sorted(kinds.items())},
        "seconds": statistics.mean(seconds),
    }


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--csv", type=Path, required=True)
    parser.add_argument("--text-column", default="text")
    parser.add_argument("--label-column", action="append", required=True)
    parser.add_argument(
        "--recipe", choices=("clade", "clusterllm", "kmeans", "hdbscan"), required=True
    )
    parser.add_argument("--questions", type=int, default=0)
    parser.add_argument("--human", type=int, default=0)
    parser.add_argument("--judge-accuracy", type=float, default=1.0)
    parser.add_argument("--errors", choices=("uniform", "confusable"), default="uniform")
    parser.add_argument("--mixed", action="store_true")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def main() -> None:
    given = arguments()
    plan = Plan(given.questions, given.human, given.judge_accuracy, given.errors, given.mixed)
    rows = []
    for data in read(given.csv, given.text_column, given.label_column):
        rows.append(run(data, given.recipe, plan, given.seeds))
        if given.recipe != "kmeans":
            rows.append(run(data, "kmeans", plan, given.seeds))
    table(rows)
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
