"""How likely what stands for a prior group belongs to another: the map cut too finely there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.domain.groupings import Evidence, Ground

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

    `about` int (f,): the indices of these answers in the evidence, `homes` int (f,) the
    prior group that each is about, `options` int (f,) how many groups it was placed
    before; `joined`: how many name another prior group. `leaning` float64 (p,): how much
    likelier than the usual one each prior group is a part of another, in log odds.
    """

    about: _Ids
    homes: _Ids
    options: _Ids
    joined: int
    leaning: _Reals

    @classmethod
    def of(cls, ground: Ground, evidence: Sequence[Evidence], closeness: _Reals) -> Self:
        """Return what `evidence` says of the groups of `ground`, so close to each other."""
        starts = frozenset(ground.starts.tolist())
        about = [at for at, item in enumerate(evidence) if item.text in starts]
        asked = [evidence[at] for at in about]
        return cls(
            np.array(about, dtype=np.intp),
            ground.prior[[item.text for item in asked]].astype(np.intp),
            np.array([len(item.options) for item in asked], dtype=np.intp),
            sum(_names_another(ground, item) for item in asked),
            _leaning(ground, closeness),
        )

    def share(self, right: _Reals) -> float:
        """Return how often what stands for a prior group belongs to another: the share
        of answers that say so, less those that are errors; `right` (e,): the chance
        that each answer of the evidence is right."""
        errors = float(((1.0 - right[self.about]) * self.options / (self.options + 1)).sum())
        share = (self.joined + 1 - errors) / (len(self.about) + _BEFORE)
        return float(np.clip(share, _LEAST, _MOST))

    def chances(self, right: _Reals, *, wide: bool) -> _Reals:
        """Return it for each prior group, float64 (p,): the share for all where they are
        parts of `wide` groups. Otherwise some are likelier: small ones, for what is cut
        off a group is rather the smaller part, and those with close ties to another."""
        from scipy.optimize import brentq

        share = self.share(right)
        if wide:
            return np.full(len(self.leaning), share)
        told = np.concatenate([np.zeros(_BEFORE), self.leaning[self.homes]])
        usual = brentq(lambda odds: _chance(odds + told).mean() - share, -30.0, 30.0)
        return np.asarray(np.clip(_chance(usual + self.leaning), _LEAST, _SINGLED_OUT))


def _names_another(ground: Ground, item: Evidence) -> bool:
    """Return whether an answer places its text in another prior group than its own. Its
    own is among the options of a second look, and on a map that was made later than the
    answer, which may have put the two together."""
    if item.chosen is None:
        return False
    return bool(ground.prior[item.options[item.chosen][0]] != ground.prior[item.text])


def _leaning(ground: Ground, closeness: _Reals) -> _Reals:
    nearest = np.log(closeness.max(axis=1))
    found = nearest - np.log(np.bincount(ground.prior))
    return np.asarray(found - found.mean())


def _chance(odds: _Reals) -> _Reals:
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))
