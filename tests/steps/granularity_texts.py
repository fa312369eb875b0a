"""Texts with a known number of groups, and answers about pairs of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.domain.clusterings import Clustering, ClusterSpec
from core.domain.judgments import Judgment, Verdict
from core.domain.questions import Pair
from core.domain.spaces import Embedding
from tests.answering import say


def blobs(
    groups: int, each: int, spread: float = 0.4, seed: int = 0
) -> tuple[Embedding, list[int]]:
    """Unit vectors around `groups` centres, ids in order, and the group of each."""
    rng = np.random.default_rng(seed)
    gold = np.repeat(np.arange(groups), each)
    rng.shuffle(gold)
    vectors = rng.normal(size=(groups, 32))[gold] + spread * rng.normal(size=(len(gold), 32))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = tuple(f"{i:016x}" for i in range(len(gold)))
    return Embedding("space", ids, vectors.astype(np.float32)), gold.tolist()


def grouped(embedding: Embedding, labels: Sequence[int]) -> Clustering:
    ones = np.ones(len(labels), dtype=np.float32)
    return Clustering("space", embedding.text_ids, np.array(labels, np.int32), ones, ClusterSpec())


def answered(
    pairs: Sequence[Pair], gold: dict[str, object], *, right: float = 1.0, seed: int = 0
) -> list[Judgment]:
    """Answer from the gold labels, right so often."""
    rng = np.random.default_rng(seed)
    found = []
    for pair in pairs:
        same = (gold[pair.left] == gold[pair.right]) == (rng.random() < right)
        verdict = Verdict.SAME if same else Verdict.DIFFERENT
        found.append(say(pair, verdict, "llm", "judge"))
    return found
