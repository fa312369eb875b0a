"""From what a machine says of itself to how often it is right: Platt's scaling, held back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain.calibration import Calibration, Compared, log_odds
from core.domain.judgments import CLASS, Judgment, Verdict, latest

# Before anything is known: what a model is "90% sure" of is right about four times in
# five, and its confidence says half of what it seems to say.
_PRIOR = np.array([0.5, 0.3])
_PRIOR_VARIANCE = np.array([0.25, 0.5])

_ROUNDS, _CLOSE = 100, 1e-10


def comparisons(judgments: Iterable[Judgment]) -> Mapping[str, tuple[Compared, ...]]:
    """Return each model's answers held against people's, by its name.

    Only what a person answered one at a time counts: who approves a table at once has
    looked at none of it closely. Abstentions of either side are not compared, and
    neither is a question that people disagree about. The confidences are those of the
    judgments: give them as the model said them, not calibrated before.
    """
    found: dict[str, list[Compared]] = defaultdict(list)
    answers = latest(one for one in judgments if one.source in ("human", "llm"))
    for _, given in sorted(answers.items(), key=lambda one: one[0].id):
        said = [one for one in given.values() if one.verdict is not Verdict.UNSURE]
        people = {one.verdict for one in said if CLASS[one.source] == "person"}
        if len(people) != 1:
            continue
        for one in said:
            if one.source == "llm":
                found[one.annotator].append(Compared(one.confidence, one.verdict in people))
    return {name: tuple(found[name]) for name in sorted(found)}


def calibrate(compared: Sequence[Compared]) -> Calibration:
    """Return how likely an answer of some confidence is right, whatever the order.

    Platt's scaling (Probabilities for SV Machines, 1999) on the confidence's log odds,
    with a normal prior on slope and offset. Not isotonic regression: that overfits
    below about a thousand answers (Niculescu-Mizil and Caruana, ICML 2005, section
    5), and here there are often twenty; with none at all the prior alone speaks. The
    slope is never negative: the surer answer is never the one believed less.
    """
    x = np.array([[log_odds(one.confidence), 1.0] for one in compared]).reshape(-1, 2)
    y = np.array([float(one.right) for one in compared])
    order = np.lexsort((y, x[:, 0]))
    x, y = x[order], y[order]
    weights = _maximise(x, y, free=np.array([True, True]))
    if weights[0] < 0.0:
        weights = _maximise(x, y, free=np.array([False, True]))
    covariance = np.linalg.inv(_information(x, weights))
    return Calibration(
        slope=float(weights[0]),
        offset=float(weights[1]),
        covariance=(float(covariance[0, 0]), float(covariance[0, 1]), float(covariance[1, 1])),
        compared=len(compared),
    )


def _maximise(
    x: NDArray[np.float64], y: NDArray[np.float64], free: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Newton's method on the log posterior; it is concave, so halved steps always arrive.
    A weight that is not free is 0."""
    weights = np.where(free, _PRIOR, 0.0)
    best = _posterior(x, y, weights)
    for _ in range(_ROUNDS):
        gradient = x.T @ (y - _chances(x, weights)) - (weights - _PRIOR) / _PRIOR_VARIANCE
        step = np.zeros(2)
        inner = _information(x, weights)[np.ix_(free, free)]
        step[free] = np.linalg.solve(inner, gradient[free])
        while (reached := _posterior(x, y, weights + step)) < best and np.abs(step).max() > _CLOSE:
            step /= 2.0
        if np.abs(step).max() <= _CLOSE:
            break
        weights, best = weights + step, reached
    return weights


def _posterior(
    x: NDArray[np.float64], y: NDArray[np.float64], weights: NDArray[np.float64]
) -> float:
    odds = x @ weights
    fit = float((y * odds - np.logaddexp(0.0, odds)).sum())
    return fit - float(((weights - _PRIOR) ** 2 / _PRIOR_VARIANCE).sum()) / 2.0


def _information(x: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    chances = _chances(x, weights)
    found: NDArray[np.float64] = (x.T * (chances * (1.0 - chances))) @ x
    return found + np.diag(1.0 / _PRIOR_VARIANCE)


def _chances(x: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.exp(-np.logaddexp(0.0, -(x @ weights)))
    return found
