"""Texts that a placement could be about, and what they are together with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import Centroids
from core.domain.groupings import SHARPNESS, Ground, Grouping, members_of
from core.domain.spaces import Floats, Ints

_Ids = NDArray[np.intp]
_Reals = NDArray[np.float64]

# A text that nobody was asked about founds a group of its own in so many cases.
_FOUNDS = 0.15

# Single texts that are asked about at most, the doubtful ones, where every block has its answer.
_SINGLE = 200

# From so many answers a group, what they spread to a text says more of where it belongs than
# the nearest anchors do. Chosen on texts of BANKING77's train file and of CLINC150 outside
# its test file.
_ENOUGH = 1.5

# Prior groups compared before parts of them are asked about, so that it is known whether
# they are parts themselves.
_COMPARED_FIRST = 8


@dataclass(frozen=True, slots=True, eq=False)
class Subjects:
    """Texts that could be asked about, the anchors first.

    `rows` int (c,); `own` int (c,) the index of each among the anchors, −1 for none;
    `follow` float64 (c,): how many texts go where it goes. `codes` int (m,): the group of
    each anchor, 0 … g−1; `alone` bool (m,): whether it is the only one there; `offered`
    bool (g,): whether a text may be placed in the group.
    `by_starts`: prior groups are compared before parts of them are.
    `together` float32 (m, m) and `alike` float32 (c, m): how often anchors, and subjects
    and anchors, are in one group; `near` float32 (c, m) their cosines, −2 for itself,
    and less where one stands for a prior group with few ties to the other's, unless
    all are parts of wider ones;
    `shares` float64 (c, g): how often each subject is in each group; `likely` float64
    (c, g): how likely the answers make a few groups, 0 for the others, and for all where
    the answers are few; where groups are wide, how near the centroids of all are. `close`
    float32 (g, g): the cosines of the groups' centroids.
    """

    ground: Ground
    grouping: Grouping
    rows: _Ids
    own: _Ids
    follow: _Reals
    codes: _Ids
    alone: NDArray[np.bool_]
    offered: NDArray[np.bool_]
    by_starts: bool
    together: Floats
    alike: Floats
    near: Floats
    shares: _Reals
    likely: _Reals
    close: Floats

    @classmethod
    def of(cls, ground: Ground, grouping: Grouping) -> Self:
        """Return the subjects: the anchors that were placed or stand for a prior group, and
        what stands for a block that no answer is about. Other anchors are any texts that
        answers compared: they say nothing of what is worth asking, nor of a group."""
        grouping = _founding(ground, grouping)
        anchors = grouping.anchors.astype(np.intp)
        names, codes = np.unique(grouping.groups, return_inverse=True)
        together = grouping.together
        by_starts = _by_starts(ground, grouping)
        others = _others(ground, grouping, by_starts)
        links = ground.affinity(others, anchors)
        links *= (1.0 - _FOUNDS) / np.maximum(links.sum(axis=1, keepdims=True), 1e-300)
        rows = np.concatenate([anchors, others])
        near = ground.vectors[rows] @ ground.vectors[anchors].T
        near[np.arange(len(anchors)), np.arange(len(anchors))] = -2.0
        if not grouping.wide:
            _see_groups(ground, grouping, near[: len(anchors)])
        alike = np.concatenate([together, links.astype(np.float32) @ together])
        members = np.eye(len(names))[codes]
        shares = (alike @ members) / members.sum(axis=0)
        likely = _likely(grouping, names, rows)
        centroids = _centroids(ground, grouping, names)
        if likely.any():
            shares[len(anchors) :] = likely[len(anchors) :]
        if grouping.wide:
            # The few anchors of a wide group are seldom near to the rest of it: a card by its
            # nearest anchor misses a text's own group three times as often.
            likely = np.where(
                centroids.any(axis=1), (1.0 + ground.vectors[rows] @ centroids.T) / 2.0, 0.0
            )
        offered = np.ones(len(names), dtype=np.bool_)
        if by_starts and grouping.asked.any():
            # One part is as good as another: what is asked about grows into few wide groups.
            offered[:] = False
            offered[codes[grouping.asked]] = True
        return cls(
            ground=ground,
            grouping=grouping,
            rows=rows,
            own=np.concatenate([np.arange(len(anchors)), np.full(len(others), -1)]),
            follow=_follow(ground, grouping, others),
            codes=codes,
            alone=np.bincount(codes)[codes] == 1,
            offered=offered,
            by_starts=by_starts,
            together=together,
            alike=alike,
            near=near,
            shares=shares,
            likely=likely,
            close=centroids @ centroids.T,
        )


def _founding(ground: Ground, grouping: Grouping) -> Grouping:
    """Return `grouping` with those anchors alone that were placed, which here are those asked
    about, or that stand for a prior group."""
    keep = grouping.placed | np.isin(grouping.anchors, ground.starts)
    return replace(
        grouping,
        anchors=grouping.anchors[keep],
        groups=grouping.groups[keep],
        certainty=grouping.certainty[keep],
        asked=grouping.placed[keep],
        placed=grouping.placed[keep],
        draws=grouping.draws[:, keep],
    )


def _see_groups(ground: Ground, grouping: Grouping, near: Floats) -> None:
    """Let anchors that nobody was asked about be near, in place, as affinities with the
    ties of their prior groups are: `near` float32 (m, m)."""
    home = ground.prior[grouping.anchors]
    stand = np.flatnonzero(~grouping.asked & np.isin(grouping.anchors, ground.starts))
    closer = np.log(ground.closeness[home[stand]][:, home]) / SHARPNESS
    near[stand] += np.where(near[stand] > -2.0, closer, 0.0).astype(np.float32)


def _likely(grouping: Grouping, names: Ints, rows: _Ids) -> _Reals:
    """Return how likely the answers make the leading groups of each subject, float64 (c, g)
    in the order of their ids `names` (g,), 0 for the others; for all where there are few
    answers."""
    found = np.zeros((len(rows), len(names)))
    if len(grouping.evidence) >= _ENOUGH * len(names):
        codes, shares = leading(grouping, names, rows)
        np.add.at(found, (np.arange(len(rows))[:, None], codes), shares)
    return found


def leading(grouping: Grouping, names: Ints, rows: _Ids | slice) -> tuple[_Ids, _Reals]:
    """Return the leading groups of the texts `rows` as places in `names` (g,), int (n, l),
    and their shares, float64 (n, l): 0 for groups that are not there."""
    found = grouping.leading[rows]
    codes = np.searchsorted(names, found).clip(max=len(names) - 1)
    return codes, np.where(names[codes] == found, grouping.shares[rows], 0.0).astype(np.float64)


def _centroids(ground: Ground, grouping: Grouping, names: Ints) -> Floats:
    """Return the unit centroid of all texts of each group, float32 (g, d) in the order of
    their ids `names` (g,); zeros for a group without texts."""
    found = np.zeros((len(names), ground.vectors.shape[1]), dtype=np.float32)
    centroids = Centroids.of(ground.vectors, grouping.clustering.labels)
    known = np.isin(centroids.ids, names)
    found[np.searchsorted(names, centroids.ids[known])] = centroids.vectors[known]
    return found


def _by_starts(ground: Ground, grouping: Grouping) -> bool:
    """Return whether prior groups are compared before parts of them are: until a few
    were, and where most turned out to be parts of others."""
    compared = np.isin(ground.starts, grouping.anchors[grouping.asked]).sum()
    few = compared < min(_COMPARED_FIRST, len(ground.starts) - 1)
    return bool(few) or grouping.wide


def _others(ground: Ground, grouping: Grouping, by_starts: bool) -> _Ids:
    """Return what stands for blocks without an answer; where all have one, single texts."""
    asked = grouping.anchors[grouping.asked]
    covered = np.zeros(len(ground.medoids), dtype=np.bool_)
    covered[ground.blocks[asked]] = True
    covered[ground.blocks[ground.starts]] = True
    if covered.all():
        doubtful = np.argsort(grouping.clustering.strength, kind="stable")[:_SINGLE]
        return np.setdiff1d(doubtful, grouping.anchors)
    if by_starts and len(np.unique(ground.prior[asked])) < len(ground.prior_ids):
        return np.empty(0, dtype=np.intp)
    return np.setdiff1d(ground.medoids[~covered], grouping.anchors)


def _follow(ground: Ground, grouping: Grouping, others: _Ids) -> _Reals:
    """Return how many texts follow each anchor, and would follow each of `others` (o,) if
    it were asked about: float64 (m + o,).

    A text follows the nearest of its prior group that was asked about or stands for it.
    Of the others the one that most would follow comes first in its prior group, and the
    next ones count as if it had been asked about."""
    anchors = grouping.anchors.astype(np.intp)
    speaks = np.flatnonzero(grouping.asked | np.isin(anchors, ground.starts))
    found = np.zeros(len(anchors) + len(others))
    for home, rows in enumerate(members_of(ground.prior)):
        mine = speaks[ground.prior[anchors[speaks]] == home]
        near = ground.vectors[rows] @ ground.vectors[anchors[mine]].T
        found[mine] = np.bincount(near.argmax(axis=1), minlength=len(mine))
        there = np.flatnonzero(ground.prior[others] == home)
        gains = _gains(ground.vectors[others[there]] @ ground.vectors[rows].T, near.max(axis=1))
        found[len(anchors) + there] = gains
    return found


def _gains(near: Floats, best: Floats) -> _Reals:
    """Return how many of n texts are nearer to each of o others, `near` (o, n), than to any
    before it: `best` (n,), and the others that gain more."""
    found = np.zeros(len(near))
    left = np.arange(len(near))
    while len(left):
        gains = (near[left] > best).sum(axis=1)
        first = int(gains.argmax())
        if not gains[first]:
            break
        found[left[first]] = gains[first]
        best = np.maximum(best, near[left[first]])
        left = np.delete(left, first)
    return found
