"""Embedded texts with groups, and what the question engine makes of them."""

from __future__ import annotations

import numpy as np

from core.domain.clusterings import UNASSIGNED, Clustering, ClusterSpec
from core.domain.judgments import GROUPS, Judgment, Verdict
from core.domain.questions import Asked, Placement
from core.domain.spaces import Embedding
from core.steps.grouping import group, lay_ground
from core.steps.neighbours import find_neighbours
from core.steps.questions import propose

SPEC = ClusterSpec(method="kmeans")


def make(vectors, labels) -> tuple[Embedding, Clustering]:
    vectors = np.asarray(vectors, dtype=np.float64)
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    ids = tuple(f"t{row:07d}" for row in range(len(vectors)))
    labels = np.asarray(labels, dtype=np.int32)
    strength = np.ones(len(ids), dtype=np.float32)
    return Embedding("space", ids, vectors), Clustering("space", ids, labels, strength, SPEC)


def blobs(n: int, k: int, *, noise: float = 0.5, dims: int = 16, unassigned: float = 0.0):
    """n texts around k random directions; cluster ids are 10, 20, … to tell them from rows."""
    rng = np.random.default_rng(5)
    group = np.arange(n) % k
    vectors = rng.normal(size=(k, dims))[group] + noise * rng.normal(size=(n, dims))
    labels = (group + 1) * 10
    labels[rng.random(n) < unassigned] = UNASSIGNED
    return make(vectors, labels)


def row(text: str) -> int:
    return int(text[1:])


def labels_of(asked: Asked, clustering: Clustering) -> list[int]:
    return [int(clustering.labels[row(text)]) for text in asked.question.texts]


def placed(question: Placement, truth) -> Verdict:
    """The right answer to a placement; `truth` holds a group for each row."""
    for verdict, shown in zip(GROUPS, question.candidates, strict=False):
        names = [int(truth[row(text)]) for text in shown]
        if max(sorted(set(names)), key=names.count) == truth[row(question.text)]:
            return verdict
    return Verdict.NEW


def batch_of(
    embedding: Embedding,
    clustering: Clustering,
    *,
    count: int,
    asked=(),
    seed: int = 0,
    judgments: tuple[Judgment, ...] = (),
    clashes=(),
) -> tuple[Asked, ...]:
    """Propose questions as a project does: ground, answers, batch."""
    ground = lay_ground(embedding, clustering, find_neighbours(embedding, seed=0), blocks=400)
    grouping = group(ground, clustering, judgments)
    return propose(
        embedding, clustering, ground, grouping, clashes, count=count, asked=asked, seed=seed
    )
