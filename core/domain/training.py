"""What the embedder learns from, by which settings, and how a score is counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

from core.domain.shares import wilson


@dataclass(frozen=True, slots=True)
class TrainingSpec:
    """Settings of a contrastive fine-tune. `learning_rate` is AdamW's peak rate;
    `loss` names what triplets teach by: our own, or the reference recipe's."""

    epochs: int = 4
    batch_size: int = 16
    learning_rate: float = 2e-5
    temperature: float = 0.05
    seed: int = 0
    loss: Literal["guided", "clusterllm"] = "guided"


@dataclass(frozen=True, slots=True)
class TrainingExamples:
    """Bodies to learn from: (anchor, positive, negative) and (left, right, same)."""

    triplets: tuple[tuple[str, str, str], ...]
    pairs: tuple[tuple[str, str, bool], ...]

    def __len__(self) -> int:
        return len(self.triplets) + len(self.pairs)


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
