"""The topic of a text, the next likely one, and whether it fits at all."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.classification import Classifier, FitRule, Head, Placings
from core.domain.spaces import Floats
from core.steps.classification.calibration import Reals, log_softmax
from core.steps.classification.nearness import nearness_by_topic


def logits_of(head: Head | None, own: Floats, near: Floats) -> Floats:
    """Return logits (n, k): the head's over its vectors `own`, else the nearness itself."""
    return near if head is None else own @ head.weights.T + head.bias


def chance(rule: FitRule, log_probability: Reals, nearness: NDArray[Any]) -> Reals:
    """Return how likely texts belong to their topic at all, float64 (n,)."""
    z = rule.bias + rule.by_probability * log_probability + rule.by_nearness * nearness
    found: Reals = 1 / (1 + np.exp(-np.clip(z, -30, 30)))
    return found


def place(classifier: Classifier, vectors: Floats, own: Floats) -> Placings:
    """Return where texts belong.

    `vectors` float32 (n, d) are unit rows in the members' space, `own` float32
    (n, e) those of the head (the same array where the head lives in that space too).
    Equal texts are placed alike whatever stands beside them.
    """
    n, k = len(vectors), len(classifier.topics)
    best, second = np.zeros(n, np.int32), np.full(n, -1, np.int32)
    sure, next_sure = np.ones(n, np.float32), np.zeros(n, np.float32)
    near_best, fits = np.zeros(n, np.float32), np.zeros(n, np.float32)
    for part, near in nearness_by_topic(vectors, classifier.members, k):
        logits = logits_of(classifier.head, own[part], near)
        found = log_softmax(logits, classifier.temperature)
        rows = np.arange(len(found))
        first = found.argmax(axis=1)
        best[part] = first
        near_best[part] = near[rows, first]
        fits[part] = chance(classifier.rule, found[rows, first], near[rows, first])
        sure[part] = np.exp(found[rows, first])
        if k > 1:
            found[rows, first] = -np.inf
            second[part] = found.argmax(axis=1)
            next_sure[part] = np.exp(found.max(axis=1))
    return Placings(best, second, sure, next_sure, fits, near_best)
