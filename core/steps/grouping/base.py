"""How coarse groups are: which prior groups the answers speak of as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import Centroids
from core.domain.groupings import Evidence, Ground
from core.steps.grouping.logistic import fit

_Reals = NDArray[np.float64]
_Ids = NDArray[np.intp]

# Before any answer two prior groups of usual similarity are one with odds of one in
# fifty, and rather so the more similar they are (in standard deviations).
_START = np.array([-4.0, 0.7])
_STIFFNESS = np.array([0.5, 0.5])

# What an answer that chose another option on show says against a merge: two equal
# options would share the choices between them, ln 2.
_NOT_CHOSEN = 0.69

# How often a text does not belong with the rest of its prior group; more rarely one
# that was picked to stand for it.
_STRAYS, _START_STRAYS = 0.25, 0.12

# … and how much it counts when the merges' general odds are learned.
_NOT_CHOSEN_COUNTS = 0.15


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Statements that prior groups `left` and `right` are one (positive) or not, in
    log odds; whether one was chosen for the other, and how much each counts."""

    left: _Ids
    right: _Ids
    log_odds: _Reals
    same: NDArray[np.bool_]
    weight: _Reals


def base_groups(ground: Ground, evidence: Sequence[Evidence]) -> _Ids:
    """Return the base group of each prior group, (p,): the least prior group in it.

    The odds that two groups are one are those that all answers give to groups as
    similar as they are (a logistic fit on the cosine of their centroids), times the
    likelihood ratios of the answers across them. The pair with the highest odds is
    joined until none has odds above one; similarities are averaged over the members
    (average linkage), so that a wide group takes more answers to grow further, and
    one wrong answer joins two groups only where joining is likely anyway.
    """
    count = len(ground.prior_ids)
    if not evidence or count < 2:
        return np.arange(count)
    centroids = Centroids.of(ground.vectors, ground.prior)
    cosines = (centroids.vectors @ centroids.vectors.T).astype(np.float64)
    apart = cosines[~np.eye(count, dtype=np.bool_)]
    scaled = (cosines - apart.mean()) / max(float(apart.std()), 1e-9)
    pairs = _pairs(ground, evidence)
    features = np.column_stack([np.ones(len(pairs.left)), scaled[pairs.left, pairs.right]])
    weights = fit(features, pairs.same, pairs.weight, start=_START, stiffness=_STIFFNESS)
    across = np.zeros((count, count))
    np.add.at(across, (pairs.left, pairs.right), pairs.log_odds)
    return _join(across + across.T, scaled, centroids.sizes.astype(np.float64), weights)


def _pairs(ground: Ground, evidence: Sequence[Evidence]) -> _Pairs:
    rows: list[tuple[int, int, float, bool, float]] = []
    starts = frozenset(ground.starts.tolist())
    for item in evidence:
        own = int(ground.prior[item.text])
        strays = _START_STRAYS if item.text in starts else _STRAYS
        says_one = _ratio(item, strays)
        for place, option in enumerate(item.options):
            if place == item.chosen:
                says, counts = says_one, 1.0
            elif item.chosen is None:
                says, counts = -says_one, 1.0
            else:
                says, counts = -_NOT_CHOSEN, _NOT_CHOSEN_COUNTS
            share = 1.0 / len(option)
            rows += [
                (own, other, says * share, place == item.chosen, counts * share)
                for other in ground.prior[list(option)].tolist()
                if other != own
            ]
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    ends = table[:, :2].astype(np.intp)
    return _Pairs(ends[:, 0], ends[:, 1], table[:, 2], table[:, 3].astype(np.bool_), table[:, 4])


def _ratio(item: Evidence, strays: float) -> float:
    """Return the log odds by which one answer speaks for two groups being one. That
    its text strayed from another group, or an error, would explain it as well."""
    right = float(np.clip(item.reliability, 0.01, 0.99))
    error = (1 - right) / len(item.options)
    return max(0.0, float(np.log((right + error) / (right * strays + error))))


def _join(across: _Reals, likeness: _Reals, sizes: _Reals, weights: _Reals) -> _Ids:
    """Join groups while a pair has positive log odds; return the least of each group."""
    groups = np.arange(len(sizes))
    alive = np.ones(len(sizes), dtype=np.bool_)
    likeness, sizes = likeness.copy(), sizes.copy()
    while True:
        odds = weights[0] + weights[1] * likeness + across
        odds[~alive] = odds[:, ~alive] = -np.inf
        np.fill_diagonal(odds, -np.inf)
        one, other = sorted(divmod(int(odds.argmax()), len(sizes)))
        if odds[one, other] <= 0:
            return groups
        share = sizes[other] / (sizes[one] + sizes[other])
        likeness[one] = (1 - share) * likeness[one] + share * likeness[other]
        across[one] += across[other]
        likeness[:, one], across[:, one] = likeness[one], across[one]
        sizes[one] += sizes[other]
        alive[other] = False
        groups[groups == other] = one
