"""Both orders, several draws, and what a model likes to say whatever it is asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.errors import TooFewError
from core.domain.judgments import Verdict, allowed
from core.domain.prompts import Answer
from core.domain.questions import Triplet
from core.steps.calibration import both_orders, by_samples, option_prior, without_prior

VERDICTS = sorted(allowed(Triplet("a", "b", "c")))
LEFT, RIGHT = Verdict.LEFT, Verdict.RIGHT

chances_of = st.lists(st.floats(0.01, 1), min_size=3, max_size=3).map(
    lambda given: {label: one / sum(given) for label, one in zip("12b", given, strict=True)}
)


@pytest.mark.parametrize("first", VERDICTS)
@pytest.mark.parametrize("second", VERDICTS)
def test_a_flip_between_the_two_orders_abstains(first, second):
    found = both_orders(Answer(first, 0.9, "one"), Answer(second, 0.7, "two"))
    if first is second:
        assert (found.verdict, found.reason) == (first, "one")
        assert found.confidence == pytest.approx(0.8)
    else:
        assert found == Answer(Verdict.UNSURE)


def test_a_confidence_given_once_stands_and_one_never_given_stays_away():
    assert both_orders(Answer(LEFT, None), Answer(LEFT, 0.7, "two")) == Answer(LEFT, 0.7, "two")
    assert both_orders(Answer(LEFT), Answer(LEFT)) == Answer(LEFT)


def test_the_share_of_draws_is_the_confidence():
    draws = [Answer(LEFT, 1.0), Answer(RIGHT, 1.0, "no"), Answer(LEFT, 0.1, "yes"), Answer(LEFT)]
    assert by_samples(draws) == Answer(LEFT, 0.75, "yes")
    assert by_samples(draws[:2]) == Answer(Verdict.UNSURE)
    assert by_samples(draws[:1]) == Answer(LEFT, 1.0)
    with pytest.raises(TooFewError):
        by_samples([])


def biased(sure: float, liking: float) -> dict[str, float]:
    """Chances of a judge that is `sure` of choice 1 and likes label 1 `liking` times more."""
    raw = {"1": sure * liking, "2": 1 - sure}
    return {label: one / sum(raw.values()) for label, one in raw.items()}


def test_a_liking_is_found_in_balanced_questions_and_divided_out():
    rng = np.random.default_rng(0)
    contents = rng.uniform(0.05, 0.95, 400)
    balanced = [biased(sure, 6.0) for one in contents for sure in (one, 1 - one)]
    prior = option_prior(balanced, ("1", "2"))
    assert prior["1"] / prior["2"] == pytest.approx(6.0, rel=0.02)
    before = [biased(one, 6.0)["1"] > 0.5 for one in contents]
    after = [without_prior(biased(one, 6.0), prior)["1"] > 0.5 for one in contents]
    truth = [one > 0.5 for one in contents]
    assert np.mean(np.equal(before, truth)) < 0.7
    assert np.mean(np.equal(after, truth)) > 0.98


def test_a_few_replies_divide_out_less_than_many():
    reply = {"1": 0.9, "2": 0.1}
    strength = [option_prior([reply] * count, ("1", "2"))["1"] for count in (0, 1, 5, 500)]
    assert strength[0] == 0.5
    assert strength == sorted(strength)
    assert strength[1] < 0.7 and strength[3] == pytest.approx(0.9, abs=0.01)


@given(st.lists(chances_of, max_size=6), chances_of)
@settings(deadline=None)
def test_dividing_keeps_the_mass_of_what_is_divided_and_leaves_the_rest(replies, chances):
    prior = option_prior(replies, ("1", "2"))
    assert sum(prior.values()) == pytest.approx(1.0)
    found = without_prior(chances, prior)
    assert found["b"] == chances["b"]
    assert found["1"] + found["2"] == pytest.approx(chances["1"] + chances["2"])
    assert without_prior(chances, option_prior([], ("1", "2"))) == pytest.approx(chances)


@given(chances_of)
@settings(deadline=None)
def test_a_content_free_question_is_even_once_its_own_prior_is_divided_out(chances):
    prior = option_prior([chances] * 1_000, tuple(chances))
    assert without_prior(chances, prior) == pytest.approx(dict.fromkeys(chances, 1 / 3), abs=0.01)


def test_no_chances_are_left_as_they_are():
    assert without_prior({"1": 0.0, "2": 0.0}, {"1": 0.5, "2": 0.5}) == {"1": 0.0, "2": 0.0}
    assert without_prior({"1": 1.0}, {}) == {"1": 1.0}
    assert option_prior([{"yes": 1.0}], ("1", "2")) == {"1": 0.5, "2": 0.5}
