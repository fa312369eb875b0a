"""Whether an answer's confidence means what it says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.domain.calibration import Bin, Compared, ReliabilityCurve
from core.domain.errors import InputError
from core.domain.shares import wilson

BINS = 10


def reliability_curve(compared: Sequence[Compared], bins: int = BINS) -> ReliabilityCurve:
    """Return the observed share of right answers by confidence, in bins of equal width.

    The expected calibration error is the mean distance between a bin's share and its
    mean confidence, weighted by its answers (Naeini, Cooper and Hauskrecht, AAAI
    2015; Guo et al., ICML 2017, section 2). Bins without answers are left out. Raises
    InputError unless there is at least one bin and every confidence is in [0, 1].
    """
    if bins < 1 or not all(0.0 <= one.confidence <= 1.0 for one in compared):
        raise InputError(
            "A curve needs at least one bin, and confidences between 0 and 1.",
            "Give the confidences as shares.",
        )
    edges = np.linspace(0.0, 1.0, bins + 1)
    confidence = np.array([one.confidence for one in compared])
    right = np.array([one.right for one in compared], dtype=np.bool_)
    place = np.clip(np.searchsorted(edges, confidence, side="right") - 1, 0, bins - 1)
    found = []
    for number in np.unique(place):
        inside = place == number
        count, hits = int(inside.sum()), int(right[inside].sum())
        found.append(
            Bin(
                float(edges[number]),
                float(edges[number + 1]),
                count,
                float(confidence[inside].mean()),
                hits / count,
                *wilson(hits, count),
            )
        )
    off = sum(one.count * abs(one.share - one.confidence) for one in found)
    return ReliabilityCurve(tuple(found), off / len(compared) if compared else None)
