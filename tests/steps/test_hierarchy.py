"""Hierarchy: every cluster in one parent, and as many parents as one can read."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.clusterings import Centroids, Clustering, ClusterSpec
from core.domain.errors import InputError
from core.domain.taxonomy import clusters_of
from core.steps.hierarchy import grow, shares


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


def nested_families(noise=0.2, seed=0):
    """Two halves of three families of four clusters each, 24 in all."""
    rng = np.random.default_rng(seed)
    halves = np.repeat(np.eye(40)[:2], 12, axis=0)
    kin = np.repeat(np.eye(40)[2:8], 4, axis=0)
    return halves + 0.7 * kin + noise / np.sqrt(40) * rng.normal(size=(24, 40))


def test_three_levels_hold_families_of_families():
    found = grow(centroids(nested_families()), levels=3, parents=2).parents
    halves = {frozenset(clusters_of(parent)) for parent in found}
    assert halves == {frozenset(range(12)), frozenset(range(12, 24))}
    families = {member for parent in found for member in parent}
    assert families == {tuple(range(first, first + 4)) for first in range(0, 24, 4)}


def depth(branch):
    return 0 if isinstance(branch, int) else 1 + max(depth(member) for member in branch)


@settings(deadline=None)
@given(st.integers(4, 60), st.integers(2, 4), st.integers(0, 30), st.booleans())
def test_every_cluster_stands_once_in_a_tree_no_deeper_than_asked(k, levels, seed, chosen):
    rng = np.random.default_rng(seed)
    parents = int(rng.integers(2, k)) if chosen else None
    leaning = rng.dirichlet(np.ones(5), k).astype(np.float32)
    tree = grow(centroids(rng.normal(size=(k, 6))), levels=levels, parents=parents, leaning=leaning)
    assert tree.clusters == tuple(range(k))
    assert max(depth(parent) for parent in tree.parents) <= levels - 1
    if parents:
        assert len(tree.parents) == parents
    # Below the top no parent has a single member: it would say nothing.
    inner = [m for parent in tree.parents for m in parent if not isinstance(m, int)]
    while inner:
        assert all(len(branch) > 1 for branch in inner)
        inner = [m for branch in inner for m in branch if not isinstance(m, int)]


def test_answers_lean_on_the_linkage():
    vectors = families(6, 4)
    # By the answers, families 0 and 1 are one, 2 and 3, and 4 and 5: the vectors know nothing.
    leaning = np.repeat(np.eye(3, dtype=np.float32), 8, axis=0)
    found = grow(centroids(vectors), parents=3, leaning=leaning).parents
    assert set(found) == {tuple(range(first, first + 8)) for first in (0, 8, 16)}


def test_answers_that_join_nothing_change_nothing():
    vectors = families(5, 5)
    plain = grow(centroids(vectors), parents=5)
    assert grow(centroids(vectors), parents=5, leaning=np.eye(25, dtype=np.float32)) == plain


def labelled(labels):
    ids = tuple(f"t{i}" for i in range(len(labels)))
    strength = np.ones(len(labels), np.float32)
    return Clustering("space", ids, np.array(labels, np.int32), strength, ClusterSpec())


def test_shares_count_the_texts_of_each_cluster_in_each_group():
    found = shares(labelled([4, 4, 4, 4, 7, 7, -1]), labelled([1, 1, 1, 0, 0, -1, 2]))
    assert found.tolist() == [[0.25, 0.75], [0.5, 0.0]]
    with pytest.raises(InputError, match="other texts"):
        shares(labelled([0, 1]), labelled([0]))


@pytest.mark.parametrize("asked", [{"levels": 1}, {"levels": 5}, {"parents": 1}, {"parents": 9}])
def test_what_makes_no_tree_is_refused(asked):
    with pytest.raises(InputError):
        grow(centroids(families(3, 3)), **asked)
