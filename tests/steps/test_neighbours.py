"""The neighbour graph: exact, the same in any block, extended without looking at all again."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.errors import InputError
from core.domain.spaces import Embedding
from core.steps.neighbours import (
    beside,
    extend,
    find_neighbours,
    near_duplicates,
    nearest_to,
    wanted,
)


def embedded(n, dims=8, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(n, dims)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Embedding("space", tuple(f"t{row:05d}" for row in range(n)), vectors)


def part(embedding, rows):
    ids = tuple(embedding.text_ids[row] for row in rows)
    return replace(embedding, text_ids=ids, vectors=embedding.vectors[rows])


def test_the_nearest_are_those_of_all_pairs(monkeypatch):
    monkeypatch.setattr("core.steps.neighbours._ROWS", 7)
    embedding = embedded(60)
    found = find_neighbours(embedding, seed=0)
    cosines = embedding.vectors @ embedding.vectors.T
    np.fill_diagonal(cosines, -2)
    assert found.rows.dtype == np.int32
    assert found.cosines.dtype == np.float32
    assert found.rows.tolist() == np.argsort(-cosines, axis=1)[:, : found.k].tolist()
    assert found.cosines == pytest.approx(-np.sort(-cosines, axis=1)[:, : found.k], abs=1e-6)


@pytest.mark.parametrize(
    ("n", "k"), [(0, 0), (1, 0), (2, 1), (16, 15), (300, 15), (22_500, 50), (10**6, 60)]
)
def test_more_texts_keep_more_neighbours_within_bounds(n, k):
    assert wanted(n) == k


@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_a_handful_of_texts_has_what_neighbours_there_are(n):
    found = find_neighbours(embedded(n), seed=0)
    assert found.rows.shape == found.cosines.shape == (n, max(0, n - 1))
    assert all(row not in line for row, line in enumerate(found.rows.tolist()))


def test_identical_texts_are_neighbours_of_each_other_and_never_of_themselves():
    embedding = replace(embedded(40), vectors=np.tile(embedded(1).vectors, (40, 1)))
    found = find_neighbours(embedding, seed=0)
    assert found.cosines == pytest.approx(1.0, abs=1e-6)
    for row, line in enumerate(found.rows.tolist()):
        assert row not in line
        assert len(set(line)) == found.k


def test_many_texts_find_nearly_all_and_the_same_on_any_number_of_threads(monkeypatch):
    import numba

    embedding = embedded(400)
    exact = find_neighbours(embedding, seed=0)
    monkeypatch.setattr("core.steps.neighbours.EXACT_UP_TO", 100)
    threads, one = numba.get_num_threads(), find_neighbours(embedding, seed=5)
    numba.set_num_threads(1)
    again = find_neighbours(embedding, seed=5)
    numba.set_num_threads(threads)
    assert np.array_equal(one.rows, again.rows)
    pairs = zip(one.rows.tolist(), exact.rows.tolist(), strict=True)
    shared = [len(set(left) & set(right)) / exact.k for left, right in pairs]
    assert np.mean(shared) > 0.95
    assert all(row not in line for row, line in enumerate(one.rows.tolist()))


@settings(max_examples=25, deadline=None)
@given(st.integers(16, 60), st.sets(st.integers(0, 59), min_size=1, max_size=20), st.integers(0, 9))
def test_an_extended_graph_is_the_graph_of_all(n, fresh, seed):
    embedding = embedded(n + len(fresh), seed=seed)
    new = sorted(row % len(embedding.text_ids) for row in fresh)
    old = [row for row in range(len(embedding.text_ids)) if row not in set(new)]
    kept = find_neighbours(part(embedding, old), seed=0)
    grown, all_of_them = extend(kept, embedding), find_neighbours(embedding, seed=0)
    assert grown.text_ids == embedding.text_ids
    assert grown.rows[:, : all_of_them.k].tolist() == all_of_them.rows.tolist()
    assert extend(grown, embedding) is grown


def test_near_duplicates_hang_together():
    embedding = embedded(30, dims=16)
    vectors = embedding.vectors.copy()
    vectors[[4, 9]], vectors[20] = vectors[2], vectors[17]
    found = near_duplicates(
        find_neighbours(replace(embedding, vectors=vectors), seed=0), cosine=0.99
    )
    assert found == (("t00002", "t00004", "t00009"), ("t00017", "t00020"))


def test_the_nearest_to_one_text_are_those_of_the_graph_without_it():
    embedding = embedded(60)
    found = find_neighbours(embedding, seed=0)
    for row in (0, 17, 59):
        ids = tuple(embedding.text_ids[other] for other in found.rows[row, :5].tolist())
        assert nearest_to(embedding, embedding.text_ids[row], 5) == ids
    assert nearest_to(embedded(3), "t00001", 5) == nearest_to(embedded(3), "t00001", 2)


def test_texts_beside_others_are_found_in_their_order():
    among, queries = embedded(50).vectors, embedded(3, seed=1).vectors
    found = beside(queries, among, 4)
    assert found.rows.tolist() == np.argsort(-(queries @ among.T), axis=1)[:, :4].tolist()
    assert beside(queries, among[:2], 4).rows.shape == (3, 2)


def test_damaged_vectors_and_another_dimension_are_refused_with_a_next_move():
    embedding = embedded(20)
    embedding.vectors[3, 2] = np.nan
    with pytest.raises(InputError, match="Embed the texts again"):
        find_neighbours(embedding, seed=0)
    with pytest.raises(InputError, match="the model that made the map"):
        beside(embedded(2, dims=5).vectors, embedded(20).vectors)


@pytest.mark.parametrize("light", [False, True])
@pytest.mark.parametrize("n", [150, 1_500, 3_000])
def test_the_nearest_among_many_are_those_of_all_pairs_where_many_are_equal_too(n, light):
    embedding = embedded(n, dims=4)
    embedding.vectors[: n // 3] = embedding.vectors[0]
    found = find_neighbours(embedding, seed=0, light=light)
    cosines = embedding.vectors @ embedding.vectors.T
    np.fill_diagonal(cosines, -2)
    assert found.cosines == pytest.approx(-np.sort(-cosines, axis=1)[:, : found.k], abs=1e-6)
    taken = np.take_along_axis(cosines, found.rows.astype(np.int64), axis=1)
    assert found.cosines == pytest.approx(taken, abs=1e-6)
    assert all(len(set(line)) == found.k for line in found.rows.tolist())


def test_no_deep_learning_library_is_loaded_to_find_neighbours():
    code = (
        "import sys, numpy as np\n"
        "from core.domain.spaces import Embedding\n"
        "from core.steps.neighbours import beside, find_neighbours\n"
        "vectors = np.eye(200, dtype=np.float32)\n"
        "ids = tuple(f'{row:03d}' for row in range(200))\n"
        "find_neighbours(Embedding('s', ids, vectors), seed=0, light=True)\n"
        "print([m for m in ('torch', 'umap', 'pynndescent', 'numba') if m in sys.modules])"
    )
    root = Path(__file__).resolve().parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"
