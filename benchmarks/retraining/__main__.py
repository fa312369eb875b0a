"""Retraining beside no retraining and beside ClusterLLM's recipe, on the same answers.

    python -m benchmarks.retraining [groups] [next] [triplets] [dec] [times]
        [--ways WAY …] [--data NAME …]

A simulated judge answers from the gold labels, which reach nothing but it and the score.
*groups*: after placements on the test texts, the accuracy on all of them and on those that no
question touched (the same answers in both spaces, clustered as the product does), and on the
training file's texts (Bank77 has one), which are in no space's map, by nearest group. *next*:
questions of a second round until the accuracy is that of the second round without retraining.
*triplets*: 1,024 triplets alone, then k-means given the true number of groups, as the recipe's
authors score it; *map*, a control: what the same texts teach by the map's groups, no answer used.
*dec*: sharpening without answers, from k-means given the true number of groups; its settings
follow the paper and the silhouette, never the labels. *times*: a fine-tune beside the same loss
written plainly, which take turns, and the quick adapter on 25,000 texts.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from benchmarks.quality import Data, Plan, judge_of, partition, read
from benchmarks.report import DATA, keep
from benchmarks.retraining.sharpened import sharpened
from benchmarks.retraining.spaces import (
    WAYS,
    ask,
    by_groups,
    first_round,
    judged,
    learn,
    nearest_group,
)
from benchmarks.retraining.times import CLINC, CONSTRAINTS, adapter, timed
from core.adapters.encoders import fine_tune, load_bundled
from core.domain.groupings import Grouping
from core.domain.spaces import Embedding
from core.project.clusterllm import BUNDLED
from core.steps import clusterllm
from core.steps.metrics import accuracy
from core.steps.training import spec_for

SEEDS = 3
PLANS = [Plan(n, 0, right, "uniform") for right in (1.0, 0.85) for n in (200, 400)]
NAMES = ("bank77", "clinc150")
TRIPLETS, RIGHT = 1024, (1.0, 0.75)


def row(what: str, data: Data, right: float, questions: int, way: str, found: Sequence[float]):
    """Return one row of the table, over seeds."""
    return {
        "what": what,
        "data": data.name,
        "judge_accuracy": right,
        "questions": questions,
        "way": way,
        "mean": statistics.mean(found),
        "std": statistics.stdev(found) if len(found) > 1 else 0.0,
        "lowest": min(found),
        "seeds": len(found),
    }


def groups(data: Data, new: Data | None, ways: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield what each way does to all, to unasked and to new texts, and its seconds."""
    for plan in PLANS:
        for way in ways:
            overall, unasked, unseen, seconds = [], [], [], []
            for seed in range(SEEDS):
                round_ = first_round(data, plan, seed)
                learned = learn(round_, way)
                prior = round_.prior if way == "none" else partition(learned.embedding, seed)
                grouping = judged(round_, learned, prior)
                overall.append(100 * accuracy(grouping.clustering.labels.tolist(), data.gold))
                unasked.append(round_.unasked_accuracy(grouping))
                seconds.append(learned.seconds)
                if new is not None:
                    vectors = learned.encode(new)
                    told = nearest_group(learned.embedding, grouping, vectors)
                    unseen.append(100 * accuracy(told, new.gold))
            asked = (data, plan.accuracy, plan.questions, way)
            yield row("ACC, all texts", *asked, overall)
            yield row("ACC, unasked texts", *asked, unasked)
            if unseen:
                yield row("ACC, new texts by nearest group", *asked, unseen)
            yield row("seconds of learning", *asked, seconds)


