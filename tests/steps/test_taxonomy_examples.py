"""Central and diverse texts of a group."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.spaces import Embedding
from core.steps.taxonomy.examples import central, diverse


def _embedding(vectors: np.ndarray) -> Embedding:
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = tuple(f"t{i:03}" for i in range(len(unit)))
    return Embedding("space", ids, unit.astype(np.float32))


def _fan(*degrees: float) -> Embedding:
    angles = np.radians(degrees)
    return _embedding(np.column_stack([np.cos(angles), np.sin(angles)]))


def test_central_lists_the_nearest_to_the_centroid_first() -> None:
    assert central(_fan(0, 40, 50, 100, 180), [0, 1, 2, 3], 3) == (2, 1, 0)


def test_central_of_a_part_does_not_look_at_the_rest() -> None:
    assert central(_fan(0, 1, 2, 90, 91, 92), [5, 3, 4], 1) == (4,)


def test_diverse_starts_at_the_medoid_and_goes_to_the_ends() -> None:
    embedding = _fan(0, 10, 45, 50, 100)
    assert diverse(embedding, range(5), 3) == (2, 4, 0)


def test_diverse_covers_each_lump_before_it_repeats_one() -> None:
    embedding = _fan(0, 1, 2, 60, 61, 62, 120, 121, 122)
    assert {row // 3 for row in diverse(embedding, range(9), 3)} == {0, 1, 2}


def test_ties_go_to_the_smaller_index_and_equal_texts_are_all_listed() -> None:
    embedding = _fan(30, 30, 30)
    assert central(embedding, [2, 0, 1], 2) == (0, 1)
    assert diverse(embedding, [2, 0, 1], 9) == (0, 1, 2)


def test_nothing_asked_or_nothing_there() -> None:
    embedding = _fan(0, 10)
    for pick in (central, diverse):
        assert pick(embedding, [], 3) == ()
        assert pick(embedding, [0, 1], 0) == ()
        assert pick(embedding, [1], 1) == (1,)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 20), st.integers(0, 25), st.randoms())
def test_the_order_of_members_changes_nothing(seed, size, count, shuffler) -> None:
    embedding = _embedding(np.random.default_rng(seed).normal(size=(20, 4)))
    members = shuffler.sample(range(20), size)
    again = shuffler.sample(members, size) + members[:2]
    for pick in (central, diverse):
        chosen = pick(embedding, members, count)
        assert chosen == pick(embedding, again, count)
        assert len(set(chosen)) == len(chosen) == min(count, size)
        assert set(chosen) <= set(members)
