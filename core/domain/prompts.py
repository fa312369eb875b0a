"""Asking a language model: the wording, what it is for, and the answer that it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.domain.errors import CladeError, InputError
from core.domain.ids import content_id
from core.domain.judging import LONGEST_AIM
from core.domain.judgments import Verdict

PromptKind = Literal[
    "triplet", "pair", "placement", "contradiction", "naming", "hierarchy", "definition"
]


class InvalidReply(CladeError):  # noqa: N818 - a state of the reply, answered by a retry
    """A reply that does not answer what was asked. `problem` quotes nothing of the
    reply, so that it may be sent back to the model."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What the groups are for, in the person's words, and what counts as alike.

    `goal`: "group by what the customer wants, not by tone", "" for none; `aspect`:
    "topic", "intent". Raises InputError where one is too long.
    """

    goal: str = ""
    aspect: str = "topic"

    def __post_init__(self) -> None:
        for name, value in (("aim", self.goal), ("aspect", self.aspect)):
            if len(value) > LONGEST_AIM:
                raise InputError(
                    f"The {name} has {len(value):,} characters.",
                    f"Say it in at most {LONGEST_AIM}.",
                )


@dataclass(frozen=True, slots=True)
class Template:
    """The wording of one kind of prompt, with named fields such as `{query}`.

    `system` holds the rules, `user` the question with the fields of its texts.
    `forced`: the model must choose and may not abstain, as the reference recipe
    has it. The name is no part of the version.
    """

    kind: PromptKind
    name: str
    system: str
    user: str
    forced: bool = False

    @property
    def version(self) -> str:
        """The hash of everything that shapes the prompt."""
        forced = "forced" if self.forced else ""
        return content_id("template", self.kind, self.system, self.user, forced)


@dataclass(frozen=True, slots=True)
class Demonstration:
    """An answered pair shown before the question: two bodies, the answer, its reason."""

    left: str
    right: str
    same: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model says to a question. `confidence` in [0, 1], None where it gave
    none; `reason` one line, "" where it gave none."""

    verdict: Verdict
    confidence: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """What a topic means: one or two sentences, what belongs in it and what does not
    ("" where that was not said), and `quotes` that stand word for word in its texts."""

    sentence: str
    belongs: str = ""
    excluded: str = ""
    quotes: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """Return it as one description, without the quotes."""
        parts = (
            self.sentence,
            self.belongs and f"Belongs here: {self.belongs}",
            self.excluded and f"Does not belong here: {self.excluded}",
        )
        return " ".join(
            part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part
        )


@dataclass(frozen=True, slots=True)
class Naming:
    """A label for a group of texts, and what it means."""

    label: str
    definition: Definition


@dataclass(frozen=True, slots=True)
class Parent:
    """A label over some of the topics that were shown, `members` counted from 0, and
    what it means in a sentence ("" where that was not said)."""

    label: str
    members: tuple[int, ...]
    definition: str = ""
