"""Confidence against people's answers: never explodes, learns, and says what is left wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.calibration import Compared
from core.domain.errors import InputError
from core.domain.questions import Pair, Placement
from core.steps.calibration import (
    calibrate,
    comparisons,
    reliability_curve,
    stop_advice,
    wrong_left,
)
from tests.answering import answers, say

GRID = np.linspace(0, 1, 21)

compared_lists = st.lists(st.builds(Compared, st.floats(0, 1), st.booleans()), max_size=40)


def world(rng, count: int, slope: float, offset: float) -> list[Compared]:
    """Answers whose chance of being right hangs on their confidence as Platt has it."""
    confidence = rng.choice([0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99], count)
    chance = 1 / (1 + np.exp(-(slope * np.log(confidence / (1 - confidence)) + offset)))
    right = rng.random(count) < chance
    return [Compared(float(c), bool(r)) for c, r in zip(confidence, right, strict=True)]


# --- Calibration


def test_with_no_answer_the_prior_speaks():
    found = calibrate([])
    assert found.compared == 0
    assert found.chance(0.9) == pytest.approx(0.80, abs=0.01)
    assert found.chance(1.0) < 0.95 and found.chance(0.0) > 0.05


@given(compared_lists)
@settings(deadline=None)
def test_a_few_answers_never_explode_and_surer_is_never_believed_less(compared):
    found = calibrate(compared)
    chances = [found.chance(c) for c in GRID]
    assert all(0.005 < chance < 0.9995 for chance in chances)
    assert chances == sorted(chances)
    assert found == calibrate(compared[::-1])
    assert np.linalg.eigvalsh([found.covariance[:2], found.covariance[1:]]).min() > 0


@given(compared_lists, st.floats(0, 1))
@settings(deadline=None)
def test_one_more_right_answer_makes_none_of_its_confidence_less_likely(compared, confidence):
    before = calibrate(compared).chance(confidence)
    right = calibrate([*compared, Compared(confidence, True)]).chance(confidence)
    wrong = calibrate([*compared, Compared(confidence, False)]).chance(confidence)
    assert wrong <= before + 1e-9 and before <= right + 1e-9


@pytest.mark.parametrize(("slope", "offset"), [(1.0, 0.0), (0.3, 0.2), (0.0, 1.5), (1.0, -1.0)])
def test_many_answers_are_learned_from(slope, offset):
    rng = np.random.default_rng(1)
    found = calibrate(world(rng, 5_000, slope, offset))
    for confidence in (0.5, 0.8, 0.95):
        odds = slope * np.log(confidence / (1 - confidence)) + offset
        assert found.chance(confidence) == pytest.approx(1 / (1 + np.exp(-odds)), abs=0.04)


def test_calibration_lowers_the_error_of_an_overconfident_model_from_thirty_answers_on():
    rng = np.random.default_rng(2)
    fresh = world(rng, 4_000, 0.3, 0.2)
    before = reliability_curve(fresh).error
    found = calibrate(world(rng, 30, 0.3, 0.2))
    after = reliability_curve([Compared(found.chance(c.confidence), c.right) for c in fresh]).error
    assert after < before / 2


def test_a_model_surest_where_it_is_wrong_is_believed_alike_everywhere():
    wrong_way = [Compared(0.95, False)] * 60 + [Compared(0.6, True)] * 60
    found = calibrate(wrong_way)
    assert found.slope == 0.0
    assert found.chance(0.95) == found.chance(0.6) == pytest.approx(0.5, abs=0.02)


# --- What is compared


def test_only_questions_that_a_person_answered_alone_are_compared():
    one, two, three, four = Pair("a", "b"), Pair("a", "c"), Pair("a", "d"), Pair("a", "e")
    judgments = [
        say(one, "same", "human"),
        say(one, "same", "llm", "m", 0.9),
        say(two, "same", "human"),
        say(two, "different", "llm", "m", 0.8),
        say(two, "same", "llm", "n", 0.7),
        say(three, "same", "bulk"),
        say(three, "same", "llm", "m", 0.6),
        say(four, "unsure", "human"),
        say(four, "same", "llm", "m", 0.5),
    ]
    found = comparisons(judgments)
    assert sorted(found["m"], key=lambda c: -c.confidence) == [
        Compared(0.9, True),
        Compared(0.8, False),
    ]
    assert found["n"] == (Compared(0.7, True),)


def test_abstentions_and_what_people_disagree_about_are_not_compared():
    pair, placed = Pair("a", "b"), Placement("a", (), (("b",),))
    assert not comparisons([say(pair, "same"), say(pair, "unsure", "llm", "m")])
    split = [say(placed, "new"), say(placed, "group 1", annotator="bo")]
    assert not comparisons([*split, say(placed, "new", "llm", "m")])
    changed = [say(pair, "same", minute=0), say(pair, "different", minute=1)]
    found = comparisons([*changed, say(pair, "different", "llm", "m", 0.4)])
    assert found == {"m": (Compared(0.4, True),)}


@given(answers(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_the_answers_changes_no_comparison(judgments, random):
    shuffled = judgments[:]
    random.shuffle(shuffled)
    assert comparisons(shuffled) == comparisons(judgments)


# --- The curve


def test_a_curve_by_hand():
    compared = [Compared(0.91, True), Compared(0.99, False), Compared(1.0, True)]
    compared += [Compared(0.1, False), Compared(0.0, False)]
    curve = reliability_curve(compared)
    assert [(b.low, b.high, b.count) for b in curve.bins] == [
        (0.0, 0.1, 1),
        (0.1, 0.2, 1),
        (0.9, 1.0, 3),
    ]
    top = curve.bins[-1]
    assert (top.confidence, top.share) == (pytest.approx(2.9 / 3), pytest.approx(2 / 3))
    # Wilson, two of three: (2 + 1.9207 ± 1.96 √(2/3 + 0.9604)) / 6.8415.
    assert (top.share_low, top.share_high) == pytest.approx((0.2077, 0.9385), abs=1e-3)
    assert curve.error == pytest.approx((0.1 + 0.0 + 3 * (2.9 / 3 - 2 / 3)) / 5)


@given(compared_lists, st.integers(1, 20))
@settings(deadline=None)
def test_every_answer_is_in_one_bin(compared, bins):
    curve = reliability_curve(compared, bins)
    assert sum(b.count for b in curve.bins) == len(compared)
    assert all(b.low - 1e-9 <= b.confidence <= b.high + 1e-9 for b in curve.bins)
    assert all(b.share_low <= b.share <= b.share_high for b in curve.bins)
    assert (curve.error is None) == (not compared)
    assert curve.error is None or 0 <= curve.error <= 1


def test_what_is_no_confidence_is_told():
    for bad in ([Compared(1.2, True)], [Compared(float("nan"), True)]):
        with pytest.raises(InputError):
            reliability_curve(bad)
    with pytest.raises(InputError):
        reliability_curve([], 0)


# --- What is left


@pytest.mark.parametrize("reviewed", [0, 10, 40, 200])
def test_the_interval_holds_the_wrong_answers_that_are_left(reviewed):
    """Over 300 worlds drawn around what is expected of models, 95% is meant."""
    rng = np.random.default_rng(reviewed)
    held = 0
    for _ in range(300):
        slope, offset = max(rng.normal(0.5, 0.5), 0.0), rng.normal(0.3, 0.5**0.5)
        calibration = calibrate(world(rng, reviewed, slope, offset))
        rest = world(rng, 300, slope, offset)
        left = wrong_left([c.confidence for c in rest], calibration)
        held += left.low <= sum(not c.right for c in rest) <= left.high
    assert held / 300 >= 0.9


def test_more_reviews_narrow_the_interval():
    rng = np.random.default_rng(3)
    compared = world(rng, 800, 0.5, 1.0)
    rest = [c.confidence for c in world(rng, 500, 0.5, 1.0)]
    widths = []
    for count in (0, 20, 100, 800):
        left = wrong_left(rest, calibrate(compared[:count]))
        assert 0 <= left.low <= left.expected <= left.high <= left.answers == 500
        widths.append(left.high - left.low)
    assert widths == sorted(widths, reverse=True)


def test_advice_to_stop_needs_evidence_and_not_only_confidence():
    sure = [0.99] * 300
    assert not stop_advice(sure, calibrate([])).stop
    assert stop_advice(sure, calibrate([Compared(0.99, True)] * 400)).stop
    assert not stop_advice(sure, calibrate([Compared(0.99, True)] * 400), acceptable=0.0).stop
    assert stop_advice([], calibrate([])).stop


def test_the_least_sure_are_to_be_reviewed_first():
    confidences = [0.99] * 50 + [0.5] * 20 + [0.99] * 50
    advice = stop_advice(confidences, calibrate([Compared(0.99, True)] * 50))
    assert advice.next_size == 20
    assert advice.next_finds == pytest.approx(
        wrong_left([0.5] * 20, calibrate([Compared(0.99, True)] * 50)).expected
    )
    assert advice.after.answers == 100
    assert advice.left.expected == pytest.approx(advice.next_finds + advice.after.expected)
    assert advice.compared == 50
    for wrong in ({"acceptable": 1.5}, {"next_size": -1}):
        with pytest.raises(InputError):
            stop_advice([0.5], calibrate([]), **wrong)
