"""Answers, and the constraints that they settle into."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from core.domain.errors import InputError
from core.domain.questions import Contradiction, Pair, Placement, Question, Triplet


class Verdict(StrEnum):
    """An answer. `left` and `right` name a question's own (ordered) sides,
    `group 1` to `group 5` a placement's own (ordered) candidates, and the last
    four which of a contradiction's own (ordered) texts belong together."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    NEITHER = "neither"
    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"
    GROUP_1 = "group 1"
    GROUP_2 = "group 2"
    GROUP_3 = "group 3"
    GROUP_4 = "group 4"
    GROUP_5 = "group 5"
    NEW = "new"
    ALL = "all"
    FIRST_SECOND = "first and second"
    FIRST_THIRD = "first and third"
    SECOND_THIRD = "second and third"
    NONE = "none"


GROUPS = (Verdict.GROUP_1, Verdict.GROUP_2, Verdict.GROUP_3, Verdict.GROUP_4, Verdict.GROUP_5)
"""The verdicts that name a placement's candidates, in their order."""

Source = Literal["human", "llm", "bulk", "rule"]

AnnotatorClass = Literal["person", "machine"]
"""What outranks what: `human` and `bulk` answers are a person's, `llm` and `rule`
answers a machine's."""

CLASS: Mapping[Source, AnnotatorClass] = {
    "human": "person",
    "bulk": "person",
    "llm": "machine",
    "rule": "machine",
}

Annotator = tuple[AnnotatorClass, str]
"""People and machines of one name are kept apart."""

# `unsure` is the abstention of every kind. People are not offered it for a triplet, which
# has "both" and "neither"; a machine is, and one that answers by the order of the sides
# abstains so.
_ALLOWED: dict[type[Question], frozenset[Verdict]] = {
    Triplet: frozenset(
        {Verdict.LEFT, Verdict.RIGHT, Verdict.BOTH, Verdict.NEITHER, Verdict.UNSURE}
    ),
    Pair: frozenset({Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE}),
    Contradiction: frozenset(
        {
            Verdict.ALL,
            Verdict.FIRST_SECOND,
            Verdict.FIRST_THIRD,
            Verdict.SECOND_THIRD,
            Verdict.NONE,
            Verdict.UNSURE,
        }
    ),
}


def allowed(question: Question) -> frozenset[Verdict]:
    """Return the verdicts that answer a question."""
    if isinstance(question, Placement):
        groups = GROUPS[: len(question.candidates)]
        return frozenset({*groups, Verdict.NEW, Verdict.UNSURE})
    return _ALLOWED[type(question)]


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
        if self.verdict not in allowed(self.question):
            raise InputError(
                f"'{self.verdict}' does not answer a {type(self.question).__name__.lower()}.",
                "Use one of: " + ", ".join(sorted(allowed(self.question))) + ".",
            )

    @property
    def by(self) -> Annotator:
        """Whose answer this is."""
        return CLASS[self.source], self.annotator


Answers = Mapping[Question, Mapping[Annotator, Judgment]]


def latest(judgments: Iterable[Judgment]) -> Answers:
    """Return each annotator's latest answer to each question, whatever their order."""
    found: dict[Question, dict[Annotator, Judgment]] = defaultdict(dict)
    for judgment in judgments:
        of_question, who = found[judgment.question], judgment.by
        if who not in of_question or _recency(judgment) > _recency(of_question[who]):
            of_question[who] = judgment
    return found


def heard(given: Mapping[Annotator, Judgment]) -> dict[Annotator, Judgment]:
    """Return the answers to one question that count: where a person answered, be it
    `unsure`, no machine's does."""
    people = {who: judgment for who, judgment in given.items() if who[0] == "person"}
    return people or dict(given)


def counting(judgments: Iterable[Judgment]) -> list[Judgment]:
    """Return the answers that count, see `latest` and `heard`, in an order of their own."""
    found = [one for given in latest(judgments).values() for one in heard(given).values()]
    return sorted(found, key=lambda one: (one.question.id, one.by))


def _recency(judgment: Judgment) -> tuple[float, float, str, str]:
    """Order answers in time; what follows the time only makes equal times definite."""
    return (judgment.at.timestamp(), judgment.confidence, judgment.verdict, judgment.source)


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
class WeightedPlacement:
    """`text`, and the `bunch` of near-identical texts with it, belongs to the group
    that the texts `chosen` stand for; () where it is a new group.

    `rejected` holds the texts of each other group that was offered. Beside a
    chosen group they were only not chosen: one of them may be the same group
    under another face. Where `chosen` is () the text belongs to none of them.
    `weight` in (0, 1].
    """

    text: str
    bunch: tuple[str, ...]
    chosen: tuple[str, ...]
    rejected: tuple[tuple[str, ...], ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """How often an annotator is right: `share` in (0, 1) with the 95% interval
    [`low`, `high`], from `compared` answers that others speak about too."""

    share: float
    low: float
    high: float
    compared: int


@dataclass(frozen=True, slots=True)
class Constraints:
    """Settled judgments.

    The links of the placements are among `must_links` and `cannot_links`; the
    length counts links and triplets, and so each placement by its links.
    `contested` counts what was left out because answers of equal rank contradict
    each other, `ignored` the answers about texts that are not there any more.
    """

    must_links: tuple[Link, ...] = ()
    cannot_links: tuple[Link, ...] = ()
    triplets: tuple[WeightedTriplet, ...] = ()
    contested: int = 0
    placements: tuple[WeightedPlacement, ...] = ()
    ignored: int = 0

    def __len__(self) -> int:
        return len(self.must_links) + len(self.cannot_links) + len(self.triplets)
