"""Handing questions to people: who is asked what, and what they saw before they answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from core.domain.judgments import Judgment
from core.domain.questions import Asked, Question

Sight = Literal["nothing", "guess", "llm", "others"]
"""What stood beside a question when a person answered it: nothing (a blind check),
the embedder's guess, a language model's answer, or what other people had answered."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A person at a screen: the `annotator`'s name, and the `place` of this browser tab,
    which outlives a refresh. One person at two screens has two places."""

    annotator: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """How questions are handed out.

    `blind`: the share in [0, 1] of the model's answers that stay hidden until the
    person has answered. `shared`: the share in [0, 1] of questions that two people
    are asked. `lease`: how long a question that is shown is kept from others.
    """

    blind: float = 0.1
    shared: float = 0.1
    lease: timedelta = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Told:
    """A language model's answer, and its one-line `reason` ("" where it gave none)."""

    judgment: Judgment
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """A question in a person's hands. `told` is the newest answer of a language model,
    None where there is none; `blind`: it stays hidden until the person has answered."""

    asked: Asked
    told: Told | None = None
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A model's answer that a person may approve beside others; `flagged`: somebody
    flagged its question."""

    asked: Asked
    told: Told
    flagged: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a person is. `agreed` of `comparable` answers match the embedder's
    guess, `blind_agreed` of `blind` answers to blind checks the model's (abstentions
    apart); `machine`: a model has answered something; `times` are those of the newest
    answers, oldest first."""

    answered: int
    agreed: int
    comparable: int
    blind_agreed: int
    blind: int
    machine: bool
    times: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class NewestTold:
    """What some answers of models come to: how many are `answered` and how many
    abstentions (`unsure`); `differing` of the `comparable` are not the embedder's guess."""

    answered: int
    unsure: int
    comparable: int
    differing: int


@dataclass(frozen=True, slots=True)
class Both:
    """What two people or more said of one question, in the order of their answers.

    `first` holds what each said before they knew of another's answer; who answered
    only afterwards is not in it.
    """

    question: Question
    answers: tuple[Judgment, ...]
    first: tuple[Judgment, ...]
