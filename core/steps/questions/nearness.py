"""Which groups lie near each other, and what was compared already."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.groupings import Ground, Grouping
from core.domain.spaces import Floats, Ints

_Rows = NDArray[np.intp]

# exp(8·(cosine − 1)), as in kernel ridge regression over the anchors.
_WIDTH = 8.0

# Comparisons of groups that are counted as made before the first, and how many found
# two groups to be one.
_BEFORE, _FOUND_BEFORE = 6.0, 0.4

# The hit rate below which comparing is not thought to fall.
_LEAST = 0.01


@dataclass(frozen=True, slots=True)
class Nearness:
    """Groups by index into `ids` int32 (g,).

    `codes` int (m,): the group of each anchor; `cosines` float32 (m, m) between
    anchors, −2 on the diagonal; `between` float32 (g, g): the highest cosine of
    two anchors of two groups; `apart` and `beside` float (g, g): how often an
    answer said that two groups differ, and how often one was shown beside the
    chosen one; `established` bool (g,): an answer is about the group.
    """

    ground: Ground
    grouping: Grouping
    ids: Ints
    codes: _Rows
    cosines: Floats
    between: Floats
    apart: NDArray[np.float64]
    beside: NDArray[np.float64]
    established: NDArray[np.bool_]
    hit_rate: float

    @classmethod
    def of(cls, ground: Ground, grouping: Grouping) -> Nearness:
        """Return the nearness of the groups that `grouping` has anchors in."""
        ids, codes = np.unique(grouping.groups, return_inverse=True)
        cosines = ground.vectors[grouping.anchors] @ ground.vectors[grouping.anchors].T
        np.fill_diagonal(cosines, -2.0)
        order = np.argsort(codes, kind="stable")
        firsts = np.searchsorted(codes[order], np.arange(len(ids)))
        between = np.maximum.reduceat(cosines[order][:, order], firsts, axis=0)
        between = np.maximum.reduceat(between, firsts, axis=1)
        np.fill_diagonal(between, -1.0)
        established = np.zeros(len(ids), dtype=np.bool_)
        established[codes[grouping.asked]] = True
        apart, beside, rate = _compared(grouping, codes, len(ids))
        return cls(ground, grouping, ids, codes, cosines, between, apart, beside, established, rate)

    def establish(self, group: int) -> None:
        """Offer `group` from now on: a question of this batch is about it."""
        self.established[group] = True

    def group_of(self, text: int) -> int:
        """Return the group of a text, by its anchor or by the clustering."""
        at = np.flatnonzero(self.grouping.anchors == text)
        if len(at):
            return int(self.codes[at[0]])
        nearest = self.ground.vectors[self.grouping.anchors] @ self.ground.vectors[text]
        same = self.ids[self.codes] == self.grouping.clustering.labels[text]
        return int(self.codes[np.where(same, nearest + 2.0, nearest).argmax()])

    def nearest(self, text: int, count: int, *, without: Collection[int]) -> list[int]:
        """Return the established groups nearest to a text, by their nearest anchor."""
        cosines = self._towards(text)
        best = np.full(len(self.ids), -2.0, dtype=np.float32)
        np.maximum.at(best, self.codes, cosines)
        best[~self.established] = -2.0
        best[list(without)] = -2.0
        order = np.argsort(-best, kind="stable")[:count].tolist()
        return [group for group in order if best[group] > -2.0]

    def worth(self, compared: float, shown_beside: float) -> NDArray[np.float64]:
        """Return how much comparing two groups promises, (g, g): their nearness, times
        `compared` for each time that they were found to differ."""
        times = np.minimum(self.apart + shown_beside * self.beside, 6.0)
        worth = np.exp(_WIDTH * (self.between.astype(np.float64) - 1.0)) * compared**times
        worth[:, ~self.established] = 0.0
        np.fill_diagonal(worth, 0.0)
        return np.asarray(worth)

    def member_towards(self, group: int, other: int, answers: Mapping[int, int]) -> int | None:
        """Return the asked anchor of `group` nearest to `other`, rather one that few
        answers are about; None where nothing was asked in the group."""
        mine = np.flatnonzero((self.codes == group) & self.grouping.asked)
        if not len(mine):
            return None
        theirs = np.flatnonzero(self.codes == other)
        near = self.cosines[np.ix_(mine, theirs)].max(axis=1)
        rows = self.grouping.anchors[mine]
        often = np.array([answers.get(int(row), 0) for row in rows])
        return int(rows[(near - 0.2 * often).argmax()])

    def examples(self, group: int, text: int, count: int, used: set[int]) -> list[int]:
        """Return up to `count` rows that stand for `group` before `text`: near ones,
        rather those whose group an answer made sure. They are added to `used`."""
        mine = np.flatnonzero(self.codes == group)
        firm = self.grouping.asked[mine] * self.grouping.certainty[mine]
        score = self._towards(text)[mine] + 0.3 * firm
        rows = self.grouping.anchors[mine[np.argsort(-score, kind="stable")]].tolist()
        found = [row for row in rows if row not in used][:count]
        used.update(found)
        return found

    def _towards(self, text: int) -> Floats:
        anchors = self.grouping.anchors
        cosines = self.ground.vectors[anchors] @ self.ground.vectors[text]
        return np.where(anchors == text, np.float32(-2.0), cosines).astype(np.float32)


def _compared(
    grouping: Grouping, codes: _Rows, count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return what the answers compared, and the share of second and later answers
    about a text that found another group to be the same."""
    place = {row: at for at, row in enumerate(grouping.anchors.tolist())}
    apart, beside = np.zeros((count, count)), np.zeros((count, count))
    made, found = _BEFORE, _FOUND_BEFORE
    seen: set[int] = set()
    for item in grouping.evidence:
        own = codes[place[item.text]]
        if item.text in seen:
            made += 1
            found += (item.chosen is not None) - (1 - item.reliability)
        seen.add(item.text)
        for option in item.options:
            other = codes[place[option[0]]]
            counts = apart if item.chosen is None else beside
            counts[own, other] += 1
            counts[other, own] += 1
    return apart, beside, max(_LEAST, float(found / made))
