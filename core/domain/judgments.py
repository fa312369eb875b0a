"""Answers, and the constraints that they settle into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from core.domain.errors import InputError
from core.domain.questions import Pair, Question, Triplet


class Verdict(StrEnum):
    """An answer. `left` and `right` name the question's own (ordered) sides."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    NEITHER = "neither"
    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


Source = Literal["human", "llm", "bulk", "rule"]

ALLOWED: dict[type[Question], frozenset[Verdict]] = {
    Triplet: frozenset({Verdict.LEFT, Verdict.RIGHT, Verdict.BOTH, Verdict.NEITHER}),
    Pair: frozenset({Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE}),
}


@dataclass(frozen=True, slots=True)
class Judgment:
    """One annotator's answer to one question.

    `confidence` in [0, 1]; `at` is UTC. Raises InputError where the verdict is
    not an answer to that kind of question.
    """

    question: Question
    verdict: Verdict
    source: Source
    annotator: str
    confidence: float
    at: datetime

    def __post_init__(self) -> None:
        if self.verdict not in ALLOWED[type(self.question)]:
            raise InputError(
                f"'{self.verdict}' does not answer a {type(self.question).__name__.lower()}.",
                "Use one of: " + ", ".join(sorted(ALLOWED[type(self.question)])) + ".",
            )


@dataclass(frozen=True, slots=True)
class Link:
    """Two texts that must or cannot be together; `weight` in (0, 1]."""

    left: str
    right: str
    weight: float


@dataclass(frozen=True, slots=True)
class WeightedTriplet:
    """`anchor` is closer to `positive` than to `negative`; `weight` in (0, 1]."""

    anchor: str
    positive: str
    negative: str
    weight: float


@dataclass(frozen=True, slots=True)
class Constraints:
    """Settled judgments. `contested` counts links and triplets left out because
    answers of equal rank contradict each other."""

    must_links: tuple[Link, ...] = ()
    cannot_links: tuple[Link, ...] = ()
    triplets: tuple[WeightedTriplet, ...] = ()
    contested: int = 0

    def __len__(self) -> int:
        return len(self.must_links) + len(self.cannot_links) + len(self.triplets)
