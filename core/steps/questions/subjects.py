"""Texts that a placement could be about, and what they are together with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.domain.groupings import Ground, Grouping
from core.domain.spaces import Floats

_Ids = NDArray[np.intp]
_Reals = NDArray[np.float64]

# A text that nobody was asked about founds a group of its own in so many cases.
_FOUNDS = 0.15

# Single texts that are asked about at most, the doubtful ones, where every block has its answer.
_SINGLE = 200


@dataclass(frozen=True, slots=True, eq=False)
class Subjects:
    """Texts that could be asked about, the anchors first.

    `rows` int (c,); `own` int (c,) the index of each among the anchors, −1 for none;
    `follow` float64 (c,): how many texts go where it goes. `codes` int (m,): the group of
    each anchor, 0 … g−1; `established` bool (g,): an answer is about the group.
    `together` float32 (m, m) and `alike` float32 (c, m): how often anchors, and subjects
    and anchors, are in one group; `near` float32 (c, m) their cosines, −2 for itself;
    `shares` float64 (c, g): how often each subject is in each group.
    """

    ground: Ground
    grouping: Grouping
    rows: _Ids
    own: _Ids
    follow: _Reals
    codes: _Ids
    established: NDArray[np.bool_]
    together: Floats
    alike: Floats
    near: Floats
    shares: _Reals

    @classmethod
    def of(cls, ground: Ground, grouping: Grouping) -> Self:
        """Return the subjects: the anchors, and what stands for a block that no answer is
        about, in prior groups where one is."""
        anchors = grouping.anchors.astype(np.intp)
        names, codes = np.unique(grouping.groups, return_inverse=True)
        together = grouping.together
        others = _others(ground, grouping)
        links = ground.affinity(others, anchors)
        links *= (1.0 - _FOUNDS) / np.maximum(links.sum(axis=1, keepdims=True), 1e-300)
        rows = np.concatenate([anchors, others])
        near = ground.vectors[rows] @ ground.vectors[anchors].T
        near[np.arange(len(anchors)), np.arange(len(anchors))] = -2.0
        alike = np.concatenate([together, links.astype(np.float32) @ together])
        members = np.eye(len(names))[codes]
        established = np.zeros(len(names), dtype=np.bool_)
        established[codes[grouping.asked]] = True
        return cls(
            ground=ground,
            grouping=grouping,
            rows=rows,
            own=np.concatenate([np.arange(len(anchors)), np.full(len(others), -1)]),
            follow=np.concatenate([_follow(ground, grouping), _sizes(ground, others)]),
            codes=codes,
            # Before the first answer there is nothing else to compare with.
            established=established if established.any() else ~established,
            together=together,
            alike=alike,
            near=near,
            shares=(alike @ members) / members.sum(axis=0),
        )


def _explored(ground: Ground, grouping: Grouping) -> NDArray[np.bool_]:
    """Return which prior groups hold a text that an answer is about, bool (p,); a lone one
    counts as explored: there is no other to compare it with, only its parts."""
    found = np.full(len(ground.prior_ids), len(ground.prior_ids) == 1)
    found[ground.prior[grouping.anchors[grouping.asked]]] = True
    return found


def _others(ground: Ground, grouping: Grouping) -> _Ids:
    """Return what stands for blocks without an answer; where all have one, single texts."""
    asked = grouping.anchors[grouping.asked]
    covered = np.zeros(len(ground.medoids), dtype=np.bool_)
    covered[ground.blocks[asked]] = True
    if covered.all():
        doubtful = np.argsort(grouping.clustering.strength, kind="stable")[:_SINGLE]
        return np.setdiff1d(doubtful, grouping.anchors)
    rows = ground.medoids[~covered]
    rows = rows[_explored(ground, grouping)[ground.prior[rows]]]
    return np.setdiff1d(rows, grouping.anchors)


def _sizes(ground: Ground, rows: _Ids) -> _Reals:
    """Return how many texts the block of each row holds."""
    return np.bincount(ground.blocks)[ground.blocks[rows]].astype(np.float64)


def _follow(ground: Ground, grouping: Grouping) -> _Reals:
    """Return how many texts follow each anchor: its block, which anchors that were asked
    about share; the prior group that it stands for, while that is not explored."""
    rows = grouping.anchors.astype(np.intp)
    found = _sizes(ground, rows)
    asked = np.bincount(ground.blocks[rows[grouping.asked]], minlength=len(ground.medoids))
    found = np.where(grouping.asked, found / np.maximum(asked[ground.blocks[rows]], 1), found)
    stands = np.isin(rows, ground.starts) & ~_explored(ground, grouping)[ground.prior[rows]]
    found = np.where(stands, np.bincount(ground.prior)[ground.prior[rows]], found)
    silent = ~grouping.asked & ~np.isin(rows, ground.starts)
    return np.where(silent, 0.0, found)
