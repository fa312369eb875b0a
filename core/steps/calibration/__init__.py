"""Calibration: what a machine's answers are worth, measured against people's."""

from core.steps.calibration.agreement import agreement
from core.steps.calibration.confidence import calibrate, comparisons
from core.steps.calibration.curve import reliability_curve
from core.steps.calibration.orders import both_orders, by_samples
from core.steps.calibration.priors import option_prior, without_prior
from core.steps.calibration.stopping import stop_advice, wrong_left

__all__ = [
    "agreement",
    "both_orders",
    "by_samples",
    "calibrate",
    "comparisons",
    "option_prior",
    "reliability_curve",
    "stop_advice",
    "without_prior",
    "wrong_left",
]
