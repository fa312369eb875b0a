"""How many groups: the tree, and what answers and vectors say about its levels."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.adapters.encoders import load_bundled
from core.domain.errors import InputError, TooFewError
from core.domain.granularity import Count, Curve, Granularity, MergeTree
from core.domain.ids import text_id
from core.domain.spaces import Embedding
from core.steps.clusterllm import best_k, propose_pairs, ward_tree
from core.steps.granularity import estimate, grow
from core.steps.granularity.stops import plateau, stops
from tests.conftest import DATA
from tests.steps.granularity_texts import answered, blobs, grouped

Known = tuple[Embedding, dict[str, object]]


@pytest.fixture(scope="module")
def twenty() -> Known:
    """Every fourth intent of Bank77's test set: 800 real texts in 20 groups."""
    frame = pd.read_csv(DATA / "bank77_test.csv")
    frame = frame[frame["label"].isin(sorted(frame["label"].unique())[3::4][-20:])].head(800)
    known = {text_id(body): (body, label) for body, label in frame.to_numpy().tolist()}
    ids = tuple(sorted(known))
    vectors = load_bundled().encode([known[i][0] for i in ids])
    return Embedding("space", ids, vectors), {i: known[i][1] for i in ids}


def close(found: float, true: int, factor: float = 1.25) -> bool:
    return true / factor <= found <= true * factor


# The tree


@given(st.integers(0, 5), st.integers(2, 9), st.booleans())
@settings(max_examples=15)
def test_the_tree_cut_at_the_number_of_groups_is_the_clustering(
    seed: int, groups: int, loose: bool
) -> None:
    embedding, _ = blobs(4, 15, 0.8, seed)
    labels = np.random.default_rng(seed).integers(-1 if loose else 0, groups, 60)
    tree = grow(embedding, grouped(embedding, labels.tolist()), seed=0)
    inside = labels >= 0
    cut = tree.cut(len(set(labels[inside].tolist())))
    assert (cut[~inside] == -1).all()
    pairs = set(zip(cut[inside].tolist(), labels[inside].tolist(), strict=True))
    assert len(pairs) == len({left for left, _ in pairs}) == len({right for _, right in pairs})


