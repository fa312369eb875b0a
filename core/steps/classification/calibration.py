"""Probabilities that are what they say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.domain.spaces import Floats, Ints

Reals = NDArray[np.float64]

_COLDEST, _HOTTEST = 1e-3, 1e2
FEWEST = 10
"""Texts below which a temperature would be guessed: it stays at 1."""


def log_softmax(logits: Floats, temperature: float = 1.0) -> Reals:
    """Return log-probabilities (n, k) of logits divided by `temperature`."""
    scaled = logits.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    found: Reals = scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))
    return found


def temperature(logits: Floats, labels: Ints) -> float:
    """Return the temperature under which the labels are the most likely.

    Temperature scaling on held-out texts (Guo et al., ICML 2017, arXiv 1706.04599,
    section 4.2). `logits` (n, k), `labels` int32 (n,).
    """
    if len(labels) < FEWEST or logits.shape[1] < 2:
        return 1.0
    from scipy.optimize import minimize_scalar

    rows = np.arange(len(labels))

    def surprise(log_temperature: float) -> float:
        return -float(log_softmax(logits, float(np.exp(log_temperature)))[rows, labels].mean())

    bounds = (float(np.log(_COLDEST)), float(np.log(_HOTTEST)))
    found = minimize_scalar(surprise, bounds=bounds, method="bounded", options={"xatol": 1e-4})
    return float(np.exp(found.x))
