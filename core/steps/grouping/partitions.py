"""Which anchors belong together: partitions drawn from embedding, map and answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.domain.groupings import PARTS, Evidence, Ground
from core.domain.spaces import Ints
from core.steps.grouping.joining import Joining

_Ids = NDArray[np.intp]
_Reals = NDArray[np.float64]

# Sweeps over all links, and how many of the first are not counted: the chain starts at
# the map's groups, and wide groups take some tens of sweeps to come together. Beyond a
# thousand anchors fewer sweeps do, for each reads all answers at every anchor.
_SWEEPS, _FORGOTTEN = 110, 50
_STEPS = 110_000
_FEWEST_SWEEPS = 8

# An anchor is linked to none in three of ten cases before any answer. Chosen on texts of
# BANKING77's train file, as the affinity is; half or double of each changes the outcome
# by less than chance does.
_ALONE = 0.3
_TARGETS = 25

# A text that answers compare with others, and that nobody placed, is any text: it hardly
# is of a group that no other is of, and others are linked to it more seldom than to
# what stands for a group or was placed. Chosen on texts of BANKING77's train file.
_ANY_ALONE, _ANY_TARGET = 0.1, 0.3

# The answers that an annotator's reliability counts for before theirs are compared.
_PRIOR_ANSWERS = 20.0
_BELIEVABLE = (0.3, 0.985)


@dataclass(frozen=True, slots=True)
class Partitions:
    """`labels` int32 (s, m): in each of s draws one anchor of the group of each of m
    anchors. `founding` bool (m,): which anchors stand for a group of the map or were
    placed by an answer. `right`: the share of answers that agrees with the draws, as
    machines are believed; `joining` float64 (p,): how likely what stands for each group
    of the map belongs to another."""

    labels: Ints
    founding: NDArray[np.bool_]
    right: float
    joining: _Reals


def draw_partitions(ground: Ground, evidence: Sequence[Evidence], rows: _Ids) -> Partitions:
    """Return partitions of the anchors `rows` int (m,), drawn from their posterior.

    The prior is the distance-dependent Chinese restaurant process (Blei and Frazier,
    JMLR 12, 2011, section 2): each anchor is linked to one other, rather a near one,
    or to none, and what is linked is a group; so a group may have any shape, and
    drawing one link anew joins or splits whole groups. An answer is right with its
    reliability, and otherwise any other of its options alike. How often machines are
    right is drawn along (a Beta prior of 20 answers at what is believed before). The
    first text of an option stands for it. The same arguments give the same draws.
    """
    said = _Said.of(evidence, rows)
    closeness = ground.closeness
    starts = Joining.of(ground, evidence, closeness)
    wide = starts.share(said.first) > PARTS
    # Two groups are better compared by all their texts than by what stands for them.
    founding = np.isin(rows, ground.starts)
    founding[said.placed] = True
    prior = _Prior.of(ground, rows, said, founding, None if wide else closeness)

    def joining(share: float) -> _Reals:
        # No machine is believed less here than before its answers were compared: where
        # groups are joined that should not be, and where it errs, both look alike.
        return starts.chances(said.believed(max(share, said.usual)), wide=wide)

    if not evidence:
        return Partitions(np.arange(len(rows), dtype=np.int32)[None], founding, 1.0, joining(1.0))
    from core.steps.grouping.gibbs import sweep

    rng = np.random.default_rng(0)
    # The chain starts at the prior groups: each anchor is linked to the first of its own.
    links = _home(ground, rows)
    labels = links.copy()
    sweeps = int(np.clip(_STEPS // len(rows), _FEWEST_SWEEPS, _SWEEPS))
    share, drawn, shares = said.usual, [], []
    for turn in range(sweeps):
        weights, alone = prior.weighted(joining(share))
        order, lots = rng.permutation(len(rows)), rng.random(len(rows))
        believed = said.believed(share)
        sweep(
            links, labels, prior.targets, weights, alone,
            said.text, said.shown, said.chosen, believed, order, lots,
        )  # fmt: skip
        share = said.drawn_share(labels, rng)
        if turn >= min(_FORGOTTEN, sweeps // 2):
            drawn.append(labels.astype(np.int32))
            shares.append(share)
    share = float(np.mean(shares))
    right = float(said.believed(share).mean())
    return Partitions(np.array(drawn), founding, right, joining(share))


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    """The answers in anchors. `text` int (e,), `shown` int (e, q) the first text
    of each option, −1 where there are fewer; `chosen` int (e,), −1 for none of them;
    `first` (e,) how far each was believed before, `machine` bool (e,); `placed` int the
    anchors that an answer placed."""

    text: _Ids
    shown: _Ids
    chosen: _Ids
    first: _Reals
    machine: NDArray[np.bool_]
    placed: _Ids

    @classmethod
    def of(cls, evidence: Sequence[Evidence], rows: _Ids) -> Self:
        widest = max((len(item.options) for item in evidence), default=1)
        shown = np.full((len(evidence), widest), -1)
        for at, item in enumerate(evidence):
            shown[at, : len(item.options)] = np.searchsorted(rows, [o[0] for o in item.options])
        return cls(
            np.searchsorted(rows, [item.text for item in evidence]),
            shown,
            np.array([-1 if item.chosen is None else item.chosen for item in evidence], dtype=int),
            np.array([item.reliability for item in evidence]),
            np.array([item.machine for item in evidence], dtype=np.bool_),
            np.searchsorted(rows, [item.text for item in evidence if item.placed]),
        )

    @property
    def usual(self) -> float:
        """How far machines were believed on average."""
        return float(self.first[self.machine].mean()) if self.machine.any() else 1.0

    def believed(self, share: float) -> _Reals:
        """Return the reliability of each answer where machines are right in `share`."""
        factor = np.where(self.machine, share / self.usual, 1.0)
        return np.asarray(np.clip(self.first * factor, 1e-3, _BELIEVABLE[1]))

    def drawn_share(self, labels: _Ids, rng: np.random.Generator) -> float:
        """Return a draw of how often machines are right, given the groups."""
        if not self.machine.any():
            return 1.0
        alike = (labels[self.shown] == labels[self.text][:, None]) & (self.shown >= 0)
        named = alike[np.arange(len(alike)), self.chosen]
        right = np.where(self.chosen < 0, ~alike.any(axis=1), named)[self.machine]
        before = _PRIOR_ANSWERS * min(self.usual, _BELIEVABLE[1])
        drawn = rng.beta(before + right.sum(), _PRIOR_ANSWERS - before + (~right).sum())
        return float(np.clip(drawn, *_BELIEVABLE))


@dataclass(frozen=True, slots=True, eq=False)
class _Prior:
    """`targets` int (m, k) that an anchor may be linked to, −1 where there are fewer;
    `weights` (m, k) and `alone` (m,) how likely. `lone` int (l,): anchors that stand for
    their prior group, in which no other was placed, `homes` int (l,) that group."""

    targets: _Ids
    weights: _Reals
    alone: _Reals
    lone: _Ids
    homes: _Ids

    @classmethod
    def of(
        cls,
        ground: Ground,
        rows: _Ids,
        said: _Said,
        founding: NDArray[np.bool_],
        closeness: _Reals | None,
    ) -> Self:
        affinity = ground.affinity(rows, rows)
        np.fill_diagonal(affinity, 0.0)
        affinity[:, ~founding] *= _ANY_TARGET
        home = ground.prior[rows]
        others = np.bincount(home, founding)[home] > 1
        lone = np.flatnonzero(np.isin(rows, ground.starts) & ~others)
        if closeness is not None:
            affinity[lone] *= closeness[home[lone]][:, home]
        targets = _targets(affinity, said)
        weights = np.where(targets >= 0, np.take_along_axis(affinity, targets.clip(0), axis=1), 0.0)
        alone = np.where(founding, _ALONE, _ANY_ALONE)
        weights *= ((1.0 - alone) / np.maximum(affinity.sum(axis=1), 1e-300))[:, None]
        return cls(
            targets,
            np.maximum(weights, 1e-300),
            alone,
            lone,
            home[lone].astype(np.intp),
        )

    def weighted(self, joining: _Reals) -> tuple[_Reals, _Reals]:
        """Return `weights` and `alone`, with those of `lone` as `joining` (p,) has them."""
        there = joining[self.homes]
        weights, alone = self.weights.copy(), self.alone.copy()
        weights[self.lone] *= there[:, None] / (1.0 - _ALONE)
        alone[self.lone] = 1.0 - there
        return weights, alone


def _home(ground: Ground, rows: _Ids) -> _Ids:
    """Return for each anchor the first one of its prior group."""
    _, first, inverse = np.unique(ground.prior[rows], return_index=True, return_inverse=True)
    return np.asarray(first[inverse], dtype=np.intp)


def _targets(affinity: _Reals, said: _Said) -> _Ids:
    """Return what each anchor may be linked to: the nearest, and what answers tie it to."""
    count = min(_TARGETS, max(len(affinity) - 1, 1))
    nearest = np.argsort(-affinity, axis=1, kind="stable")[:, :count].tolist()
    found = [[t for t in line if t != one] for one, line in enumerate(nearest)]
    for text, shown, chosen in zip(said.text, said.shown, said.chosen, strict=True):
        if chosen >= 0 and shown[chosen] != text:
            found[text].append(int(shown[chosen]))
            found[shown[chosen]].append(int(text))
    lines = [sorted(dict.fromkeys(line)) for line in found]
    table = np.full((len(lines), max(1, *map(len, lines))), -1)
    for one, line in enumerate(lines):
        table[one, : len(line)] = line
    return table
