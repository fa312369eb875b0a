"""Sharpening without answers: its laws, and what it refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.clusterings import Clustering, ClusterSpec
from core.domain.errors import Cancelled, ModelError, TooFewError
from core.domain.spaces import Embedding
from core.steps.metrics import silhouette
from core.steps.training import adapted, sharpen
from core.steps.training.sharpening import divergence, memberships, targets


def blobs(n: int = 300, k: int = 4, d: int = 24, seed: int = 0) -> tuple[Embedding, Clustering]:
    dice = np.random.default_rng(seed)
    labels = (np.arange(n) % k).astype(np.int32)
    vectors = dice.normal(size=(k, d))[labels] + 1.5 * dice.normal(size=(n, d))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    ids = tuple(f"t{row:05}" for row in range(n))
    strength = np.ones(n, dtype=np.float32)
    return Embedding("s", ids, vectors), Clustering("s", ids, labels, strength, ClusterSpec())


def points(count: int, seed: int) -> torch.Tensor:
    return torch.randn(count, 6, generator=torch.Generator().manual_seed(seed))


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 40),
    st.integers(1, 6),
    st.integers(0, 99),
    st.floats(0.01, 10.0),
    st.floats(1.0, 50.0),
)
def test_memberships_and_targets_sum_to_one_and_kl_is_never_negative(
    n: int, k: int, seed: int, scale: float, freedom: float
) -> None:
    shares = memberships(points(n, seed), points(k, seed + 1), scale, freedom)
    wanted = targets(shares)
    assert shares.shape == wanted.shape == (n, k)
    assert torch.allclose(shares.sum(dim=1), torch.ones(n), atol=1e-5)
    assert torch.allclose(wanted.sum(dim=1), torch.ones(n), atol=1e-5)
    assert divergence(wanted, shares) >= -1e-5
    assert divergence(shares, shares) == 0


def test_the_divergence_falls_and_clusters_stand_further_apart() -> None:
    embedding, clustering = blobs()
    heard: list[tuple[int, int, float]] = []
    found = sharpen(embedding, clustering, on_round=lambda *told: heard.append(told))
    # Both by the targets of the first round.
    assert found.losses[1] < found.losses[0]
    assert [done for done, _, _ in heard] == list(range(1, found.rounds + 1))
    after = adapted(embedding, found.matrix, "new")
    before = silhouette(embedding, clustering, seed=0)
    assert (silhouette(after, clustering, seed=0) or 0) > (before or 0)


def test_the_order_of_the_rows_and_the_names_of_clusters_change_nothing() -> None:
    embedding, clustering = blobs()
    order = np.random.default_rng(1).permutation(len(embedding.text_ids))
    ids = tuple(embedding.text_ids[row] for row in order)
    other = sharpen(
        Embedding("s", ids, embedding.vectors[order]),
        replace(clustering, text_ids=ids, labels=clustering.labels[order] * 7 + 3),
    )
    found = sharpen(embedding, clustering)
    assert np.allclose(found.matrix, other.matrix, atol=1e-4)
    assert found.rounds == other.rounds


def test_unassigned_texts_teach_nothing() -> None:
    embedding, clustering = blobs()
    odd = np.arange(300) < 40
    labels = np.where(odd, -1, clustering.labels).astype(np.int32)
    moved = embedding.vectors.copy()
    moved[odd] = moved[odd][:, ::-1]
    one = sharpen(embedding, replace(clustering, labels=labels))
    two = sharpen(replace(embedding, vectors=moved), replace(clustering, labels=labels))
    assert one.texts == 260
    assert np.array_equal(one.matrix, two.matrix)


@pytest.mark.parametrize(
    ("label", "sentence"), [(0, "this map has one"), (-1, "no text of this map is in one")]
)
def test_fewer_than_two_clusters_are_told(label: int, sentence: str) -> None:
    embedding, clustering = blobs()
    labels = np.full(300, label, dtype=np.int32)
    with pytest.raises(TooFewError, match=sentence):
        sharpen(embedding, replace(clustering, labels=labels))


def test_texts_that_are_all_the_same_are_told() -> None:
    embedding, clustering = blobs()
    same = np.repeat(embedding.vectors[:1], 300, axis=0)
    with pytest.raises(TooFewError, match="all the same"):
        sharpen(replace(embedding, vectors=same), clustering)


def test_a_loss_that_is_no_number_is_told() -> None:
    embedding, clustering = blobs()
    embedding.vectors[5, 3] = np.nan
    with pytest.raises(ModelError, match="diverged"):
        sharpen(embedding, clustering)


def test_a_sharpening_can_be_cancelled() -> None:
    def stop(done: int, total: int, loss: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        sharpen(*blobs(), on_round=stop)
