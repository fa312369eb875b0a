"""How many groups the answers make of all texts."""

from __future__ import annotations

from collections import Counter
from math import prod

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import UNASSIGNED
from core.domain.granularity import Count
from core.domain.groupings import Grouping

# The 90% interval of a Count.
_LOW, _HIGH = 0.05, 0.95


def groups_found(grouping: Grouping) -> Count | None:
    """Return the number of groups that the answers make of all texts; None before
    answers are about as many texts as there are groups.

    The interval is that of two sums of chance. Each group is one with the chance that
    at least one of its anchors belongs to it, 1 − ∏(1 − certainty): one that a single
    doubtful answer founded may be none (a Poisson-binomial distribution). And groups
    that no answer has shown yet: as many as there are singletons and pairs among the
    texts asked about speak for, f₁(f₁ − 1) / 2(f₂ + 1) (Chao, Scandinavian Journal of
    Statistics 11, 1984, section 2, bias-corrected), a Poisson number. While groups
    are still asked about one by one, these are too many rather than too few.
    """
    names = set(grouping.clustering.labels.tolist()) - {UNASSIGNED}
    if not names or grouping.placed.sum() < len(names):
        return None
    chances = _chances(grouping, names)
    spread = np.ones(1)
    for chance in chances.values():
        spread = np.convolve(spread, [1.0 - chance, chance])
    spread = np.convolve(spread, _poisson(_unseen(grouping, chances)))
    low, high = np.searchsorted(np.cumsum(spread), [_LOW, _HIGH]).tolist()
    return Count(len(names), min(low, len(names)), max(high, len(names)))


def _chances(grouping: Grouping, names: set[int]) -> dict[int, float]:
    """Return the chance of each group to be one; a locked group needs no anchor."""
    doubts: dict[int, list[float]] = {name: [] for name in sorted(names)}
    for name, sure in zip(grouping.groups.tolist(), grouping.certainty.tolist(), strict=True):
        if name in doubts:
            doubts[name].append(1.0 - min(sure, 1.0))
    return {name: 1.0 - prod(sorted(all_of)) if all_of else 1.0 for name, all_of in doubts.items()}


def _unseen(grouping: Grouping, chances: dict[int, float]) -> float:
    """Return how many more groups to expect. A doubtful group is a singleton in part."""
    asked = Counter(grouping.groups[grouping.placed].tolist())
    once, twice = (
        sum(chance for name, chance in chances.items() if asked[name] == times) for times in (1, 2)
    )
    return max(0.0, once * (once - 1.0) / (2.0 * (twice + 1.0)))


def _poisson(mean: float) -> NDArray[np.float64]:
    """Return the probabilities of 0, 1, … as far as they matter."""
    counts = np.arange(int(mean + 8.0 * mean**0.5) + 8)
    logs = counts * np.log(max(mean, 1e-300)) - mean
    logs -= np.concatenate([[0.0], np.cumsum(np.log(counts[1:]))])
    return np.asarray(np.exp(logs))
