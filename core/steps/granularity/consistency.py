"""How well each level of a tree agrees with the answers: F_β, mended where it is biased.

ClusterLLM (arXiv 2305.14871, section 3.2) counts every answered pair once. Most
merges are fine ones, so its best level leans to theirs, while one wrong "same"
at a coarse merge, which decides a quarter of all pairs, weighs no more than one
at a merge of two texts with two. Weighing each answer by the pairs that its
merge decides is right on average and useless in practice: a few answers then
carry everything. Here the answers fit a curve instead: how likely two texts
that meet at a level are of one category, as it rises from coarse to fine. F_β
over *all* pairs of texts follows from the curve and from how many pairs each
merge decides, so which levels were asked about no longer matters. The curve's
floor and ceiling take up the judge's errors, which would else dominate the
coarse levels, where hardly any true "same" is to be had.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import UNASSIGNED
from core.domain.granularity import Count, Curve, MergeTree, Rows
from core.domain.spaces import Ints
from core.steps.granularity.answers import Pairs

BETA = 1.0
"""Precision and recall count alike. The paper's 0.92 made up for some of its bias."""

MIN_ANSWERS = 20
MIN_OF_A_KIND = 3
"""Answers below which a curve would show little more than what was assumed."""

_BOOTSTRAPS = 200
_INTERVAL = (5, 95)

# The curves that are weighed: logistic in log level, with these slopes, midpoints at
# `_MIDPOINTS` places, and the shares of "same" far below and far above the midpoint.
_SLOPES = (0.8, 1.1, 1.5, 2.0, 2.6, 3.4, 4.5, 6.0, 9.0, 14.0)
_MIDPOINTS = 48
_FLOORS = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4)
_CEILINGS = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6)
# A judge is rather right than wrong: log prior a unit of error at either end.
_DOUBT = 2.0

_BINS = 40

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Family:
    """The curves: `log_same`, `log_different` float32 (h, b), log probability of each
    answer in each bin under each hypothesis; `prior` float32 (h,); `scores` (s, m),
    F_β at each count, one row for h/s hypotheses in turn: floors and ceilings
    are the judge's and change nothing about the texts."""

    log_same: NDArray[np.float32]
    log_different: NDArray[np.float32]
    prior: NDArray[np.float32]
    scores: _Array


def consistency(
    tree: MergeTree, pairs: Pairs, counts: Ints, *, seed: int
) -> tuple[Curve, Count] | None:
    """Return F_β at each of `counts` with its band, and the best count with its interval.

    Expected F_β under the posterior of the curves; bands and interval from 200
    bootstraps over whole answers. None with too few answers: below 20, or
    below three of either kind.
    """
    inside = (tree.bunches[pairs.left] != UNASSIGNED) & (tree.bunches[pairs.right] != UNASSIGNED)
    answers = len(np.unique(pairs.answer[inside]))
    kinds = np.bincount(pairs.same[inside], minlength=2)
    if answers < MIN_ANSWERS or kinds.min() < MIN_OF_A_KIND:
        return None
    levels = tree.levels(pairs.left[inside], pairs.right[inside])
    edges = np.unique(np.geomspace(2, tree.leaves + 2, _BINS + 1).round())
    family = _family(tree, counts, np.log(np.sqrt(edges[:-1] * (edges[1:] - 1))))
    bins = (np.searchsorted(edges, levels, side="right") - 1).astype(np.intp)
    said = _by_answer(pairs, inside, bins, len(edges) - 1)
    rng = np.random.default_rng(seed)
    draws = rng.multinomial(len(said), np.full(len(said), 1 / len(said)), _BOOTSTRAPS)
    curves = _expected(family, np.vstack([np.ones(len(said)), draws]) @ said)
    low, high = np.percentile(curves, _INTERVAL, axis=0)
    curve = Curve(counts, *(line.astype(np.float32) for line in (curves[0], low, high)))
    best = int(counts[curves[0].argmax()])
    bests = counts[curves[1:].argmax(axis=1)]
    ends = np.percentile(bests, _INTERVAL, method="nearest").astype(int).tolist()
    return curve, Count(best, min(ends[0], best), max(ends[1], best))


