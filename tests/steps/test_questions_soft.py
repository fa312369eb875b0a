"""Where a text lies between groups, and going through combinations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.clusterings import UNASSIGNED
from core.steps.questions.soft import soft_assignment
from core.steps.questions.walk import walk
from tests.steps.question_texts import blobs, make


def test_soft_assignment_places_by_distance_and_peaks_in_between():
    east, north = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    middle = east + north
    embedding, clustering = make(
        [east, east, north, north, middle, 4 * east + north], [3, 3, 8, 8, UNASSIGNED, UNASSIGNED]
    )
    soft = soft_assignment(embedding, clustering)
    assert soft.closest[:, 0].tolist() == [3, 3, 8, 8, 3, 3]
    assert soft.entropy[4] == pytest.approx(1.0, abs=1e-6)
    assert soft.entropy[0] < soft.entropy[5] < soft.entropy[4]
    assert np.allclose(soft.probabilities.sum(axis=1), 1.0, atol=1e-6)
    assert (np.diff(soft.probabilities, axis=1) <= 1e-7).all()


@pytest.mark.parametrize(("k", "closest"), [(2, 2), (99, 2), (150, 3), (200, 4)])
def test_soft_assignment_keeps_two_percent_of_the_clusters(k, closest):
    embedding, clustering = blobs(2 * k, k)
    soft = soft_assignment(embedding, clustering)
    assert soft.closest.shape == (2 * k, closest)
    assert soft.entropy.min() >= 0
    assert soft.entropy.max() <= 1 + 1e-6


def test_soft_assignment_agrees_with_the_formula_written_out():
    embedding, clustering = blobs(60, 5)
    x = embedding.vectors.astype(np.float64)
    centres = [x[clustering.labels == k].mean(axis=0) for k in range(10, 60, 10)]
    centres = np.stack([c / np.linalg.norm(c) for c in centres])
    squared = np.sort(((x[:, None] - centres[None]) ** 2).sum(axis=2), axis=1)[:, :2]
    q = 1 / (1 + squared / np.median(squared))
    p = q / q.sum(axis=1, keepdims=True)
    soft = soft_assignment(embedding, clustering)
    assert np.allclose(soft.probabilities, p, atol=1e-5)
    assert np.allclose(soft.entropy, -(p * np.log2(p)).sum(axis=1), atol=1e-5)


@given(st.integers(0, 12), st.integers(0, 12), st.floats(0, 1, exclude_max=True))
def test_walk_goes_through_every_combination_once(left, right, start):
    seen = list(walk(left, right, start))
    assert sorted(seen) == [(i, j) for i in range(left) for j in range(right)]
