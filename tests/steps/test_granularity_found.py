"""How many groups the answers make, and how sure that number is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.clusterings import Clustering, ClusterSpec
from core.domain.granularity import Count
from core.domain.groupings import Grouping
from core.steps.granularity import groups_found

Anchor = tuple[int, float, bool]
"""Its group, how sure that is, and whether an answer is about it."""


def grouping(anchors: list[Anchor], labels: list[int]) -> Grouping:
    ids = tuple(f"t{row:04d}" for row in range(len(labels)))
    ones = np.ones(len(ids), dtype=np.float32)
    groups, certainty, asked = zip(*anchors, strict=True) if anchors else ((), (), ())
    return Grouping(
        Clustering("space", ids, np.array(labels, dtype=np.int32), ones, ClusterSpec()),
        runner_up=np.full(len(ids), -1, dtype=np.int32),
        leading=np.empty((len(ids), 0), dtype=np.int32),
        shares=np.empty((len(ids), 0), dtype=np.float32),
        anchors=np.arange(len(anchors), dtype=np.int32),
        groups=np.array(groups, dtype=np.int32),
        certainty=np.array(certainty, dtype=np.float32),
        asked=np.array(asked, dtype=np.bool_),
        placed=np.array(asked, dtype=np.bool_),
        decided_by=np.full((len(ids), 3), -1, dtype=np.int32),
        evidence=(),
        ignored=0,
        draws=np.arange(len(anchors), dtype=np.int32)[None],
        right=1.0,
        joining=np.array([0.1]),
    )


SURE: list[Anchor] = [(group, 1.0, True) for group in range(5) for _ in range(3)]
LABELS = [*range(5), -1]


def test_what_is_sure_has_no_interval() -> None:
    assert groups_found(grouping(SURE, LABELS)) == Count(5, 5, 5)


@pytest.mark.parametrize(("certainty", "low"), [(0.99, 6), (0.6, 5), (0.06, 5), (0.04, 5)])
def test_a_group_that_one_doubtful_answer_founded_may_be_none(certainty: float, low: int) -> None:
    found = groups_found(grouping([*SURE, (7, certainty, True)], [*LABELS, 7]))
    assert found == Count(6, low, 6)


def test_several_answers_make_a_doubtful_group_sure() -> None:
    doubtful: list[Anchor] = [(7, 0.7, True)] * 3
    assert groups_found(grouping([*SURE, *doubtful], [*LABELS, 7])) == Count(6, 6, 6)


def test_the_interval_below_is_the_poisson_binomial_one() -> None:
    # Ten groups, each with two anchors of which neither is right once in four times.
    anchors: list[Anchor] = [(group, 0.5, True) for group in range(10) for _ in range(2)]
    found = groups_found(grouping(anchors, list(range(10))))
    # Binomial(10, 3/4): P(≤ 4) = 0.020, P(≤ 5) = 0.078.
    assert found is not None and found.low == 5
    drawn = np.random.default_rng(0).binomial(10, 0.75, 100_000)
    assert found.low == np.quantile(drawn, 0.05)


def test_many_groups_seen_once_say_that_there_are_more() -> None:
    once = [(group, 1.0, True) for group in range(5, 13)]
    found = groups_found(grouping([*SURE, *once], [*range(13)]))
    # f₁ = 8, f₂ = 0: 28 are expected beyond the 13, and Poisson(28) ends at 37.
    assert found == Count(13, 13, 13 + 37)
    seen_twice = groups_found(grouping([*SURE, *once, *once], [*range(13)]))
    assert seen_twice == Count(13, 13, 13)


def test_too_few_answers_show_no_number() -> None:
    assert groups_found(grouping([(0, 1.0, True), (1, 1.0, False)], [0, 1])) is None
    assert groups_found(grouping([], [-1, -1])) is None


def test_a_locked_group_needs_no_answer() -> None:
    assert groups_found(grouping(SURE, [*LABELS, 9])) == Count(6, 6, 6)


@given(
    st.lists(st.tuples(st.integers(0, 8), st.floats(0, 1), st.booleans()), max_size=30),
    st.randoms(),
)
def test_the_interval_holds_the_number_and_no_order_matters(anchors, random) -> None:
    labels = sorted({group for group, *_ in anchors})
    found = groups_found(grouping(anchors, labels))
    assert (found is None) == (not labels or sum(a for *_, a in anchors) < len(labels))
    if found is not None:
        assert found.low <= found.k == len(labels) <= found.high
    random.shuffle(anchors)
    assert groups_found(grouping(anchors, labels)) == found
