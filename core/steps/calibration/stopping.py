"""Wrong answers left among those that nobody reviewed, and what reviewing would bring."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.domain.calibration import Calibration, StopAdvice, WrongLeft, log_odds
from core.domain.errors import InputError
from core.domain.shares import Z_95

ACCEPTABLE = 0.05
"""Share of wrong answers that a person is taken to accept unless they say otherwise."""

NEXT = 20
"""Answers of a next round of reviewing."""


def wrong_left(confidences: Sequence[float], calibration: Calibration) -> WrongLeft:
    """Return how many answers of these (uncalibrated) confidences are wrong.

    The interval is normal: the answers' own chance, Σ p(1 − p), plus what is not known
    of the calibration, by its covariance (the delta method). It is cut at 0 and at
    the number of answers.
    """
    odds = np.array([log_odds(one) for one in confidences])
    chance = np.array([calibration.chance(one) for one in confidences])
    spread = chance * (1.0 - chance)
    slope, offset = float((spread * odds).sum()), float(spread.sum())
    of_slope, of_both, of_offset = calibration.covariance
    variance = offset + slope**2 * of_slope + 2 * slope * offset * of_both + offset**2 * of_offset
    expected, reach = float((1.0 - chance).sum()), Z_95 * max(variance, 0.0) ** 0.5
    answers = len(confidences)
    return WrongLeft(
        answers, expected, max(0.0, expected - reach), min(float(answers), expected + reach)
    )


def stop_advice(
    confidences: Sequence[float],
    calibration: Calibration,
    *,
    acceptable: float = ACCEPTABLE,
    next_size: int = NEXT,
) -> StopAdvice:
    """Return what is left among unreviewed answers of these (uncalibrated) confidences,
    and what reviewing the `next_size` least sure ones would bring.

    `acceptable` in [0, 1] is the share of all these answers that may stay wrong. Raises
    InputError where it is no share, or `next_size` is negative.
    """
    if not 0.0 <= acceptable <= 1.0 or next_size < 0:
        raise InputError(
            "The share of wrong answers that is accepted lies between 0 and 1.",
            "Give 0.05 for one in twenty.",
        )
    rising = sorted(confidences)
    left = wrong_left(rising, calibration)
    first = rising[:next_size]
    return StopAdvice(
        left=left,
        next_size=len(first),
        next_finds=wrong_left(first, calibration).expected,
        after=wrong_left(rising[next_size:], calibration),
        compared=calibration.compared,
        stop=left.high <= acceptable * left.answers,
    )
