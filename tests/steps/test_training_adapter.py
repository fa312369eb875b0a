"""The light adapter, and what groups teach, on vectors whose truth is known."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from core.domain.clusterings import Clustering, ClusterSpec
from core.domain.errors import TooFewError
from core.domain.groupings import Grouping
from core.domain.spaces import Embedding
from core.steps.training import adapted, fit_adapter, taught_groups


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def noisy(n: int, groups: int, *, asked: int, d: int = 32, loud: float = 0.5, seed: int = 0):
    """Texts in groups told apart by half of the dimensions; the other half is loud noise."""
    dice = np.random.default_rng(seed)
    labels = np.arange(n) % groups
    signal = dice.normal(size=(groups, d // 2))[labels] * 0.2 + dice.normal(size=(n, d // 2)) * 0.1
    vectors = unit(np.hstack([signal, loud * dice.normal(size=(n, d // 2))]))
    ids = tuple(f"t{row:05}" for row in range(n))
    rows = np.sort(dice.choice(n, asked, replace=False)).astype(np.int32)
    grouping = Grouping(
        clustering=Clustering(
            "s", ids, labels.astype(np.int32), np.ones(n, dtype=np.float32), ClusterSpec()
        ),
        runner_up=np.full(n, -1, dtype=np.int32),
        leading=np.empty((n, 0), dtype=np.int32),
        shares=np.empty((n, 0), dtype=np.float32),
        anchors=rows,
        groups=labels[rows].astype(np.int32),
        certainty=np.ones(asked, dtype=np.float32),
        asked=np.ones(asked, dtype=bool),
        placed=np.ones(asked, dtype=bool),
        decided_by=np.full((n, 3), -1, dtype=np.int32),
        evidence=(),
        ignored=0,
        draws=np.zeros((1, asked), dtype=np.int32),
        right=1.0,
        joining=np.array([0.1]),
    )
    return Embedding("s", ids, vectors), grouping, labels


def nearest_right(vectors: np.ndarray, labels: np.ndarray) -> float:
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -2.0)
    return float((labels[cosines.argmax(axis=1)] == labels).mean())


def test_the_adapter_squeezes_what_groups_differ_in() -> None:
    embedding, grouping, labels = noisy(600, 6, asked=150)
    adapter = fit_adapter(embedding, grouping)
    after = adapted(embedding, adapter.matrix, "new")
    assert adapter.strength > 0
    assert adapter.after.correct > adapter.before.correct
    assert after.space == "new"
    assert np.allclose(np.linalg.norm(after.vectors, axis=1), 1, atol=1e-5)
    assert nearest_right(after.vectors, labels) > nearest_right(embedding.vectors, labels) + 0.05


def test_answers_of_chance_leave_the_space_nearly_as_it_is() -> None:
    embedding, grouping, labels = noisy(600, 6, asked=150, loud=0.05)
    dice = np.random.default_rng(3)
    wild = replace(grouping, groups=dice.permutation(grouping.groups))
    after = adapted(embedding, fit_adapter(embedding, wild).matrix, "new")
    kept = nearest_right(embedding.vectors, labels)
    assert nearest_right(after.vectors, labels) >= kept - 0.02


def test_the_order_of_the_rows_changes_nothing() -> None:
    embedding, grouping, _ = noisy(200, 4, asked=60)
    order = np.random.default_rng(1).permutation(60)
    other = replace(
        grouping,
        anchors=grouping.anchors[order],
        groups=grouping.groups[order],
        certainty=grouping.certainty[order],
        asked=grouping.asked[order],
    )
    one, two = fit_adapter(embedding, grouping), fit_adapter(embedding, other)
    assert one.strength == two.strength
    assert np.allclose(one.matrix, two.matrix, atol=1e-5)


def test_unsure_answers_weigh_less() -> None:
    embedding, grouping, _ = noisy(300, 4, asked=80)
    wrong = np.arange(80) < 30
    groups = np.where(wrong, (grouping.groups + 1) % 4, grouping.groups).astype(np.int32)
    doubted = np.where(wrong, 0.05, 1.0).astype(np.float32)
    sure = fit_adapter(embedding, replace(grouping, groups=groups))
    unsure = fit_adapter(embedding, replace(grouping, groups=groups, certainty=doubted))
    right = fit_adapter(embedding, grouping)
    assert np.abs(unsure.matrix - right.matrix).max() < np.abs(sure.matrix - right.matrix).max()


def test_too_few_placed_texts_are_told() -> None:
    embedding, grouping, _ = noisy(40, 4, asked=5)
    with pytest.raises(TooFewError, match="are needed"):
        fit_adapter(embedding, grouping)


def test_one_group_of_a_thousand_and_fifty_of_two() -> None:
    embedding, grouping, _ = noisy(1100, 51, asked=1100)
    labels = np.concatenate([np.zeros(1000), 1 + np.arange(100) // 2]).astype(np.int32)
    lopsided = replace(
        grouping, clustering=replace(grouping.clustering, labels=labels), groups=labels
    )
    assert np.isfinite(fit_adapter(embedding, lopsided).matrix).all()


def test_two_thousand_answers_on_25_000_texts_take_seconds() -> None:
    embedding, grouping, _ = noisy(25_000, 100, asked=2000, d=384)
    started = time.process_time()
    adapted(embedding, fit_adapter(embedding, grouping).matrix, "new")
    assert time.process_time() - started < 30  # processor time of a busy machine, all threads


def test_what_groups_teach_is_what_the_answers_decided() -> None:
    embedding, grouping, labels = noisy(50, 5, asked=20)
    bodies = {text: f"body {text}" for text in embedding.text_ids[:40]}
    taught = taught_groups(embedding, grouping, bodies)
    assert taught is not None
    known = [row for row in grouping.anchors.tolist() if row < 40]
    assert taught.bodies == tuple(f"body t{row:05}" for row in known)
    assert taught.groups.tolist() == labels[known].tolist()
    assert taught.centres.shape == (5, 32)
    assert taught_groups(embedding, grouping, {}) is None
