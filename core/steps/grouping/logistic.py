"""Logistic regression on a handful of features, drawn towards where it starts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_Reals = NDArray[np.float64]

# No answer is so sure that it should pull without bound.
_SOFTENING = 0.03


def sigmoid(values: _Reals) -> _Reals:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -30.0, 30.0))))


def fit(
    features: _Reals,
    outcomes: NDArray[Any],
    weights: _Reals,
    *,
    start: _Reals,
    stiffness: _Reals,
) -> _Reals:
    """Return the coefficients (f,) of P(outcome) = sigmoid(features · coefficients).

    `features` (n, f), `outcomes` (n,) of 0 and 1, `weights` (n,). The penalty is
    stiffness·(coefficients − start)²/2, so with no rows `start` comes back; damped
    Newton steps.
    """
    targets = outcomes * (1 - 2 * _SOFTENING) + _SOFTENING
    found = start.astype(np.float64)
    for _ in range(25):
        chances = sigmoid(features @ found)
        slope = features.T @ (weights * (chances - targets)) + stiffness * (found - start)
        bend = (features * (weights * chances * (1 - chances))[:, None]).T @ features
        step = np.linalg.solve(bend + np.diag(stiffness), slope)
        found = found - step * min(1.0, 2.0 / (float(np.abs(step).max()) + 1e-12))
        if float(np.abs(step).max()) < 1e-8:
            break
    return found
