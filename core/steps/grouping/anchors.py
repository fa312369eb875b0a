"""Where the texts that were asked about belong: posterior odds, one text at a time."""

from __future__ import annotations

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

# The prior of an anchor's group: its prior group, the classifier's and the ranks' vote.
_HOME_ASKED, _HOME_OTHER = 0.5, 0.9
_STAYING = 3.0
_CLASSIFIER = 0.5
_SHARPNESS = 6.0
_FLOOR = 0.05

# A text that fits nowhere founds a group: the prior is learned within these bounds.
_FOUNDS_LEAST, _FOUNDS_MOST = 0.01, 0.4

# … and that what stands for a prior group belongs elsewhere within these.
_JOINS = (0.03, 0.6)


@dataclass(frozen=True, slots=True)
class Anchors:
    """Texts that carry a group. `rows` int (m,) ascending; `labels` int (m,): a prior
    group, or p + row for a group that the text itself founded, or what it was joined
    to; `asked` bool (m,): answers are about it. `names` int (g,) are the labels that an
    anchor could have and `log_odds` float (m, g) the log chance of each. For each piece
    of evidence `about` is the anchor that it is about, `shown` the groups of its
    options as indices into `names`."""

    rows: _Ids
    labels: _Ids
    asked: NDArray[np.bool_]
    names: _Ids
    log_odds: _Reals
    about: list[int]
    shown: list[list[int]]

    @property
    def certainty(self) -> _Reals:
        """The chance of each anchor's group, float (m,)."""
        return np.asarray(np.exp(self.log_odds.max(axis=1)))

    def right(self, evidence: Sequence[Evidence]) -> list[float]:
        """Return the chance of each answer to be right, itself and all others given."""
        found = []
        for item, at, groups in zip(evidence, self.about, self.shown, strict=True):
            chances = np.exp(self.log_odds[at])
            if item.chosen is None:
                found.append(1.0 - float(chances[list(set(groups))].sum()))
            else:
                found.append(float(chances[groups[item.chosen]]))
        return found


def place_anchors(
    ground: Ground, evidence: Sequence[Evidence], joined: _Ids, start: _Ids | None = None
) -> tuple[Anchors, Kernel]:
    """Return the anchors with their most likely groups, and the kernel over them.

    `joined` int (p + n,): what each label was joined to. The labels start from `start`
    int (m,), or from the prior groups. Prior odds come from the prior group, from
    kernel ridge regression on the other anchors (leave-one-out) and from the ranks of
    the nearest groups; the likelihood of an answer is its reliability where the group
    says the same, the rest shared by the other options. All anchors move at once,
    until none does or eight times: so an answer moves its text alone, and a wrong one
    does little harm.
    """
    rows, asked = _rows(ground, evidence)
    kernel = Kernel.over(ground.vectors[rows], asked)
    home, own = joined[ground.prior[rows]], joined[len(ground.prior_ids) + rows]
    labels = home if start is None else joined[start]
    names = np.unique(np.concatenate([home, own[asked], labels]))
    homes, owns = np.searchsorted(names, home), np.searchsorted(names, own)
    usual, prior = _at_home(ground, evidence, rows, asked), ground.prior[rows]
    settles = asked & ~np.isin(rows, ground.starts)
    founding = np.log(_founding(ground, evidence))
    said = _Said.of(evidence, rows)
    line, mine = np.arange(len(rows)), np.flatnonzero(asked)
    for _ in range(_ROUNDS):
        codes = np.searchsorted(names, labels)
        at_home = np.where(settles, _staying(prior, labels == home, asked), usual)
        odds = _log_priors(kernel, codes, len(names), at_home)
        odds[line, homes] = np.logaddexp(odds[line, homes], np.log(at_home))
        odds[mine, owns[mine]] = np.logaddexp(odds[mine, owns[mine]], founding)
        shown = said.weigh(odds, codes)
        odds -= np.logaddexp.reduce(odds, axis=1, keepdims=True)
        before, labels = labels, names[odds.argmax(axis=1)]
        if (before == labels).all():
            break
    return Anchors(rows, labels, asked, names, odds, said.about, shown), kernel


