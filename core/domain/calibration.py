"""How far the answers of a machine can be trusted, in numbers that a page puts into words."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Compared:
    """A machine's answer held against a person's to the same question: how sure the
    machine was, in [0, 1], and whether the two say the same."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """How likely an answer of some confidence is right, learned from `compared` answers.

    The chance is the logistic function of `slope` · logit(confidence) + `offset`.
    `covariance` (slope variance, covariance, offset variance) says how sure that is.
    """

    slope: float
    offset: float
    covariance: tuple[float, float, float]
    compared: int

    def chance(self, confidence: float) -> float:
        """Return the chance in (0, 1) that an answer of this confidence is right."""
        return 1.0 / (1.0 + math.exp(-(self.slope * log_odds(confidence) + self.offset)))


LEAST, MOST = 0.01, 0.99
"""No confidence counts for less or more: models say 0 and 1 easily."""


def log_odds(confidence: float) -> float:
    """Return ln(c / (1 − c)) of a confidence drawn into [0.01, 0.99]."""
    kept = min(max(confidence, LEAST), MOST)
    return math.log(kept / (1.0 - kept))


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of a confidence in [`low`, `high`), the last bin's end included: `count`
    of them, their mean confidence, and the `right` ones' share with its 95% Wilson
    interval [`share_low`, `share_high`]."""

    low: float
    high: float
    count: int
    confidence: float
    share: float
    share_low: float
    share_high: float


@dataclass(frozen=True, slots=True)
class ReliabilityCurve:
    """Bins that hold answers, by rising confidence. `error` is the expected calibration
    error in [0, 1], None where there is no answer."""

    bins: tuple[Bin, ...]
    error: float | None


@dataclass(frozen=True, slots=True)
class WrongLeft:
    """Wrong answers to expect among `answers` that nobody reviewed, with the 95%
    interval [`low`, `high`] of their number."""

    answers: int
    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class StopAdvice:
    """What reviewing more would bring.

    `left` as it is now; `next_finds` wrong answers are to be expected among the
    `next_size` least sure ones, and `after` is what would then be left. `compared`
    answers were held against a person's. `stop`: even the upper end of the interval is
    within the share of wrong answers that was asked for.
    """

    left: WrongLeft
    next_size: int
    next_finds: float
    after: WrongLeft
    compared: int
    stop: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two annotators say the same: `agreed` of `compared` questions, the 95%
    Wilson interval [`low`, `high`] of that share, and Cohen's `kappa`, None where
    chance alone would make them agree always."""

    agreed: int
    compared: int
    low: float
    high: float
    kappa: float | None
