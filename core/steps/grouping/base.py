"""How coarse groups are: which prior groups the answers speak of as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.groupings import Evidence, Ground
from core.steps.grouping.logistic import fit

_Reals = NDArray[np.float64]

# Before any answer a merge of two prior groups is a matter of one in twenty, and
# less likely the wider it is (heights in standard deviations).
_START = np.array([-3.0, -1.0])
_STIFFNESS = np.array([0.5, 0.5])

# What an answer that chose another option on show says against a merge: two equal
# options would share the choices between them, ln 2.
_NOT_CHOSEN = 0.69

# … and how much it counts when the merges' general odds are learned.
_NOT_CHOSEN_COUNTS = 0.15


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Statements about two prior groups: at which merge of the tree they meet,
    for (positive) or against it in log odds, whether chosen, and their weights."""

    merge: NDArray[np.intp]
    log_odds: _Reals
    same: NDArray[np.bool_]
    weight: _Reals


def base_groups(ground: Ground, evidence: Sequence[Evidence]) -> NDArray[np.intp]:
    """Return the base group of each prior group, (p,): the least prior group in it.

    For each merge of the ground's tree the odds that its two sides are one are
    those that all answers give to merges of its height (a logistic fit), times
    the likelihood ratios of the answers across the two sides. Of all ways to cut
    the tree the one with the highest posterior is taken, from the leaves upwards;
    so one wrong answer joins two groups only where joining is likely anyway.
    """
    count = len(ground.prior_ids)
    if not evidence or count < 2:
        return np.arange(count)
    members = _members(ground.tree, count)
    pairs = _pairs(ground, evidence, members)
    heights = ground.tree[:, 2]
    scaled = (heights - heights.mean()) / max(float(heights.std()), 1e-9)
    features = np.column_stack([np.ones(len(scaled)), scaled])
    weights = fit(
        features[pairs.merge], pairs.same, pairs.weight, start=_START, stiffness=_STIFFNESS
    )
    across = features @ weights
    np.add.at(across, pairs.merge, pairs.log_odds)
    return _cut(ground.tree, across, members)


def _members(tree: _Reals, count: int) -> list[NDArray[np.intp]]:
    found = [np.array([leaf]) for leaf in range(count)]
    for left, right in tree[:, :2].astype(int).tolist():
        found.append(np.concatenate([found[left], found[right]]))
    return found


def _pairs(ground: Ground, evidence: Sequence[Evidence], members: list[NDArray[np.intp]]) -> _Pairs:
    count = len(ground.prior_ids)
    meet = np.full((count, count), -1, dtype=np.int32)
    for merge, (left, right) in enumerate(ground.tree[:, :2].astype(int).tolist()):
        meet[np.ix_(members[left], members[right])] = merge
        meet[np.ix_(members[right], members[left])] = merge
    rows: list[tuple[int, float, bool, float]] = []
    for item in evidence:
        own = ground.prior[item.text]
        right = np.clip(item.reliability, 0.01, 0.99)
        for place, option in enumerate(item.options):
            if place == item.chosen:
                says, counts = np.log(right * len(item.options) / (1 - right)), 1.0
            elif item.chosen is None:
                says, counts = -np.log(right / (1 - right)), 1.0
            else:
                says, counts = -_NOT_CHOSEN, _NOT_CHOSEN_COUNTS
            share = 1.0 / len(option)
            rows += [
                (merge, says * share, place == item.chosen, counts * share)
                for merge in meet[own, ground.prior[list(option)]].tolist()
                if merge >= 0
            ]
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    return _Pairs(
        table[:, 0].astype(np.intp), table[:, 1], table[:, 2].astype(np.bool_), table[:, 3]
    )


def _cut(tree: _Reals, across: _Reals, members: list[NDArray[np.intp]]) -> NDArray[np.intp]:
    """Return the best cut: `across[i]` is what joining the sides of merge i gains."""
    count = len(tree) + 1
    joined, best = np.zeros(len(members)), np.zeros(len(members))
    whole = np.zeros(len(members), dtype=np.bool_)
    for merge, (left, right) in enumerate(tree[:, :2].astype(int).tolist()):
        node = count + merge
        joined[node] = joined[left] + joined[right] + across[merge]
        apart = best[left] + best[right]
        whole[node], best[node] = joined[node] > apart, max(joined[node], apart)
    groups = np.arange(count)
    waiting = [len(members) - 1]
    while waiting:
        node = waiting.pop()
        if node < count:
            continue
        if whole[node]:
            groups[members[node]] = members[node].min()
        else:
            waiting += tree[node - count, :2].astype(int).tolist()
    return groups
