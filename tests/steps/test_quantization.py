"""Vectors in fewer bits: near what they were, never wrapped around, found again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.errors import InputError, TooFewError
from core.domain.quantization import Ranges
from core.steps.quantization import (
    as_vectors,
    binarize,
    calibrate,
    quantize,
    quantize_by_library,
    restore,
    search_binary,
)


def vectors(n=300, dims=24, seed=0):
    found = np.random.default_rng(seed).normal(size=(n, dims)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(1, 60), st.integers(2, 40), st.integers(0, 99), st.sampled_from(["int8", "uint8"])
)
def test_a_value_comes_back_within_half_a_step(n, dims, seed, precision):
    given_ = vectors(n, dims, seed)
    ranges = calibrate(given_, seed=0)
    found = quantize(given_, ranges, precision)
    assert found.codes.dtype == np.dtype(precision)
    assert found.coverage == 1.0
    shift = 128 if precision == "int8" else 0
    step = np.where(ranges.high > ranges.low, (ranges.high - ranges.low) / 255, 1)
    back = (found.codes.astype(np.float64) + shift) * step + ranges.low
    assert (np.abs(back - given_) <= step / 2 + 1e-6).all()


def test_int8_and_uint8_hold_the_same_values_and_a_quarter_of_the_bytes():
    given_ = vectors()
    ranges = calibrate(given_, seed=0)
    one, two = (quantize(given_, ranges, precision) for precision in ("int8", "uint8"))
    assert one.codes.nbytes == two.codes.nbytes == given_.nbytes // 4
    assert np.array_equal(one.codes.astype(int) + 128, two.codes.astype(int))
    assert np.array_equal(restore(one), restore(two))
    assert (restore(one) * given_).sum(axis=1).min() > 0.999
    # The codes themselves lean: unsigned ones all point the same way.
    assert (as_vectors(two) @ as_vectors(two).T).min() > 0.5


def test_what_lies_outside_the_ranges_is_clipped_and_counted():
    given_ = vectors()
    ranges = Ranges(*(np.quantile(given_, q, axis=0).astype(np.float32) for q in (0.05, 0.95)))
    found = quantize(given_, ranges, "int8")
    assert found.coverage == pytest.approx(0.9, abs=0.01)
    high = given_ > ranges.high
    assert (found.codes[high] == 127).all()
    assert (found.codes[given_ < ranges.low] == -128).all()


def test_rounding_is_nearer_than_the_librarys_floor():
    given_ = vectors()
    ranges = calibrate(given_, seed=0)
    ours, theirs = quantize(given_, ranges, "int8"), quantize_by_library(given_, ranges, "int8")
    away = [np.abs(restore(found) - given_).mean() for found in (ours, theirs)]
    assert away[0] < 0.6 * away[1]
    assert ours.coverage == theirs.coverage


def test_a_calibration_set_is_drawn_by_seed_and_covers_nearly_all():
    given_ = vectors(4000)
    one = calibrate(given_, seed=1, size=2000)
    assert np.array_equal(one.low, calibrate(given_, seed=1, size=2000).low)
    assert not np.array_equal(one.low, calibrate(given_, seed=2, size=2000).low)
    assert 0.999 < quantize(given_, one, "int8").coverage < 1.0


def test_a_dimension_that_never_changes_does_no_harm():
    given_ = vectors()
    given_[:, 3] = 0.25
    found = restore(quantize(given_, calibrate(given_, seed=0), "int8"))
    assert np.isfinite(found).all()


def test_binary_codes_find_most_of_the_nearest():
    given_ = vectors(600, 128)
    codes = binarize(given_)
    assert codes.nbytes == given_.nbytes // 32
    queries = given_[:40]
    exact = np.argsort(-(queries @ given_.T), axis=1, kind="stable")[:, :10]
    found = search_binary(queries, given_, codes, 10)
    assert (found[:, 0] == np.arange(40)).all()
    shared = [len(set(a) & set(b)) for a, b in zip(exact.tolist(), found.tolist(), strict=True)]
    # Random directions are the hardest case: nothing is near.
    assert np.mean(shared) > 5
    assert search_binary(queries, given_[:3], codes[:3], 10).shape == (40, 3)


def test_damaged_vectors_none_at_all_and_other_ranges_are_refused():
    broken = vectors(5)
    broken[2, 1] = np.nan
    with pytest.raises(InputError, match="Embed the texts again"):
        calibrate(broken, seed=0)
    with pytest.raises(TooFewError):
        calibrate(vectors(0), seed=0)
    with pytest.raises(InputError, match="the same model"):
        quantize(vectors(5, 8), calibrate(vectors(5, 9), seed=0), "int8")
