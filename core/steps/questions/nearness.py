"""Which groups lie near each other, and what was compared already."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.groupings import Ground, Grouping
from core.domain.spaces import Floats, Ints

_Rows = NDArray[np.intp]

# What each answer about a text takes from its nearness when it is to speak for its group.
_OFTEN = 0.2


@dataclass(frozen=True, slots=True)
class Nearness:
    """Groups by index into `ids` int32 (g,).

    `codes` int (m,): the group of each anchor; `cosines` float32 (m, m) between
    anchors, −2 on the diagonal; `established` bool (g,): an answer is about the group.
    """

    ground: Ground
    grouping: Grouping
    ids: Ints
    codes: _Rows
    cosines: Floats
    established: NDArray[np.bool_]

    @classmethod
    def of(cls, ground: Ground, grouping: Grouping) -> Nearness:
        """Return the nearness of the groups that `grouping` has anchors in."""
        ids, codes = np.unique(grouping.groups, return_inverse=True)
        cosines = ground.vectors[grouping.anchors] @ ground.vectors[grouping.anchors].T
        np.fill_diagonal(cosines, -2.0)
        established = np.zeros(len(ids), dtype=np.bool_)
        established[codes[grouping.asked]] = True
        return cls(ground, grouping, ids, codes, cosines, established)

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

    def member_towards(self, fragment: int, other: int, answers: Mapping[int, int]) -> int:
        """Return the asked anchor of `fragment` nearest to `other`, rather one that few
        answers are about."""
        fragments = self.grouping.fragments
        mine = np.flatnonzero((fragments == fragment) & self.grouping.asked)
        near = self.cosines[np.ix_(mine, np.flatnonzero(fragments == other))].max(axis=1)
        rows = self.grouping.anchors[mine]
        often = np.array([answers.get(int(row), 0) for row in rows])
        return int(rows[(near - _OFTEN * often).argmax()])

    def examples(
        self, among: NDArray[np.bool_], text: int, count: int, used: set[int]
    ) -> list[int]:
        """Return up to `count` rows of the anchors `among` bool (m,) that stand for them
        before `text`: near ones, rather those that an answer made sure of. They are
        added to `used`."""
        mine = np.flatnonzero(among)
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
