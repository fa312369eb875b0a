"""How many texts an answer is expected to move."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.clusterings import Clustering, ClusterSpec
from core.domain.groupings import Grouping
from core.steps.questions.moving import expected_moves


def grouping(draws, right: float = 0.97) -> Grouping:
    draws = np.array(draws, dtype=np.int32)
    m = draws.shape[1]
    ids = tuple(f"t{row:02}" for row in range(m))
    labels = Clustering(
        "s", ids, np.zeros(m, dtype=np.int32), np.ones(m, dtype=np.float32), ClusterSpec()
    )
    return Grouping(
        clustering=labels,
        runner_up=np.full(m, -1, dtype=np.int32),
        leading=np.empty((m, 0), dtype=np.int32),
        shares=np.empty((m, 0), dtype=np.float32),
        anchors=np.arange(m, dtype=np.int32),
        groups=np.zeros(m, dtype=np.int32),
        certainty=np.ones(m, dtype=np.float32),
        asked=np.ones(m, dtype=bool),
        placed=np.ones(m, dtype=bool),
        decided_by=np.full((m, 3), -1, dtype=np.int32),
        evidence=(),
        ignored=0,
        draws=draws,
        right=right,
        joining=np.array([0.1]),
    )


def test_where_all_draws_agree_nothing_moves():
    found = grouping([[0, 0, 2, 2]] * 8)
    assert expected_moves(found, np.ones(4), 0, [1, 2]) == pytest.approx(0.0, abs=1e-9)


def test_a_doubt_about_two_groups_counts_the_texts_of_the_smaller():
    # In half of the draws anchors 0 and 1 are with 2 to 5, in the others alone.
    found = grouping([[0] * 6, [0, 0, 2, 2, 2, 2]] * 10)
    follow = np.array([3.0, 4.0, 10.0, 10.0, 10.0, 10.0])
    # Seven texts, with the variance of a fair coin, less what a wrong answer blurs.
    moves = expected_moves(found, follow, 0, [2])
    assert 0.8 * 7 / 4 < moves < 7 / 4
    doubtful = expected_moves(grouping(found.draws, right=0.6), follow, 0, [2])
    assert doubtful < 0.2 * moves


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 1000), right=st.floats(0.5, 1.0))
def test_the_order_of_options_and_of_draws_changes_nothing(seed, right):
    dice = np.random.default_rng(seed)
    labels = dice.integers(0, 3, (12, 6))
    first = [[int(np.flatnonzero(line == own)[0]) for own in line] for line in labels]
    follow = dice.random(6)
    here = expected_moves(grouping(first, right), follow, 0, [1, 2, 3])
    shuffled = [first[at] for at in dice.permutation(12)]
    # Two options in one group share their answers; which of them is named says nothing.
    if all(len({line[1], line[2], line[3]}) == 3 for line in first):
        there = expected_moves(grouping(shuffled, right), follow, 0, [3, 1, 2])
        assert there == pytest.approx(here, abs=1e-5)
    assert here >= 0
    assert expected_moves(grouping(shuffled, right), follow, 0, [1, 2, 3]) == pytest.approx(
        here, abs=1e-5
    )
