"""Wilson's interval against values worked by hand and against its own laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import InputError
from core.domain.shares import wilson


def test_wilson_of_eight_in_ten():
    # By hand: centre (0.8 + 0.19208) / 1.38416, half 1.96 / 1.38416 · √0.025604.
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_wilson_of_nothing_says_nothing():
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(1, 500).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_wilson_holds_the_share_narrows_with_more_and_mirrors(counted):
    correct, total = counted
    low, high = wilson(correct, total)
    assert 0 <= low <= correct / total <= high <= 1
    assert (low == 0) == (correct == 0) and (high == 1) == (correct == total)
    wider = wilson(10 * correct, 10 * total)
    assert wider[1] - wider[0] < high - low
    mirrored = wilson(total - correct, total)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-9)


@pytest.mark.parametrize(("correct", "total"), [(3, 2), (-1, 2)])
def test_wilson_refuses_what_is_no_share(correct, total):
    with pytest.raises(InputError):
        wilson(correct, total)
