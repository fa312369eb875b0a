"""Hierarchy: every cluster in one parent, and as many parents as one can read."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.clusterings import Centroids
from core.steps.hierarchy import grow


def centroids(vectors, ids=None, sizes=None):
    vectors = np.asarray(vectors, dtype=np.float32)
    k = len(vectors)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return Centroids(
        np.arange(k, dtype=np.int32) if ids is None else np.array(ids, np.int32),
        vectors / np.maximum(norms, 1e-9),
        np.ones(k, np.int32) if sizes is None else np.array(sizes, np.int32),
    )


def families(parents, each, noise=0.2, seed=0, dims=40):
    """Centroids around `parents` orthogonal directions, the families one after another."""
    rng = np.random.default_rng(seed)
    return np.repeat(np.eye(dims)[:parents], each, axis=0) + noise / np.sqrt(dims) * rng.normal(
        size=(parents * each, dims)
    )


@pytest.mark.parametrize(("parents", "each"), [(2, 6), (3, 4), (5, 5), (9, 4), (10, 15)])
def test_clear_families_are_found(parents, each):
    found = grow(centroids(families(parents, each))).parents
    expected = {tuple(range(first, first + each)) for first in range(0, parents * each, each)}
    assert set(found) == expected


@pytest.mark.parametrize("k", [0, 1, 2, 3])
def test_three_clusters_or_fewer_are_their_own_parents(k):
    ids = [2, 5, 7][:k]
    found = grow(centroids(np.eye(4)[:k], ids)).parents
    assert found == tuple((i,) for i in ids)


@settings(deadline=None)  # the first call imports scikit-learn
@given(st.integers(4, 40), st.integers(0, 30), st.integers(2, 6))
def test_every_cluster_has_one_parent(k, seed, dims):
    rng = np.random.default_rng(seed)
    ids = np.sort(rng.choice(200, size=k, replace=False))
    # Drawn from few directions, so that equal centroids occur.
    vectors = rng.integers(-1, 2, size=(k, dims)) + np.eye(dims)[0] * 0.5
    found = grow(centroids(vectors, ids, rng.integers(1, 90, k))).parents
    assert sorted(i for parent in found for i in parent) == ids.tolist()
    assert 2 <= len(found) <= max(2, k // 2)


def test_the_number_of_parents_stays_readable_without_structure():
    for k in (40, 80, 150):
        vectors = np.random.default_rng(k).normal(size=(k, 64))
        assert 4 <= len(grow(centroids(vectors)).parents) <= 20


def test_the_largest_parent_comes_first():
    sizes = [1] * 5 + [9] * 5 + [3] * 5
    found = grow(centroids(families(3, 5), sizes=sizes)).parents
    assert [parent[0] for parent in found] == [5, 10, 0]


def test_identical_centroids_do_not_crash():
    found = grow(centroids(np.ones((9, 5)))).parents
    assert sorted(i for parent in found for i in parent) == list(range(9))