def test_upwards_near_groups_are_joined_and_downwards_loose_ones_split() -> None:
    embedding, gold = blobs(6, 20, 0.1)
    joined = [label // 2 for label in gold]
    tree = grow(embedding, grouped(embedding, joined), seed=0)
    split = tree.cut(6).tolist()
    assert len(set(zip(split, gold, strict=True))) == 6, "each mixture falls into its halves"


def test_without_a_group_all_texts_are_one() -> None:
    embedding, gold = blobs(5, 12, 0.1)
    tree = grow(embedding, grouped(embedding, [-1] * 60), seed=0)
    assert len(set(zip(tree.cut(5).tolist(), gold, strict=True))) == 5


def test_of_a_large_group_some_texts_stand_for_the_rest() -> None:
    embedding, gold = blobs(5, 700, 0.2)
    tree = grow(embedding, grouped(embedding, [0] * 3500), seed=0)
    assert tree.leaves == 1000
    found = set(zip(tree.cut(5).tolist(), gold, strict=True))
    assert len(found) == 5


def test_ten_thousand_texts_take_about_a_second() -> None:
    embedding, gold = blobs(150, 67, 0.6)
    started = time.process_time()
    tree = grow(embedding, grouped(embedding, gold), seed=0)
    found = estimate(embedding, tree, [], seed=0)
    assert time.process_time() - started < 6
    assert tree.leaves == 2000
    assert close(found.separated, 150)


def test_texts_without_levels_are_told() -> None:
    embedding, _ = blobs(1, 1, 0.1)
    with pytest.raises(TooFewError):
        grow(embedding, grouped(embedding, [0]), seed=0)
    two, _ = blobs(1, 2, 0.1)
    with pytest.raises(InputError):
        grow(embedding, grouped(two, [0, 0]), seed=0)


def test_equal_texts_are_no_trouble() -> None:
    vectors = np.tile(np.float32([0.6, 0.8]), (30, 1))
    embedding = Embedding("space", tuple(f"{i:016x}" for i in range(30)), vectors)
    tree = grow(embedding, grouped(embedding, [0] * 30), seed=0)
    found = estimate(embedding, tree, [], seed=0)
    assert [stop.k for stop in found.stops] == [2]
    assert np.isfinite(found.separation.values).all()


# What answers say


def measured(known: Known, labels: list[int], *, right: float, a_level: int) -> list[Granularity]:
    """Return the estimate from answers to pairs along a Ward tree, for five seeds of both."""
    embedding, gold = known
    tree, asked = grow(embedding, grouped(embedding, labels), seed=0), ward_tree(embedding, seed=0)
    found = []
    for seed in range(5):
        pairs = propose_pairs(embedding, asked, a_level=a_level, seed=seed)
        answers = answered(pairs, gold, right=right, seed=seed)
        found.append(estimate(embedding, tree, answers, seed=seed))
    return found


def middle(found: list[Granularity]) -> float:
    return float(np.median([g.answered.k for g in found if g.answered]))


@pytest.mark.parametrize("start", ["one group", "Ward"])
@pytest.mark.parametrize("a_level", [1, 3])
def test_perfect_answers_find_the_number_of_real_intents(
    twenty: Known, start: str, a_level: int
) -> None:
    embedding, _ = twenty
    labels = ward_tree(embedding, seed=0).cut(20 if start == "Ward" else 1).tolist()
    found = measured(twenty, labels, right=1.0, a_level=a_level)
    assert close(middle(found), 20)
    held = [g.answered.low <= 20 * 1.1 and g.answered.high >= 20 / 1.1 for g in found if g.answered]
    assert sum(held) >= 4


def test_the_mended_number_is_nearer_than_the_paper_s(twenty: Known) -> None:
    embedding, gold = twenty
    asked = ward_tree(embedding, seed=0)
    theirs = [
        best_k(asked, answered(propose_pairs(embedding, asked, a_level=3, seed=seed), gold))
        for seed in range(5)
    ]
    ours = middle(measured(twenty, asked.cut(20).tolist(), right=1.0, a_level=3))
    assert abs(np.log(ours / 20)) < abs(np.log(np.median(theirs) / 20))


@pytest.mark.parametrize("groups", [8, 30])
def test_perfect_answers_find_the_number_of_clear_groups(groups: int) -> None:
    embedding, gold = blobs(groups, 40, 0.5)
    known = embedding, dict(zip(embedding.text_ids, gold, strict=True))
    found = measured(known, [0] * len(gold), right=1.0, a_level=1)
    assert close(middle(found), groups)


def test_a_judge_who_errs_widens_the_interval_and_does_not_move_it_away(twenty: Known) -> None:
    embedding, _ = twenty
    labels = ward_tree(embedding, seed=0).cut(20).tolist()
    sure = measured(twenty, labels, right=1.0, a_level=3)
    noisy = measured(twenty, labels, right=0.85, a_level=3)
    assert close(middle(noisy), 20, 1.4)

    def width(found: list[Granularity]) -> float:
        return float(
            np.median([np.log(g.answered.high / g.answered.low) for g in found if g.answered])
        )

    assert width(noisy) > width(sure)


def test_few_answers_or_one_sided_ones_say_nothing(twenty: Known) -> None:
    embedding, gold = twenty
    tree = grow(embedding, grouped(embedding, [0] * len(gold)), seed=0)
    pairs = propose_pairs(embedding, ward_tree(embedding, seed=0), a_level=1, seed=0)
    answers = answered(pairs, gold)
    few = estimate(embedding, tree, answers[:19], seed=0)
    assert (few.consistency, few.answered, few.answers) == (None, None, 19)
    apart = [a for a in answers if a.verdict == "different"]
    assert estimate(embedding, tree, apart, seed=0).answered is None
    assert few.stops


def test_the_order_of_the_answers_changes_nothing(twenty: Known) -> None:
    embedding, gold = twenty
    tree = grow(embedding, grouped(embedding, [0] * len(gold)), seed=0)
    answers = answered(
        propose_pairs(embedding, ward_tree(embedding, seed=0), a_level=1, seed=0), gold
    )
    one, other = (estimate(embedding, tree, given, seed=0) for given in (answers, answers[::-1]))
    assert one.answered == other.answered
    assert one.consistency is not None and other.consistency is not None
    assert np.array_equal(one.consistency.low, other.consistency.low)
    assert (one.consistency.low <= one.consistency.high).all()


# Stops


def curve(*values: float) -> Curve:
    line = np.array(values, dtype=np.float32)
    return Curve(np.arange(2, 2 + len(values), dtype=np.int32), line, line, line)


def test_the_plateau_begins_where_finer_groups_hardly_stand_more_apart() -> None:
    assert plateau(curve(0.1, 0.2, 0.295, 0.29, 0.3)) == 4
    assert plateau(curve(-0.3, -0.1, -0.2)) == 3


@pytest.mark.parametrize(
    ("answered_k", "found_k", "expected"),
    [(None, None, [30, 5]), (80, None, [80, 30, 9]), (80, 75, [80, 30, 9]), (80, 50, [80, 50, 30])],
)
def test_stops_are_apart_and_what_answers_say_comes_first(
    answered_k: int | None, found_k: int | None, expected: list[int]
) -> None:
    apart = curve(*[0.01 * k for k in range(2, 30)], 0.3, *[0.3] * 90)
    count = [None if k is None else Count(k, k, k) for k in (answered_k, found_k)]
    found = stops(*count, apart)
    assert [stop.k for stop in found] == [k if k != 30 else plateau(apart) for k in expected]
    assert all(stop.why.endswith(".") for stop in found)


def test_the_found_number_is_passed_through(twenty: Known) -> None:
    embedding, _ = twenty
    tree: MergeTree = grow(embedding, grouped(embedding, [0] * len(embedding.text_ids)), seed=0)
    found = estimate(embedding, tree, [], found=Count(61, 55, 66), seed=0)
    assert found.found == Count(61, 55, 66)
    assert found.stops[0].k == 61
