"""How fine to cut: a tree of merges, and what speaks for which number of groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import UNASSIGNED
from core.domain.spaces import Floats, Ints

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class MergeTree:
    """Groups of texts, joined two by two until one is left.

    `bunches` int32 (n,): the leaf of each of `text_ids`, from 0, −1 outside the
    tree. `merges` int32 (m − 1, 2) for m leaves: the two nodes that each step
    joins, finest first, as scipy counts them (step i makes node m + i). Cut at
    the *level* k, the tree has k groups; the step from k groups to k − 1 is the
    merge at level k.
    """

    text_ids: tuple[str, ...]
    bunches: Ints
    merges: Ints

    @property
    def leaves(self) -> int:
        return len(self.merges) + 1

    def cut(self, k: int) -> Ints:
        """Return the groups at level k, int32 (n,), −1 outside the tree.

        Numbered from 0 by falling size, ties by first text; k is clipped to [1, m].
        """
        m = self.leaves
        done = m - min(max(k, 1), m)
        root = np.arange(m + done)
        for step in range(done - 1, -1, -1):
            root[self.merges[step]] = root[m + step]
        inside = self.bunches != UNASSIGNED
        groups = root[self.bunches[inside]]
        _, first, index, sizes = np.unique(
            groups, return_index=True, return_inverse=True, return_counts=True
        )
        rank = np.empty(len(sizes), dtype=np.int32)
        rank[np.lexsort((first, -sizes))] = np.arange(len(sizes), dtype=np.int32)
        labels = np.full(len(self.bunches), UNASSIGNED, dtype=np.int32)
        labels[inside] = rank[index]
        return labels

    def levels(self, left: Rows, right: Rows) -> Ints:
        """Return the level of the merge that brings each two texts together, int32 (p,).

        `left` and `right` are rows of texts in the tree. The two are in one group
        at every level below it; texts of one leaf always are: level m + 1.
        """
        m = self.leaves
        parent = np.full(2 * m - 1, 2 * m - 2, dtype=np.int64)
        for side in (0, 1):
            parent[self.merges[:, side]] = m + np.arange(m - 1)
        a, b = self.bunches[left].astype(np.int64), self.bunches[right].astype(np.int64)
        # A node is younger than those it joins: climb from the older until the two meet.
        while (a != b).any():
            a, b = np.where(a < b, parent[a], a), np.where(b < a, parent[b], b)
        return np.where(a < m, m + 1, 2 * m - a).astype(np.int32)

    def sides(self, finest: int) -> tuple[tuple[Rows, Rows], ...]:
        """Return the rows of the two sides of each merge at the levels 2 to `finest`,
        the coarsest first."""
        order = np.argsort(self.bunches, kind="stable")
        order = order[self.bunches[order] != UNASSIGNED]
        starts = np.searchsorted(self.bunches[order], np.arange(1, self.leaves))
        members = np.split(order, starts)
        found = []
        for step, (left, right) in enumerate(self.merges.tolist()):
            if self.leaves - step <= finest:
                found.append((members[left], members[right]))
            members.append(np.concatenate([members[left], members[right]]))
        return tuple(reversed(found))


@dataclass(frozen=True, slots=True)
class Curve:
    """How well each number of groups does: `counts` int32 (m,), ascending, and
    `values`, `low`, `high` float32 (m,), the last two a 90% band (all one line
    where nothing was sampled)."""

    counts: Ints
    values: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Count:
    """An estimated number of groups, and its 90% interval."""

    k: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Stop:
    """A number of groups worth stopping at, and the reason in one sentence."""

    k: int
    why: str


@dataclass(frozen=True, slots=True)
class Granularity:
    """What speaks for which number of groups.

    `consistency` is the F measure between the answers and the tree's levels, `answered` the
    estimate read off it; both None before there are enough answers (`answers`
    counts the usable ones). `found` is the number of groups that the answers make
    of all texts, None while they are few. `separation` is the silhouette of
    the levels, which needs no answer. `stops`: one to three, the best first.
    """

    consistency: Curve | None
    answered: Count | None
    answers: int
    found: Count | None
    separation: Curve
    separated: int
    stops: tuple[Stop, ...]
