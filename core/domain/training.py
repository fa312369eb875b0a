"""What the embedder learns from, by which settings, and how a score is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self

from core.domain.shares import wilson
from core.domain.spaces import Floats, Ints

Speed = Literal["adapter", "last", "whole", "sharpen"]
"""How to train: a linear map over the vectors (seconds), the last layers or the whole
encoder (minutes); or a linear map by the clusters alone, without answers (seconds)."""


@dataclass(frozen=True, slots=True)
class TrainingSpec:
    """Settings of a contrastive fine-tune. `learning_rate` is AdamW's peak rate;
    `loss` names what triplets teach by: our own, or the reference recipe's. `layers`
    is how many of the last layers learn, None: all. `patience` is the number of epochs
    without a better check after which training ends."""

    epochs: int = 4
    batch_size: int = 16
    learning_rate: float = 2e-5
    temperature: float = 0.05
    seed: int = 0
    loss: Literal["guided", "clusterllm"] = "guided"
    layers: int | None = None
    patience: int = 3


@dataclass(frozen=True, slots=True, eq=False)
class TaughtGroups:
    """Texts with the group that they are to be near.

    `bodies` (n,), sorted; `groups` int32 (n,): 0 … g−1; `weights` float32 (n,) in
    (0, 1]: how sure it is. `centres` float32 (g, d), unit rows: where each group lies
    in the space that is left.
    """

    bodies: tuple[str, ...]
    groups: Ints
    weights: Floats
    centres: Floats


@dataclass(frozen=True, slots=True)
class TrainingExamples:
    """Bodies to learn from: (anchor, positive, negative), (left, right, same), and
    texts of groups. The weights in (0, 1], one a triplet and one a pair; () where all
    weigh 1."""

    triplets: tuple[tuple[str, str, str], ...]
    pairs: tuple[tuple[str, str, bool], ...]
    triplet_weights: tuple[float, ...] = ()
    pair_weights: tuple[float, ...] = ()
    groups: TaughtGroups | None = None

    def with_triplets(self, triplets: Sequence[tuple[str, str, str]], weight: float) -> Self:
        """Return these and further triplets that all weigh `weight`."""
        own = self.triplet_weights or (1.0,) * len(self.triplets)
        return replace(
            self,
            triplets=(*self.triplets, *triplets),
            triplet_weights=(*own, *(weight,) * len(triplets)),
        )

    @property
    def texts(self) -> int:
        """How many texts are read to learn once from each of these."""
        return 3 * len(self.triplets) + 2 * len(self.pairs) + self._taught

    @property
    def _taught(self) -> int:
        return len(self.groups.bodies) if self.groups else 0

    def __len__(self) -> int:
        return len(self.triplets) + len(self.pairs) + self._taught


@dataclass(frozen=True, slots=True, eq=False)
class Adapter:
    """A linear map over unit vectors: `matrix` float32 (d, d), applied from the right.

    `strength` in [0, 1) is how far it goes, 0 is nothing: what the answers themselves
    preferred, `before` without it and `after` with it in cross-validation.
    """

    matrix: Floats
    strength: float
    before: Score
    after: Score


@dataclass(frozen=True, slots=True, eq=False)
class Sharpening:
    """A linear map over unit vectors that clusters taught: `matrix` float32 (d, d), applied
    from the right. `losses` has KL(p‖q) of each step, `changed` the share of the `texts`
    learned from that changed their cluster in the last of the `rounds`."""

    matrix: Floats
    losses: tuple[float, ...]
    rounds: int
    changed: float
    texts: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast this machine is with the texts of a project: the seconds that it takes to
    embed a text, to learn once from a text with the whole encoder, and to lay out and
    cluster a text (beside a start of some seconds); and to sharpen a text's cluster."""

    embed: float
    learn: float
    draw: float
    sharpen: float = 0.002


@dataclass(frozen=True, slots=True)
class Score:
    """Held-out answers that a space gets right: `correct` of `total`, and the
    95% Wilson interval [`low`, `high`] of the share."""

    correct: int
    total: int
    low: float
    high: float

    @classmethod
    def of(cls, correct: int, total: int) -> Self:
        """Return the score with its Wilson interval (Wilson 1927); [0, 1] where total is 0."""
        return cls(correct, total, *wilson(correct, total))

    @property
    def share(self) -> float:
        return self.correct / self.total if self.total else 0.0
