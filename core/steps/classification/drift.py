"""Whether a batch of new texts is like the known ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain.classification import Drift, TopicDrift
from core.domain.shares import wilson
from core.domain.spaces import Ints
from core.domain.training import Score

_DRAWS = 400
_Z_ALL = 3.3
"""Standard deviations that a topic's share must change by: of hundreds of topics looked
at together one in a thousand is chance."""


def drift(
    topics: Sequence[str], known: Ints, found: Ints, unfit: int, expected: float, seed: int
) -> Drift:
    """Return how a batch differs from the known texts.

    `known` int32 (k,) counts the known texts of each topic; `found` int32 (k,) those of
    the batch that fit, `unfit` the rest; `expected` is the share of known texts that
    would not fit either.
    """
    base, batch = int(known.sum()), int(found.sum())
    share = known / max(base, 1)
    distance, by_chance = 0.0, 1.0
    if base and batch:
        distance = float(_distances(found[None] / batch, share)[0])
        drawn = np.random.default_rng(seed).multinomial(batch, share, size=_DRAWS) / batch
        by_chance = float(np.quantile(_distances(drawn, share), 0.95))
    return Drift(
        unfit=Score.of(unfit, unfit + batch),
        expected=expected,
        distance=distance,
        by_chance=by_chance,
        moved=_moved(topics, share, found, batch),
    )


def _moved(
    topics: Sequence[str], share: NDArray[np.float64], found: Ints, batch: int
) -> tuple[TopicDrift, ...]:
    if not batch:
        return ()
    moved = []
    for topic, before, count in zip(topics, share.tolist(), found.tolist(), strict=True):
        low, high = wilson(count, batch, _Z_ALL)
        if not low <= before <= high:
            moved.append(TopicDrift(topic, before, count / batch, *wilson(count, batch)))
    return tuple(sorted(moved, key=lambda one: (-abs(one.share - one.known), one.topic)))


def _distances(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the Jensen–Shannon distance, base 2, of each row of `left` to `right`."""
    middle = (left + right) / 2

    def divergence(part: NDArray[np.float64]) -> NDArray[np.float64]:
        ratio = np.divide(part, middle, out=np.ones_like(middle), where=(part > 0) & (middle > 0))
        return np.asarray((part * np.log2(ratio)).sum(axis=1))

    right_rows = np.broadcast_to(right, left.shape)
    return np.sqrt(np.maximum((divergence(left) + divergence(right_rows)) / 2, 0.0))
