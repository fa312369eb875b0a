"""How many texts an answer is expected to move."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain.groupings import Grouping

_Reals = NDArray[np.float64]

_BELIEVED = (0.5, 0.97)


def expected_moves(grouping: Grouping, follow: _Reals, about: int, shown: Sequence[int]) -> float:
    """Return how many texts are expected to change company once a question is answered.

    The question is which of the anchors `shown` the anchor `about` belongs with, or
    with none; `follow` float64 (m,): the texts that follow each anchor. Each draw of
    the grouping says what the answer would be, and an answer, right as often as those
    so far, makes some draws likelier than others. What is counted is the variance,
    over the answers, of the chance that an anchor is with `about`, or with one of
    `shown`; the lesser of the two, for where a small group goes to a large one, only
    the small one moves.
    """
    draws = grouping.draws
    answer = np.full(len(draws), len(shown))
    for place in reversed(range(len(shown))):
        answer[draws[:, shown[place]] == draws[:, about]] = place
    right = float(np.clip(grouping.right, *_BELIEVED))
    channel = np.full((len(shown) + 1,) * 2, (1.0 - right) / max(len(shown), 1))
    np.fill_diagonal(channel, right)
    likely = channel[:, answer]
    chance = likely.mean(axis=1)
    likely = (likely / likely.sum(axis=1, keepdims=True)).astype(np.float32)

    def changed(anchor: int) -> float:
        with_it = (draws == draws[:, [anchor]]).astype(np.float32)
        spread = (likely @ with_it - with_it.mean(axis=0)) ** 2
        return float((chance @ spread) @ follow)

    return min(changed(about), sum(changed(anchor) for anchor in shown))
