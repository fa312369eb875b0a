"""Sentences that a language model wrote to train by: never texts of the project.

They teach the embedder and nothing else: no export holds one, and no map shows one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.domain.errors import InputError
from core.domain.ids import content_id

SentenceKind = Literal["entailed", "contradicting"]
"""What was asked for: a sentence that follows from the text, or one that contradicts it."""

KINDS: tuple[SentenceKind, SentenceKind] = ("entailed", "contradicting")

SentenceRole = Literal["positive", "negative"]

Ruling = Literal["vetoed", "restored"]
"""What a person decided about a sentence, whatever its score."""

HIGHEST_SCORE = 5.0
"""Scores run from 0, nothing in common, to this, the same meaning (as in STS-B)."""

MOST_TEXTS = 5_000


def opposite(kind: SentenceKind) -> SentenceKind:
    """Return the other kind."""
    return "contradicting" if kind == "entailed" else "entailed"


@dataclass(frozen=True, slots=True)
class GenerationSpec:
    """How sentences are written. The defaults are for the bundled model: tried on 32 of
    Bank77's training texts, with ω 0.6 and no chance the entailed sentence lay nearer to
    its text than the contradicting one in 31 cases, with ω 0 in 20.

    `texts` to write for; `omega` ω ≥ 0, how far the opposite instruction's logits are
    taken off (MultiCSR: Wang et al., NAACL 2024; 0 is plain decoding); `temperature` of
    the draws, 0 for the likeliest token; `draws` sentences of each kind that a model
    without logits writes, of which the best by score is taken; `longest` tokens of a
    sentence. Raises InputError on values that make no sense.
    """

    texts: int = 100
    omega: float = 0.6
    temperature: float = 0.0
    draws: int = 3
    longest: int = 48
    seed: int = 0

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("number of texts", self.texts, 1, MOST_TEXTS),
            ("contrast ω", self.omega, 0.0, 2.0),
            ("temperature", self.temperature, 0.0, 2.0),
            ("number of draws", self.draws, 1, 9),
            ("length of a sentence", self.longest, 4, 200),
        ):
            if not low <= value <= high:
                raise InputError(
                    f"The {name} is {value:g}.", f"Give one between {low:g} and {high:g}."
                )


@dataclass(frozen=True, slots=True)
class GeneratedSentence:
    """A sentence written for the text with the id `text`. `kind` is what was asked for;
    `score` in [0, 5] how alike in meaning the model finds the two; `model` its name."""

    text: str
    kind: SentenceKind
    body: str
    score: float
    model: str

    @property
    def id(self) -> str:
        """The same for the same sentence to the same text, whichever run wrote it."""
        return content_id("generated", self.text, self.kind, self.body)


@dataclass(frozen=True, slots=True)
class CuratedSentence:
    """A generated sentence, what it would teach, and whether it does.

    `role` is what the scores make of it, which may be the opposite of what was asked
    for; `passed` whether the curation keeps it, `why` in a sentence; `ruling` is a
    person's word, which outranks it.
    """

    sentence: GeneratedSentence
    role: SentenceRole
    passed: bool
    why: str
    ruling: Ruling | None = None

    @property
    def kept(self) -> bool:
        """Whether it is learned from."""
        return self.passed if self.ruling is None else self.ruling == "restored"

    @property
    def swapped(self) -> bool:
        """Whether it serves as the opposite of what was asked for."""
        return (self.role == "positive") != (self.sentence.kind == "entailed")


@dataclass(frozen=True, slots=True)
class Generation:
    """One way of writing sentences in one project, and the texts last asked for.

    `key` is a hash of everything that shapes a sentence and its score: model and
    revision, wording, ω, chance. `texts` are ids.
    """

    key: str
    project: str
    model: str
    spec: GenerationSpec
    texts: tuple[str, ...]
    at: datetime
