"""A question as a person sees it: its texts, its choices, their keys."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.judgments import Verdict
from core.domain.questions import Asked, Triplet

NOTHING_LEFT = (
    "There is nothing left to ask on this map. Retrain the embedder, or cluster again "
    "with more clusters on the Map page."
)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the texts to choose between. `caption` is "" where it has no name."""

    text: str
    caption: str
    suggested: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: its label, its key on the keyboard, the verdict it stands for."""

    label: str
    key: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Card:
    """One question, ready to be shown. `anchor` is None for a pair; `suggestion`
    is the choice that the embedder guesses."""

    title: str
    anchor: str | None
    sides: tuple[Side, Side]
    choices: tuple[Choice, ...]
    suggestion: Choice | None


def card_of(asked: Asked) -> Card:
    """Return the card of a question. The choices stand as their keys lie."""
    question = asked.question
    guessed = asked.guess.verdict if asked.guess else None
    if isinstance(question, Triplet):
        verdicts = {question.left: Verdict.LEFT, question.right: Verdict.RIGHT}
        first, second = question.shown
        choices: tuple[Choice, ...] = (
            Choice("First", "Left", verdicts[first]),
            Choice("Neither", "Down", Verdict.NEITHER),
            Choice("Both", "B", Verdict.BOTH),
            Choice("Second", "Right", verdicts[second]),
        )
        title, anchor = "Which of the two is this text closer to?", question.anchor
        sides = (
            Side(first, "First", guessed == verdicts[first]),
            Side(second, "Second", guessed == verdicts[second]),
        )
    else:
        choices = (
            Choice("Same", "Y", Verdict.SAME),
            Choice("Cannot tell", "Down", Verdict.UNSURE),
            Choice("Different", "N", Verdict.DIFFERENT),
        )
        title, anchor = "Do these two belong to the same category?", None
        sides = (Side(question.left, "", False), Side(question.right, "", False))
    suggestion = next((choice for choice in choices if choice.verdict == guessed), None)
    return Card(title, anchor, sides, choices, suggestion)
