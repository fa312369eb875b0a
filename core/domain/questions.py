"""Questions about texts. Swapping the sides of a question gives the same question."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.errors import InputError
from core.domain.ids import content_id


def _distinct(*text_ids: str) -> None:
    if len(set(text_ids)) != len(text_ids):
        raise InputError(
            "A question needs different texts, and got one text twice.",
            "Propose it again with distinct texts.",
        )


@dataclass(frozen=True, slots=True)
class Triplet:
    """Is the anchor closer to `left` or to `right`? Text ids, left < right.

    The constructor orders the sides, so the order in which they were drawn
    leaves no trace; `shown` is the order in which a person sees them.
    """

    anchor: str
    left: str
    right: str

    def __post_init__(self) -> None:
        _distinct(self.anchor, self.left, self.right)
        if self.left > self.right:
            left, right = self.right, self.left
            object.__setattr__(self, "left", left)
            object.__setattr__(self, "right", right)

    @property
    def id(self) -> str:
        return content_id("triplet", self.anchor, self.left, self.right)

    @property
    def shown(self) -> tuple[str, str]:
        """The two sides in display order: a coin flip that is the same every time."""
        return (self.left, self.right) if int(self.id, 16) % 2 else (self.right, self.left)

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.anchor, self.left, self.right)


@dataclass(frozen=True, slots=True)
class Pair:
    """Do `left` and `right` belong to the same category? Text ids, left < right."""

    left: str
    right: str

    def __post_init__(self) -> None:
        _distinct(self.left, self.right)
        if self.left > self.right:
            left, right = self.right, self.left
            object.__setattr__(self, "left", left)
            object.__setattr__(self, "right", right)

    @property
    def id(self) -> str:
        return content_id("pair", self.left, self.right)

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.left, self.right)


Question = Triplet | Pair


@dataclass(frozen=True, slots=True)
class Guess:
    """What the embedder would answer. `margin` in [0, 1]; `reason` one sentence."""

    verdict: str
    margin: float
    reason: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in the queue: why it is asked, how many texts it touches, and
    the space whose vectors proposed it."""

    question: Question
    why: str
    touches: int
    space: str
    guess: Guess | None = None