def _rows(ground: Ground, evidence: Sequence[Evidence]) -> tuple[_Ids, NDArray[np.bool_]]:
    """Return the rows of the anchors, and which of them answers are about."""
    about = {item.text for item in evidence}
    named = {row for item in evidence for option in item.options for row in option}
    rows = np.array(sorted({*ground.starts.tolist(), *about, *named}))
    return rows, np.isin(rows, list(about))


@dataclass(frozen=True, slots=True)
class _Said:
    """The evidence in anchors: whom it is about, and the anchors of its options."""

    evidence: Sequence[Evidence]
    about: list[int]
    options: list[list[list[int]]]

    @classmethod
    def of(cls, evidence: Sequence[Evidence], rows: _Ids) -> _Said:
        place = {row: index for index, row in enumerate(rows.tolist())}
        return cls(
            evidence,
            [place[item.text] for item in evidence],
            [[[place[row] for row in option] for option in item.options] for item in evidence],
        )

    def weigh(self, odds: _Reals, codes: _Ids) -> list[list[int]]:
        """Add the log likelihoods to `odds` (m, g); return the groups on show, by index."""
        known = codes.tolist()
        shown = [
            [_most([known[at] for at in each]) for each in options] for options in self.options
        ]
        for item, at, groups in zip(self.evidence, self.about, shown, strict=True):
            right = np.log(item.reliability)
            wrong = np.log((1 - item.reliability) / len(item.options))
            if item.chosen is None:
                odds[at] += right
                odds[at, list(set(groups))] += wrong - right
            else:
                odds[at] += wrong
                odds[at, groups[item.chosen]] += right - wrong
        return shown


def _most(codes: list[int]) -> int:
    return min(set(codes), key=lambda code: (-codes.count(code), code))


def _at_home(
    ground: Ground, evidence: Sequence[Evidence], rows: _Ids, asked: NDArray[np.bool_]
) -> _Reals:
    """Return the prior share of each anchor's own prior group."""
    stands = np.isin(rows, ground.starts)
    share = np.where(stands, 1 - _joining(ground, evidence), _HOME_ASKED)
    return np.where(asked, share, _HOME_OTHER)


def _staying(
    prior: NDArray[np.integer], stays: NDArray[np.bool_], asked: NDArray[np.bool_]
) -> _Reals:
    """Return which share of the others that were asked about in its prior group stay in
    it, for each anchor: the half of them, before any other was asked about."""
    others = np.bincount(prior, weights=asked)[prior] - asked
    staying = np.bincount(prior, weights=asked & stays)[prior] - (asked & stays)
    return np.asarray((staying + _STAYING) / (others + 2 * _STAYING))


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


def _joining(ground: Ground, evidence: Sequence[Evidence]) -> float:
    """Return the chance that what stands for a prior group belongs to another one:
    the share of answers that say so, less those that are errors."""
    starts = frozenset(ground.starts.tolist())
    asked = [item for item in evidence if item.text in starts]
    joined = sum(item.chosen is not None for item in asked)
    errors = sum(
        (1 - item.reliability) * len(item.options) / (len(item.options) + 1) for item in asked
    )
    return float(np.clip((joined + 1 - errors) / (len(asked) + 8), *_JOINS))


def _log_priors(kernel: Kernel, codes: _Ids, count: int, at_home: _Reals) -> _Reals:
    """Return the log prior of every anchor over `count` groups, (m, count), without
    the share of the prior group; −∞ for a group that no anchor is in."""
    used, dense = np.unique(codes, return_inverse=True)
    scores = kernel.left_out(np.eye(len(used))[dense])
    raised = np.exp(_SHARPNESS * (scores - scores.max(axis=1, keepdims=True)))
    votes = raised / raised.sum(axis=1, keepdims=True)
    order = np.argsort(dense, kind="stable")
    firsts = np.searchsorted(dense[order], np.arange(len(used)))
    nearest = np.maximum.reduceat(kernel.others[:, order], firsts, axis=1)
    ranks = np.argsort(np.argsort(-nearest, axis=1, kind="stable"), axis=1, kind="stable")
    ranked = _RANKS[np.minimum(ranks, len(_RANKS) - 1)]
    mixed = _CLASSIFIER * votes + (1 - _CLASSIFIER) * ranked / ranked.sum(axis=1, keepdims=True)
    mixed = (1 - _FLOOR) * mixed + _FLOOR / len(used)
    found = np.full((len(codes), count), -np.inf)
    found[:, used] = np.log((1 - at_home)[:, None] * mixed)
    return found
