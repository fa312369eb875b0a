"""When a text does not fit: read off what happens once a topic is taken away."""

from __future__ import annotations

import numpy as np

from core.domain.classification import FitRule
from core.domain.spaces import Floats, Ints
from core.domain.training import Score
from core.steps.classification.calibration import FEWEST, Reals, log_softmax
from core.steps.classification.placing import chance

KEPT = 0.95
"""The share of held-out texts that must not be turned away."""


def fit_rule(logits: Floats, near: Floats, labels: Ints, temperature: float) -> FitRule:
    """Return the rule by which texts fit, from held-out texts of known topics.

    `logits` and `near` (n, k), `labels` int32 (n,). Each text is seen twice: as it
    is, and as if its own topic did not exist. A logistic regression learns to tell
    the two apart by the best topic's log-probability (Hendrycks and Gimpel, ICLR 2017,
    arXiv 1610.02136) and the nearness to that topic's members (Sun et al., ICML 2022,
    arXiv 2204.06507); the threshold keeps 95% of the texts as they are. Where there
    are too few texts, or one topic, everything fits.
    """
    n, k = logits.shape
    if n < FEWEST or k < 2:
        return FitRule(0.0, 0.0, 0.0, 0.0, Score.of(n, n), Score.of(0, 0))
    from sklearn.linear_model import LogisticRegression

    own = np.arange(n), labels
    without, far = logits.copy(), near.copy()
    without[own], far[own] = -1e9, -1.0
    seen = np.vstack([_features(logits, near, temperature), _features(without, far, temperature)])
    model = LogisticRegression().fit(seen, np.repeat([1, 0], n))
    by_probability, by_nearness = (float(value) for value in model.coef_[0])
    rule = FitRule(
        by_probability,
        by_nearness,
        float(model.intercept_[0]),
        0.0,
        Score.of(n, n),
        Score.of(0, n),
    )
    chances = chance(rule, seen[:, 0], seen[:, 1])
    threshold = float(np.quantile(chances[:n], 1 - KEPT))
    kept = int((chances[:n] >= threshold).sum())
    caught = int((chances[n:] < threshold).sum())
    return FitRule(
        by_probability,
        by_nearness,
        rule.bias,
        threshold,
        Score.of(kept, n),
        Score.of(caught, n),
    )


def _features(logits: Floats, near: Floats, temperature: float) -> Reals:
    """Return the best topic's log-probability and nearness, float64 (n, 2)."""
    found = log_softmax(logits, temperature)
    rows, best = np.arange(len(found)), found.argmax(axis=1)
    return np.column_stack([found[rows, best], near[rows, best]])
