"""How likely what stands for a prior group belongs to another: the map cut too finely there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.domain.groupings import PARTS, Evidence, Ground

_Ids = NDArray[np.intp]
_Reals = NDArray[np.float64]

# The least and the most that is believed; and of one group that is likelier than the usual.
# Chosen on texts of BANKING77's train file and of CLINC150 outside its test file.
_LEAST, _MOST, _SINGLED_OUT = 0.03, 0.9, 0.7

# What is believed before any answer: one in eight, as if eight had been asked about.
_BEFORE = 8


@dataclass(frozen=True, slots=True, eq=False)
class Joining:
    """What the answers about `starts` say of all prior groups.

    `homes` int (f,): the prior group that each of these answers is about; `options` int
    (f,) how many groups it was placed before; `right` (f,) how far each is believed and
    `machine` bool (f,) whether no person gave it; `joined`: how many name another group.
    `leaning` float64 (p,): how much likelier than the usual one each prior group is a
    part of another, in log odds.
    """

    homes: _Ids
    options: _Ids
    right: _Reals
    machine: NDArray[np.bool_]
    joined: int
    leaning: _Reals

    @classmethod
    def of(cls, ground: Ground, evidence: Sequence[Evidence]) -> Self:
        starts = frozenset(ground.starts.tolist())
        about = [item for item in evidence if item.text in starts]
        return cls(
            ground.prior[[item.text for item in about]].astype(np.intp),
            np.array([len(item.options) for item in about], dtype=np.intp),
            np.array([item.reliability for item in about]),
            np.array([item.machine for item in about], dtype=np.bool_),
            sum(item.chosen is not None for item in about),
            _leaning(ground),
        )

    @property
    def wide(self) -> bool:
        """Whether prior groups are all alike parts of wider ones, as far as they were compared."""
        return self.share(1.0, 1.0) > PARTS

    def share(self, factor: float, most: float) -> float:
        """Return how often what stands for a prior group belongs to another: the share
        of answers that say so, less those that are errors. Machines are right `factor`
        times as often as was believed, and in no more than `most` of the cases."""
        right = np.minimum(self.right * np.where(self.machine, factor, 1.0), most)
        errors = float(((1.0 - right) * self.options / (self.options + 1)).sum())
        share = (self.joined + 1 - errors) / (len(self.homes) + _BEFORE)
        return float(np.clip(share, _LEAST, _MOST))

    def chances(self, factor: float, most: float) -> _Reals:
        """Return it for each prior group, float64 (p,): the share for all where the groups
        are wide. Otherwise some are likelier: small ones, for what is cut off a group is
        rather the smaller part, and those with close ties to another."""
        from scipy.optimize import brentq

        share = self.share(factor, most)
        if self.wide:
            return np.full(len(self.leaning), share)
        told = np.concatenate([np.zeros(_BEFORE), self.leaning[self.homes]])
        usual = brentq(lambda odds: _chance(odds + told).mean() - share, -30.0, 30.0)
        return np.asarray(np.clip(_chance(usual + self.leaning), _LEAST, _SINGLED_OUT))


def _leaning(ground: Ground) -> _Reals:
    nearest = np.log(ground.closeness.max(axis=1))
    found = nearest - np.log(np.bincount(ground.prior))
    return np.asarray(found - found.mean())


def _chance(odds: _Reals) -> _Reals:
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))
