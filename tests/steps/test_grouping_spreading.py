"""What groups get of the texts between them, once their centres are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.steps.grouping.spreading import drawn_to_centres


def two_groups(seed: int):
    """Two blobs on the sphere, 200 texts each, and shares that know a tenth of them."""
    rng = np.random.default_rng(seed)
    kinds = np.arange(400) % 2
    vectors = rng.normal(size=(2, 24))[kinds] + rng.normal(size=(400, 24))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    shares = np.full((400, 2), 0.5, dtype=np.float32)
    shares[np.arange(40), kinds[:40]] = 0.9
    shares[np.arange(40), 1 - kinds[:40]] = 0.1
    return vectors, shares, kinds


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000))
def test_texts_that_could_be_either_go_where_the_centre_is_nearer(seed):
    vectors, shares, kinds = two_groups(seed)
    found = drawn_to_centres(vectors, shares, np.arange(2))
    assert found.dtype == np.float32 and found.shape == shares.shape
    assert (found.argmax(axis=1) == kinds)[40:].mean() > 0.8
    assert np.array_equal(shares[40:], np.full((360, 2), 0.5)), "the argument stays as it is"


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), wrong=st.lists(st.integers(0, 399), min_size=1, unique=True))
def test_texts_that_answers_are_about_stay_where_these_put_them(seed, wrong):
    vectors, shares, kinds = two_groups(seed)
    rows = np.array(wrong)
    shares[rows, 1 - kinds[rows]], shares[rows, kinds[rows]] = 0.51, 0.49
    found = drawn_to_centres(vectors, shares, rows)
    assert (found.argmax(axis=1) != kinds)[rows].all()


def test_the_more_answers_a_group_has_the_less_its_centre_counts():
    vectors, shares, _ = two_groups(1)

    def moved(count: int) -> float:
        found = drawn_to_centres(vectors, shares, np.arange(count))[40:]
        found /= found.sum(axis=1, keepdims=True)
        return float(np.abs(found - 0.5).mean())

    assert moved(2) > 2 * moved(12) > 4 * moved(40) > 0


@pytest.mark.parametrize("groups", [1, 3])
def test_a_group_without_any_share_takes_no_text(groups):
    vectors, _, _ = two_groups(2)
    shares = np.zeros((400, groups), dtype=np.float32)
    shares[:, 0] = 1.0
    found = drawn_to_centres(vectors, shares, np.arange(3))
    assert (found.argmax(axis=1) == 0).all() and np.isfinite(found).all()
