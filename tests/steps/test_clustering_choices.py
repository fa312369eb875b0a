"""Other ways to cluster, the texts between clusters, and the tree they are chosen from."""

from dataclasses import replace

import numpy as np
import pytest

from core.domain.clusterings import UNASSIGNED, Clustering, ClusterSpec
from core.domain.errors import InputError
from core.domain.neighbours import Beside, Neighbours
from core.steps.charts import condensed_tree
from core.steps.clustering import cluster, condense, join, resolve, take_in
from core.steps.metrics import accuracy, dbcv
from core.steps.neighbours import find_neighbours
from tests.steps.test_clustering import blobs, embedded


@pytest.mark.slow  # it compiles when it runs for the first time
@pytest.mark.parametrize("selection", ["leaf", "eom"])
def test_evoc_finds_clear_groups_from_the_vectors_alone(selection):
    points, gold = blobs([60, 90, 75], dims=24, noise=0.04)
    embedding, layout = embedded(points)
    spec = ClusterSpec("evoc", selection=selection, min_cluster_size=20)
    nowhere = replace(layout, reduced=np.zeros_like(layout.reduced))
    found = cluster(embedding, nowhere, spec)
    assert found.spec == resolve(spec, 225)
    labels = found.labels.tolist()
    # It may cut a group of such noise in two, where depends on the processor's arithmetic,
    # but mixes none.
    pairs = {(one, own) for one, own in zip(labels, gold.tolist(), strict=True) if one >= 0}
    assert len(pairs) == len({one for one, _ in pairs})
    assert {own for _, own in pairs} == {0, 1, 2}
    assert len(pairs) <= 6
    assert labels.count(UNASSIGNED) < 0.3 * len(labels)
    assert found.strength.max() <= 1 and found.strength.min() >= 0
    assert np.array_equal(cluster(embedding, nowhere, spec).labels, found.labels)


def test_average_linkage_over_centres_finds_what_it_finds_over_all(monkeypatch):
    points, gold = blobs([300, 40, 20], noise=0.03)
    spec = ClusterSpec("agglomerative", k=3)
    whole = cluster(*embedded(points), spec)
    monkeypatch.setattr("core.steps.clustering.methods.CENTRES", 60)
    over_centres = cluster(*embedded(points), spec)
    assert accuracy(whole.labels, gold) == accuracy(over_centres.labels, gold) == 1.0
    assert (over_centres.labels != UNASSIGNED).all()


def loose(labels, rows, noise="majority"):
    """A clustering of texts whose neighbours, equally near, are `rows`."""
    ids = tuple(f"t{i:02d}" for i in range(len(labels)))
    spec = ClusterSpec(min_cluster_size=2, noise=noise)
    labels = np.array(labels, dtype=np.int32)
    clustering = Clustering("space", ids, labels, np.ones(len(ids), np.float32), spec)
    rows = np.array(rows, dtype=np.int32)
    return clustering, Neighbours("space", ids, rows, np.ones(rows.shape, np.float32))


def test_an_odd_text_joins_only_where_most_of_its_assigned_neighbours_are():
    labels = [-1, 0, 0, 1, -1, -1, 1, -1]
    rows = [
        *([1, 2, 3], [2, 0, 3], [1, 0, 3], [6, 1, 0]),  # the first: two of three in 0
        *([1, 3, 5], [0, 4, 7], [3, 0, 1], [1, 4, 5]),  # a tie; nobody assigned; one of one
    ]
    found = take_in(*loose(labels, rows))
    assert found.labels.tolist() == [0, 0, 0, 1, -1, -1, 1, 0]
    assert found.strength.tolist() == pytest.approx([1 / 3, 1, 1, 1, 1, 1, 1, 0.5])
    left = take_in(*loose(labels, rows, "leave"))
    assert left.labels.tolist() == labels
    clustering, near = loose(labels, rows)
    with pytest.raises(InputError, match="Make the map again"):
        take_in(clustering, replace(near, text_ids=near.text_ids[::-1]))