def _by_answer(pairs: Pairs, inside: NDArray[np.bool_], bins: Rows, count: int) -> _Array:
    """Return the weight that each answer puts on "same" and then on "different" in
    each bin, (answers, 2 · bins)."""
    _, answer = np.unique(pairs.answer[inside], return_inverse=True)
    said = np.zeros((int(answer.max()) + 1, 2 * count))
    column = bins + np.where(pairs.same[inside], 0, count)
    np.add.at(said, (answer, column), pairs.weight[inside])
    return said


def _expected(family: _Family, said: _Array) -> _Array:
    """Return F_β (d, m) expected under the posterior of each row of `said` (d, 2 b)."""
    half = said.shape[1] // 2
    likely = family.log_same @ said[:, :half].T.astype(np.float32)
    likely += family.log_different @ said[:, half:].T.astype(np.float32)
    likely += family.prior[:, None]
    weights = np.exp((likely - likely.max(axis=0)).astype(np.float64))
    weights /= weights.sum(axis=0)
    shapes = weights.reshape(len(family.scores), -1, len(said)).sum(axis=1)
    expected: _Array = shapes.T @ family.scores
    return expected


def _family(tree: MergeTree, counts: Ints, log_bins: _Array) -> _Family:
    middles = np.linspace(np.log(2), np.log(tree.leaves + 1), _MIDPOINTS)
    slope, middle = (grid.ravel() for grid in np.meshgrid(_SLOPES, middles, indexing="ij"))
    grids = np.meshgrid(np.arange(len(slope)), _FLOORS, _CEILINGS, indexing="ij")
    shape, floor, ceiling = (grid.ravel() for grid in grids)
    rise = _logistic(slope, middle, log_bins)[shape]
    same = (floor[:, None] + (ceiling - floor)[:, None] * rise).clip(1e-3, 1 - 1e-3)
    return _Family(
        np.log(same).astype(np.float32),
        np.log1p(-same).astype(np.float32),
        (-_DOUBT * (floor + 1 - ceiling)).astype(np.float32),
        _scores(tree, counts, slope, middle),
    )


def _logistic(slope: _Array, middle: _Array, log_levels: _Array) -> _Array:
    found: _Array = 1.0 / (1.0 + np.exp(-slope[:, None] * (log_levels - middle[:, None])))
    return found


def _scores(tree: MergeTree, counts: Ints, slope: _Array, middle: _Array) -> _Array:
    """Return F_β (s, m) over all pairs of texts, for each curve at each count."""
    levels = np.arange(2, tree.leaves + 2)
    decided = _decided(tree)
    alike = decided * _logistic(slope, middle, np.log(levels))
    # At k groups the pairs that meet at the levels above k are together.
    together = (decided[::-1].cumsum()[::-1])[counts - 1]
    hits = (alike[:, ::-1].cumsum(axis=1)[:, ::-1])[:, counts - 1]
    wanted = alike.sum(axis=1, keepdims=True)
    found: _Array = (1 + BETA**2) * hits / np.maximum(BETA**2 * wanted + together, 1e-12)
    return found


def _decided(tree: MergeTree) -> _Array:
    """Return how many pairs of texts meet at each level from 2 to m + 1."""
    m = tree.leaves
    sizes = np.zeros(2 * m - 1)
    sizes[:m] = np.bincount(tree.bunches[tree.bunches != UNASSIGNED], minlength=m)
    decided = np.empty(m)
    decided[-1] = (sizes[:m] * (sizes[:m] - 1) / 2).sum()
    for step, (left, right) in enumerate(tree.merges.tolist()):
        decided[m - step - 2] = sizes[left] * sizes[right]
        sizes[m + step] = sizes[left] + sizes[right]
    return decided
