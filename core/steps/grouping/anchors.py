"""Where the texts that were asked about belong: posterior odds, one text at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.groupings import Evidence, Ground
from core.steps.grouping.kernel import Kernel

_Reals = NDArray[np.float64]
_Ids = NDArray[np.intp]

_ROUNDS = 8

# How often the right group is the nearest, the second, … by its nearest member.
_RANKS = np.array([0.45, 0.17, 0.11, 0.08, 0.06] + [0.015] * 5 + [0.002] * 10 + [0.0005])

# The prior of an anchor's group: its base group, the classifier's and the ranks' vote.
_BASE_ASKED, _BASE_OTHER = 0.5, 0.9
_CLASSIFIER = 0.5
_SHARPNESS = 6.0
_FLOOR = 0.05

# A text that fits nowhere founds a group: the prior is learned within these bounds.
_FOUNDS_LEAST, _FOUNDS_MOST = 0.01, 0.4


@dataclass(frozen=True, slots=True)
class Anchors:
    """Texts that carry a group. `rows` int (m,) ascending; `labels` int (m,): a base
    group, or p + row for a group that the text itself founded; `certainty` float
    (m,); `asked` bool (m,): answers are about it."""

    rows: _Ids
    labels: _Ids
    certainty: _Reals
    asked: NDArray[np.bool_]


def place_anchors(
    ground: Ground, evidence: Sequence[Evidence], base: _Ids
) -> tuple[Anchors, Kernel]:
    """Return the anchors with their most likely groups, and the kernel over them.

    Prior odds come from the base group, from kernel ridge regression on the other
    anchors (leave-one-out) and from the ranks of the nearest groups; the likelihood
    of an answer is its reliability where the group says the same, the rest shared by
    the other options. All anchors move at once, until none does or eight times: so
    an answer moves its text alone, and a wrong one does little harm.
    """
    about = defaultdict(list)
    for item in evidence:
        about[item.text].append(item)
    named = {row for item in evidence for option in item.options for row in option}
    rows = np.array(sorted({*ground.starts.tolist(), *about, *named}))
    asked = np.array([row in about for row in rows.tolist()])
    kernel = Kernel.over(ground.vectors[rows], asked)
    place = {row: index for index, row in enumerate(rows.tolist())}
    home = base[ground.prior[rows]]
    labels, certainty = home.copy(), np.ones(len(rows))
    own = len(ground.prior_ids) + rows
    founding = _founding(ground, evidence)
    for _ in range(_ROUNDS):
        names, codes = np.unique(labels, return_inverse=True)
        priors = _priors(kernel, codes, len(names))
        moved, certainty = labels.copy(), np.ones(len(rows))
        for index in range(len(rows)):
            odds = _odds(priors[index], names, home[index], bool(asked[index]))
            if asked[index]:
                odds[own[index]] = np.logaddexp(odds.get(own[index], -np.inf), np.log(founding))
                for item in about[int(rows[index])]:
                    _weigh(odds, item, labels, place)
            moved[index] = max(odds, key=lambda name: (odds[name], -name))
            total = np.logaddexp.reduce(list(odds.values()))
            certainty[index] = np.exp(odds[moved[index]] - total)
        if (moved == labels).all():
            break
        labels = moved
    return Anchors(rows, labels, certainty, asked), kernel


def _founding(ground: Ground, evidence: Sequence[Evidence]) -> float:
    """Return the chance that a text asked about founds a group: the share of answers
    'none of these', less those that are errors. A start's own group is not on show,
    so answers about starts do not count."""
    starts = frozenset(ground.starts.tolist())
    asked = [item for item in evidence if item.text not in starts and len(item.options) > 1]
    none = sum(item.chosen is None for item in asked)
    errors = sum((1 - item.reliability) / (len(item.options) + 1) for item in asked)
    share = (none + 1 - errors) / (len(asked) + 10)
    return float(np.clip(share, _FOUNDS_LEAST, _FOUNDS_MOST))


def _priors(kernel: Kernel, codes: _Ids, count: int) -> _Reals:
    """Return the prior of every anchor over the `count` groups, (m, count)."""
    scores = kernel.left_out(np.eye(count)[codes])
    raised = np.exp(_SHARPNESS * (scores - scores.max(axis=1, keepdims=True)))
    votes = raised / raised.sum(axis=1, keepdims=True)
    order = np.argsort(codes, kind="stable")
    firsts = np.searchsorted(codes[order], np.arange(count))
    nearest = np.maximum.reduceat(kernel.others[:, order], firsts, axis=1)
    ranks = np.argsort(np.argsort(-nearest, axis=1, kind="stable"), axis=1, kind="stable")
    ranked = _RANKS[np.minimum(ranks, len(_RANKS) - 1)]
    mixed = _CLASSIFIER * votes + (1 - _CLASSIFIER) * ranked / ranked.sum(axis=1, keepdims=True)
    return np.asarray((1 - _FLOOR) * mixed + _FLOOR / count)


def _odds(prior: _Reals, names: _Ids, home: int, asked: bool) -> dict[int, float]:
    """Return the log prior of each group, the base group among them."""
    share = _BASE_ASKED if asked else _BASE_OTHER
    odds = dict(zip(names.tolist(), np.log((1 - share) * prior).tolist(), strict=True))
    odds[home] = float(np.logaddexp(odds.get(home, -np.inf), np.log(share)))
    return odds


def _weigh(odds: dict[int, float], item: Evidence, labels: _Ids, place: dict[int, int]) -> None:
    """Add the log likelihood of one answer to the odds of each group."""
    shown = [_most(labels[[place[row] for row in option]]) for option in item.options]
    right = float(np.log(item.reliability))
    wrong = float(np.log((1 - item.reliability) / len(item.options)))
    for name in odds:
        fits = name not in shown if item.chosen is None else name == shown[item.chosen]
        odds[name] += right if fits else wrong


def _most(labels: _Ids) -> int:
    names, counts = np.unique(labels, return_counts=True)
    return int(names[counts.argmax()])
