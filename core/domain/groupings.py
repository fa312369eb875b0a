"""Answers spread over all texts: the ground they stand on and the groups they make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import Clustering
from core.domain.spaces import Floats, Ints

SHARPNESS = 10.0
"""How readily texts are linked falls by e with each tenth of their cosine. Chosen, as what
a prior group counts is, on texts of BANKING77's train file."""

PARTS = 0.35
"""Where more than this share of the prior groups belongs to others, the groups that are
wanted are wide, and the prior groups parts of them. Chosen on texts of BANKING77's train
file and of CLINC150 outside its test file."""

_HOME = 3.0

# Added to ties, so that prior groups without any are still compared.
_LOOSE = 0.01


@dataclass(frozen=True, slots=True)
class Ground:
    """What the question engine needs of a space, computed once and then read.

    Rows are texts in the order of `text_ids` (n, sorted). `vectors` float32
    (n, d): unit rows, each pulled towards its nearest neighbours. `prior` int32
    (n,): the groups that the map has with no answer, 0 … p−1, nobody left out;
    `prior_ids` int32 (p,) their cluster ids. `blocks` int32 (n,): finer bunches,
    each inside one prior group; `medoids` int32 (b,) and `starts` int32 (p,):
    the row that stands for each block and for each prior group. `neighbours` int32
    (n, k): the rows nearest to each text, the text itself where it has fewer;
    `likeness` float32 (n, k) their weights, 0 for itself.
    """

    space: str
    text_ids: tuple[str, ...]
    vectors: Floats
    prior: Ints
    prior_ids: Ints
    blocks: Ints
    medoids: Ints
    starts: Ints
    neighbours: Ints
    likeness: Floats

    def affinity(
        self, rows: NDArray[np.integer], others: NDArray[np.integer]
    ) -> NDArray[np.float64]:
        """Return how readily texts `rows` (n,) are linked to `others` (m,) before any
        answer: exp(10·(cosine − 1)), three times as much inside a prior group; float64
        (n, m)."""
        cosines = (self.vectors[rows] @ self.vectors[others].T).astype(np.float64)
        home = self.prior[rows][:, None] == self.prior[others]
        return np.asarray(np.exp(SHARPNESS * (cosines - 1.0)) * np.where(home, _HOME, 1.0))

    @property
    def closeness(self) -> NDArray[np.float64]:
        """How close prior groups are by all their texts: the share of the likeness of
        two to their neighbours (of a geometric mean) that lies between the two, and a
        little for all; float64 (p, p), the least for a group and itself."""
        count = len(self.prior_ids)
        cells = self.prior[:, None].astype(np.intp) * count + self.prior[self.neighbours]
        one_way = np.bincount(cells.ravel(), self.likeness.ravel(), minlength=count**2)
        between = one_way.reshape(count, count)
        whole = np.maximum(between.sum(axis=1), 1e-9)
        ties = (between + between.T) / np.sqrt(np.outer(whole, whole))
        np.fill_diagonal(ties, 0.0)
        return np.asarray(ties + _LOOSE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One answer in rows of a ground: `text` belongs with the texts of option
    `chosen`, or with none of the `options` (None). `reliability` in (0, 1) is the
    chance that the answer is right; `question` the id of what was asked; `machine`
    whether no person gave it; `placed` whether the options were groups picked for the
    text, so that none of them says it may be of a group of its own."""

    text: int
    options: tuple[tuple[int, ...], ...]
    chosen: int | None
    reliability: float
    question: str
    machine: bool = False
    placed: bool = False


@dataclass(frozen=True, slots=True)
class Grouping:
    """The groups that the answers speak for, and how firmly.

    `clustering` holds a cluster id and a strength (the chance that the group is
    right, float32 in [0, 1]) for each text; `runner_up` int32 (n,) the next
    likely cluster id, −1 where there is none. `leading` int32 (n, l): up to eight cluster
    ids that the answers alone make likely, the likeliest first, and `shares` float32
    (n, l) how likely. `anchors` int32 (m,) are the rows
    that carry a group to the others: those that answers name, and one for each
    prior group; `groups` int32 (m,) their cluster ids, `certainty` float32 (m,) how
    sure these are, `asked` bool (m,) whether an answer is about them, `placed` bool (m,)
    whether one placed them.
    `decided_by` int32 (n, 3): indices into `evidence` of the answers nearest to
    each text in its group, −1 where there are fewer. `ignored` counts answers
    about texts that are no longer there.

    `draws` int32 (s, m): in each of s partitions as likely as the answers make them, one
    anchor (by index) of the group of each anchor; `right` in (0, 1]: the share of
    answers that are right, as far as that can be told; `joining` float64 (p,), in (0, 1):
    how likely what stands for each prior group belongs to another.
    """

    clustering: Clustering
    runner_up: Ints
    leading: Ints
    shares: Floats
    anchors: Ints
    groups: Ints
    certainty: Floats
    asked: NDArray[np.bool_]
    placed: NDArray[np.bool_]
    decided_by: Ints
    evidence: tuple[Evidence, ...]
    ignored: int
    draws: Ints
    right: float
    joining: NDArray[np.float64]

    @property
    def wide(self) -> bool:
        """Whether the prior groups turned out to be parts of wider ones."""
        return bool(self.joining.mean() > PARTS)

    @property
    def together(self) -> Floats:
        """The share of `draws` in which two anchors are in one group, float32 (m, m)."""
        return drawn_together(self.draws)


def drawn_together(draws: Ints) -> Floats:
    """Return the share of `draws` int32 (s, m) in which two anchors are in one group,
    float32 (m, m)."""
    found = np.zeros((draws.shape[1],) * 2, dtype=np.float32)
    for draw in draws:
        found += draw[:, None] == draw
    return found / np.float32(len(draws))


def members_of(labels: Ints) -> list[NDArray[np.intp]]:
    """Return the rows of each of the groups 0 … g−1 in `labels` int (n,), ascending."""
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.cumsum(np.bincount(labels))[:-1])
