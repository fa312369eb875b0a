"""How long learning takes, beside the same loss written plainly with the library's defaults."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.quality import Data, Plan, judge_of
from benchmarks.report import DATA
from core.adapters.encoders import fine_tune, load_bundled
from core.domain.clusterings import ClusterSpec
from core.domain.questions import Pair
from core.domain.spaces import Embedding
from core.domain.training import TrainingExamples, TrainingSpec
from core.project.grouping import weigh
from core.steps import clusterllm
from core.steps.clustering import cluster
from core.steps.grouping import lay_ground
from core.steps.metrics import accuracy
from core.steps.neighbours import beside, find_neighbours
from core.steps.projection import project
from core.steps.training import adapted, fit_adapter, spec_for

Timed = tuple[str, str, float]
"""What was measured, by which way, and the figure."""

TRIPLETS, CONSTRAINTS, TEXTS = 1024, 2000, 25_000


def timed(data: Data, seed: int) -> Iterator[Timed]:
    """Yield the seconds of a fine-tune by both ways and the quality that each comes to."""
    bodies = {text.id: text.body for text in data.texts}
    ids, k = data.embedding.text_ids, len(set(data.gold))
    start = clusterllm.initial_clusters(data.embedding, seed=seed)
    asked = clusterllm.propose_triplets(data.embedding, start, count=TRIPLETS, seed=seed)
    judge = judge_of(data, Plan(TRIPLETS, 0, 1.0, "uniform"), seed, "llm")
    material = clusterllm.chosen(judge.judge(asked), bodies)
    spec = replace(spec_for(material), seed=seed)
    for way in ("Clade", "plainly"):
        started = time.perf_counter()
        if way == "Clade":
            tuned = fine_tune(load_bundled(), material, spec, lambda *_: None)
            spent = time.perf_counter() - started
            vectors = tuned.encode([bodies[i] for i in ids])
        else:
            model = plainly(material, spec)
            spent = time.perf_counter() - started
            vectors = model.encode([bodies[i] for i in ids], normalize_embeddings=True)
        found = clusterllm.final_clusters(Embedding(way, ids, vectors), k, seed=seed)
        yield "seconds of a fine-tune, 1,024 triplets", way, spent
        yield "ACC, k-means given K", way, 100 * accuracy(found.labels.tolist(), data.gold)


def plainly(material: TrainingExamples, spec: TrainingSpec) -> Any:
    """Train as the library's documentation does: float32, no bucketing, and its own loss
    whose false negatives are masked by a guide that reads each batch again."""
    from datasets import Dataset
    from sentence_transformers import (
        SentenceTransformerTrainer,
        SentenceTransformerTrainingArguments,
    )
    from sentence_transformers.losses import GISTEmbedLoss

    model, guide = load_bundled().model, load_bundled().model
    columns = zip(*material.triplets, strict=True)
    rows = dict(zip(("anchor", "positive", "negative"), map(list, columns), strict=True))
    with TemporaryDirectory() as folder:
        SentenceTransformerTrainer(
            model=model,
            args=SentenceTransformerTrainingArguments(
                output_dir=folder,
                num_train_epochs=spec.epochs,
                per_device_train_batch_size=spec.batch_size,
                learning_rate=spec.learning_rate,
                seed=spec.seed,
                use_cpu=True,
                save_strategy="no",
                report_to="none",
                disable_tqdm=True,
            ),
            train_dataset=Dataset.from_dict(rows),
            loss=GISTEmbedLoss(model, guide, temperature=spec.temperature),
        ).train()
    return model.eval()


def adapter(clinc: Data) -> Iterator[Timed]:
    """Yield the seconds of the quick adapter: 2,000 pairs, half of them near each other,
    on CLINC150's texts and more of them with noise, 25,000 in all."""
    chance = np.random.default_rng(0)
    more = TEXTS - len(clinc.gold)
    again = chance.integers(len(clinc.gold), size=max(more, 0))
    noise = 0.02 * chance.normal(size=(len(again), clinc.embedding.vectors.shape[1]))
    vectors = np.concatenate([clinc.embedding.vectors, clinc.embedding.vectors[again] + noise])
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    ids = (*clinc.embedding.text_ids, *(f"zz{place:06d}" for place in range(len(again))))
    embedding = Embedding("grown", ids, vectors)
    near = find_neighbours(embedding, seed=0)
    prior = cluster(embedding, project(embedding, near, seed=0), ClusterSpec())
    ground = lay_ground(embedding, prior, near, blocks=CONSTRAINTS)
    left = chance.choice(len(clinc.gold), CONSTRAINTS, replace=False)
    known = clinc.embedding.vectors
    right = np.where(
        np.arange(CONSTRAINTS) % 2 == 0,
        beside(known[left], known, 2).rows[:, 1],
        chance.permutation(len(clinc.gold))[:CONSTRAINTS],
    )
    judge = judge_of(clinc, Plan(CONSTRAINTS, 0, 0.85, "uniform"), 0, "llm")
    told = [Pair(ids[a], ids[b]) for a, b in zip(left, right, strict=True) if a != b]
    started = time.perf_counter()
    grouping = weigh(ground, prior, judge.judge(told))
    yield "seconds to weigh 2,000 answers on 25,000 texts", "Clade", time.perf_counter() - started
    started = time.perf_counter()
    learned = fit_adapter(embedding, grouping, seed=0)
    adapted(embedding, learned.matrix, "adapted")
    yield "seconds of the adapter on 25,000 texts", "Clade", time.perf_counter() - started


CLINC = DATA / "clinc150_all.csv"