def next_round(data: Data) -> Iterator[dict[str, Any]]:
    """Yield how many questions a second round of 200 takes to come as far as without."""
    for plan in PLANS[::2]:
        needed: dict[str, list[float]] = {"none": [], "adapter": [], "whole": []}
        for seed in range(SEEDS):
            first = first_round(data, plan, seed)
            targets: list[tuple[int, float]] = []

            def note(asked: int, grouping: Grouping, found=targets) -> None:
                found.append((asked, accuracy(grouping.clustering.labels.tolist(), data.gold)))

            ask(data, data.embedding, first.prior, plan, seed, first.judgments, note)
            goal = targets[-1][1]
            needed["none"].append(next(n for n, reached in targets if reached >= goal))
            for way in ("adapter", "whole"):
                targets.clear()
                learned = learn(first, way)
                prior = partition(learned.embedding, seed)
                ask(data, learned.embedding, prior, plan, seed, first.judgments, note)
                reached = [n for n, got in targets if got >= goal]
                needed[way].append(reached[0] if reached else plan.questions)
        for way, found in needed.items():
            yield row("questions to the same ACC", data, plan.accuracy, plan.questions, way, found)


def dec(data: Data) -> Iterator[dict[str, Any]]:
    """Yield the scores before and after sharpening without answers."""
    for (what, way), found in sharpened(data, SEEDS).items():
        yield row(what, data, 0.0, 0, way, found)


def triplets(data: Data) -> Iterator[dict[str, Any]]:
    """Yield k-means given the true K, after training on triplets alone."""
    bodies = {text.id: text.body for text in data.texts}
    ids, k = data.embedding.text_ids, len(set(data.gold))

    def score(embedding: Embedding, seed: int) -> float:
        return 100 * accuracy(
            clusterllm.final_clusters(embedding, k, seed=seed).labels.tolist(), data.gold
        )

    for right in RIGHT:
        found: dict[str, list[float]] = {"none": [], "clusterllm": [], "map": [], "whole": []}
        for seed in range(SEEDS):
            start = clusterllm.initial_clusters(data.embedding, seed=seed)
            asked = clusterllm.propose_triplets(data.embedding, start, count=TRIPLETS, seed=seed)
            judge = judge_of(data, Plan(TRIPLETS, 0, right, "uniform"), seed, "llm")
            judgments = judge.judge(asked)
            found["none"].append(score(data.embedding, seed))
            of_answers, of_map = by_groups(data, judgments, seed)
            for way, material, spec in (
                ("clusterllm", clusterllm.chosen(judgments, bodies), BUNDLED),
                ("map", of_map, spec_for(of_map)),
                ("whole", of_answers, spec_for(of_answers)),
            ):
                tuned = fine_tune(
                    load_bundled(), material, replace(spec, seed=seed), lambda *_: None
                )
                vectors = tuned.encode([bodies[i] for i in ids])
                found[way].append(score(Embedding(tuned.space.id, ids, vectors), seed))
        for way, scores in found.items():
            yield row("ACC, k-means given K", data, right, TRIPLETS, way, scores)


def times(data: Data) -> Iterator[dict[str, Any]]:
    """Yield the seconds of a fine-tune beside those of the same loss written plainly, and of
    the quick adapter on many texts."""
    found: dict[tuple[str, str], list[float]] = {}
    for seed in range(SEEDS):
        for what, way, figure in timed(data, seed):
            found.setdefault((what, way), []).append(figure)
    for (what, way), figures in found.items():
        yield row(what, data, 1.0, TRIPLETS, way, figures)
    (clinc,) = read(CLINC, "text", ["label"])
    for what, way, figure in adapter(clinc):
        yield row(what, clinc, 0.85, CONSTRAINTS, way, [figure])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["groups", "next", "triplets", "dec", "times"])
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--data", nargs="+", choices=NAMES, default=NAMES)
    given = parser.parse_args()
    for part in given.parts:
        rows = []
        for name in given.data:
            (data,) = read(DATA / f"{name}_test.csv", "text", ["label"])
            if part == "groups":
                unseen = DATA / f"{name}_train.csv"
                new = read(unseen, "text", ["label"]) if unseen.exists() else [None]
                found = groups(data, new[0], given.ways)
            else:
                found = {"next": next_round, "triplets": triplets, "dec": dec, "times": times}[
                    part
                ](data)
            for one in found:
                print(one, flush=True)
                rows.append(one)
        keep(f"retraining_{part}", rows)


if __name__ == "__main__":
    main()
