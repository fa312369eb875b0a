"""Parts of a group of texts: those that are there, whatever the order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.errors import TooFewError
from core.domain.spaces import Embedding
from core.steps.taxonomy import parting, parts


def embedding(vectors: np.ndarray) -> Embedding:
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return Embedding("s", tuple(f"t{i:05}" for i in range(len(unit))), unit.astype(np.float32))


def piles(sizes: list[int]) -> tuple[Embedding, list[list[int]]]:
    rng = np.random.default_rng(0)
    middles = np.eye(len(sizes))
    pile = np.repeat(np.arange(len(sizes)), sizes)
    rng.shuffle(pile)
    made = embedding(middles[pile] + rng.normal(0, 0.05, (len(pile), len(sizes))))
    return made, [np.flatnonzero(pile == i).tolist() for i in range(len(sizes))]


def test_the_piles_that_are_there_are_found_the_largest_first() -> None:
    made, expected = piles([5, 20, 9])
    found = parts(made, range(34), 3)
    assert [sorted(part) for part in found] == [expected[1], expected[2], expected[0]]


def test_many_texts_follow_the_nearest_part_of_a_sample(monkeypatch) -> None:
    made, expected = piles([40, 60])
    monkeypatch.setattr(parting, "MOST_COMPARED", 20)
    assert [sorted(part) for part in parts(made, range(100), 2)] == [expected[1], expected[0]]


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 6), st.integers(7, 30), st.randoms(use_true_random=False))
def test_every_text_is_in_one_part_whatever_the_order(k: int, n: int, shuffle) -> None:
    made = embedding(np.random.default_rng(n).normal(size=(n + 5, 8)))
    members = list(range(3, n + 3))
    found = parts(made, members, k)
    assert sorted(row for part in found for row in part) == members
    assert len(found) == k
    shuffle.shuffle(members)
    assert parts(made, members, k) == found


def test_texts_that_are_all_alike_have_no_parts() -> None:
    made = embedding(np.ones((10, 3)))
    with pytest.raises(TooFewError):
        parts(made, range(10), 2)
    with pytest.raises(TooFewError):
        parts(embedding(np.eye(3)), range(3), 4)