def test_real_noise_becomes_less_and_no_assigned_text_moves():
    points, _ = blobs([60, 60], noise=0.25)
    embedding, layout = embedded(points)
    dense = cluster(embedding, layout, ClusterSpec(min_cluster_size=10))
    found = take_in(dense, find_neighbours(embedding, seed=0))
    inside = dense.labels != UNASSIGNED
    assert np.array_equal(found.labels[inside], dense.labels[inside])
    assert (found.labels == UNASSIGNED).sum() < (dense.labels == UNASSIGNED).sum()


def test_new_texts_join_by_votes_and_odd_or_shut_out_ones_stay_unassigned():
    groups = np.array([0, 0, 1, 1, 2, -1, -1, -1], dtype=np.int32)
    rows = np.array([[0, 1, 2], [2, 3, 0], [4, 4, 4], [5, 6, 7], [0, 1, 2]], dtype=np.int32)
    cosines = np.full(rows.shape, 0.9, dtype=np.float32)
    cosines[4] = 0.1
    usual = np.full(8, 0.8, dtype=np.float32)
    found, strength = join(groups, Beside(rows, cosines), usual, closed=[2])
    assert found.tolist() == [0, 1, -1, -1, -1]
    assert strength.tolist() == pytest.approx([2 / 3, 2 / 3, 0, 0, 0])
    none = Beside(rows[:, :0], cosines[:, :0])
    assert join(groups[:0], none, usual[:0])[0].tolist() == [-1] * 5


@pytest.mark.parametrize("selection", ["leaf", "eom"])
def test_the_tree_holds_the_clusters_of_the_map(selection):
    points, _ = blobs([60, 90, 75], noise=0.1)
    embedding, layout = embedded(points)
    spec = resolve(ClusterSpec(selection=selection, min_cluster_size=12), 225)
    tree, found = condense(layout, spec), cluster(embedding, layout, spec)
    assert tree.chosen.sum() == len(set(found.labels.tolist()) - {UNASSIGNED})
    assert tree.parent[0] == -1 and tree.size[0] == 225
    assert (tree.parent[1:] < np.arange(1, len(tree.parent))).all()
    assert (tree.size[1:] <= tree.size[tree.parent[1:]]).all()
    assert (tree.birth <= tree.death).all()
    drawn = condensed_tree(tree).to_dict()
    (bars,) = drawn["datasets"].values()
    assert [bar["texts"] for bar in bars] == tree.size.tolist()
    # Children lie beside each other within their parent.
    for at, parent in enumerate(tree.parent.tolist()):
        if parent >= 0:
            assert bars[parent]["x"] - 1e-3 <= bars[at]["x"]
            assert bars[at]["x2"] <= bars[parent]["x2"] + 1e-3


def test_twins_make_a_tree_that_can_be_drawn():
    embedding, layout = embedded(np.repeat(np.eye(4), 15, axis=0))
    spec = resolve(ClusterSpec(min_cluster_size=5), 60)
    tree = condense(layout, spec)
    assert np.isfinite(tree.death).all()
    condensed_tree(tree, dark=True).to_dict()
    assert len(embedding.text_ids) == tree.size[0]


def test_density_validity_prefers_clear_clusters_and_is_silent_where_it_cannot_tell():
    points, gold = blobs([60, 60], noise=0.05)
    embedding, layout = embedded(points)
    found = cluster(embedding, layout, ClusterSpec("kmeans", k=2))
    mixed = replace(found, labels=np.arange(120, dtype=np.int32) % 2)
    clear = dbcv(layout, found)
    assert clear is not None and clear > 0.3
    worse = dbcv(layout, mixed)
    assert worse is not None and worse < 0
    assert dbcv(layout, replace(found, labels=np.zeros(120, np.int32))) is None
    assert accuracy(found.labels, gold) == 1.0
