"""The proposal that a training ends in: two spaces side by side, and what speaks for which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import comb
from typing import Literal

from core.domain.clusterings import Lineage
from core.domain.training import Score

CHANCE = 0.05
"""Below this probability a gain is taken for more than chance."""

ProposalStatus = Literal["open", "kept", "discarded", "both"]
"""`both`: the old space stays in use and the new one waits in History."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Held-out answers that one space gets right, by the kind of question."""

    pairs: Score
    triplets: Score
    placements: Score

    @property
    def all(self) -> Score:
        """All kinds together."""
        kinds = (self.pairs, self.triplets, self.placements)
        return Score.of(sum(kind.correct for kind in kinds), sum(kind.total for kind in kinds))


@dataclass(frozen=True, slots=True)
class Mover:
    """A text that changed its cluster, from `old` to `new` (−1 unassigned).

    `distance` is how decidedly: the cosine margin for the old cluster in the old
    space plus that for the new one in the new space. `questions` are the ids of the
    questions whose learned answers lie nearest to the text, the nearest first.
    """

    text: str
    old: int
    new: int
    distance: float
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two spaces side by side.

    `gained` counts the held-out answers that only the new space gets right, `lost`
    those that only the old one does. `silhouettes` are of each space's own clusters
    (None: fewer than two); `ari` and `nmi` compare the two partitions.
    """

    before: Scores
    after: Scores
    gained: int
    lost: int
    silhouettes: tuple[float | None, float | None]
    ari: float
    nmi: float
    movers: tuple[Mover, ...]

    @property
    def chance(self) -> float:
        """The probability of such a gain or a greater one where both spaces are equally
        good: the exact one-sided sign test (McNemar 1947) over the answers that differ."""
        differ = self.gained + self.lost
        return float(sum(comb(differ, k) for k in range(self.gained, differ + 1)) / 2**differ)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A retrained space offered beside the one it came from.

    `before` and `after` count held-out answers of all kinds; `moved` texts whose
    cluster changed; `trained_on` the constraints learned from; `seconds` is the
    wall time of the training alone. `comparison` is None in the proposals of an older
    Clade.
    """

    id: str
    project: str
    old_map: str
    new_map: str
    before: Score
    after: Score
    trained_on: int
    moved: int
    seconds: float
    lineage: Lineage
    status: ProposalStatus
    at: datetime
    comparison: Comparison | None = None

    @property
    def judged(self) -> bool:
        """Whether any answer judges it at all."""
        return self.after.total > 0

    @property
    def better(self) -> bool:
        """Whether the new space gets more held-out answers right than the old."""
        return self.after.correct > self.before.correct

    @property
    def sure(self) -> bool:
        """Whether the gain is beyond what chance explains."""
        if self.comparison is None:
            return self.after.low > self.before.high
        return self.comparison.chance < CHANCE
