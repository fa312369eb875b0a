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


def _order(question: Triplet | Pair) -> None:
    left, right = sorted((question.left, question.right))
    object.__setattr__(question, "left", left)
    object.__setattr__(question, "right", right)


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
        _order(self)

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
        _order(self)

    @property
    def id(self) -> str:
        return content_id("pair", self.left, self.right)

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.left, self.right)


MOST_CANDIDATES = 5
"""Groups that a placement offers at most: more do not fit a glance, or the keys."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Which of a few groups does `text` belong to, or is it a new group?

    `bunch` holds near-identical texts that go with `text` (perhaps none), and
    each of the 1 to 5 `candidates` a group by some texts that stand for it (one
    to three). The constructor sorts bunch, candidates and the texts of each, so
    the order in which they were drawn leaves no trace; `shown` is the order in
    which a person sees the candidates.
    """

    text: str
    bunch: tuple[str, ...]
    candidates: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.candidates) <= MOST_CANDIDATES or not all(self.candidates):
            raise InputError(
                f"A placement offers 1 to {MOST_CANDIDATES} groups, each with a text.",
                "Propose it again with other groups.",
            )
        _distinct(self.text, *self.bunch, *(text for group in self.candidates for text in group))
        object.__setattr__(self, "bunch", tuple(sorted(self.bunch)))
        groups = sorted(tuple(sorted(group)) for group in self.candidates)
        object.__setattr__(self, "candidates", tuple(groups))

    @property
    def id(self) -> str:
        groups = (part for group in self.candidates for part in ("group", *group))
        return content_id("placement", self.text, *self.bunch, *groups)

    @property
    def shown(self) -> tuple[int, ...]:
        """Indices of `candidates` in display order: shuffled, the same every time."""
        places = range(len(self.candidates))
        return tuple(sorted(places, key=lambda place: content_id(self.id, str(place))))

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.text, *self.bunch, *(text for group in self.candidates for text in group))


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Answers about three texts cannot all be right: which of them belong together?

    Text ids, first < second < third; the constructor orders them.
    """

    first: str
    second: str
    third: str

    def __post_init__(self) -> None:
        _distinct(self.first, self.second, self.third)
        for name, text in zip(("first", "second", "third"), sorted(self.texts), strict=True):
            object.__setattr__(self, name, text)

    @property
    def id(self) -> str:
        return content_id("contradiction", *self.texts)

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.first, self.second, self.third)


Question = Triplet | Pair | Placement | Contradiction


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
