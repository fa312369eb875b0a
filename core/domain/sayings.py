"""What an answer says of two texts."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.judgments import GROUPS, Verdict
from core.domain.questions import Contradiction, Pair, Placement, Question, Triplet

BUNCH_SHARE = 0.5
"""What a bunch weighs beside the text it goes with: the embedder put it there, and
whoever answered saw a part of it at most."""

Ends = tuple[str, str]
"""Two text ids, the lesser first."""

_JOINED: dict[Verdict, tuple[bool, bool, bool]] = {
    Verdict.ALL: (True, True, True),
    Verdict.FIRST_SECOND: (True, False, False),
    Verdict.FIRST_THIRD: (False, True, False),
    Verdict.SECOND_THIRD: (False, False, True),
    Verdict.NONE: (False, False, False),
}
"""Whether first and second, first and third, second and third belong together."""


@dataclass(frozen=True, slots=True)
class Saying:
    """Two texts belong together or not. `share` in (0, 1] of the answer's weight;
    `aside`: not asked about directly, so that any direct answer goes before it."""

    ends: Ends
    same: bool
    share: float
    aside: bool = False


def ends(one: str, other: str) -> Ends:
    return (one, other) if one < other else (other, one)


def sayings(question: Question, verdict: Verdict) -> tuple[Saying, ...]:
    """Return what `verdict` says about pairs of the question's texts.

    A placement's links share its weight, so that it counts no more than another
    question does: the text goes with each text of the chosen group or, as a new
    group, with none of those shown. A group that was merely not chosen beside
    another is not said to be different, see `passed_over`. `unsure` says nothing,
    and neither does the nearer side of a triplet.
    """
    if verdict is Verdict.UNSURE:
        return ()
    if isinstance(question, Pair):
        return (Saying((question.left, question.right), verdict is Verdict.SAME, 1.0),)
    if isinstance(question, Triplet):
        if verdict not in (Verdict.BOTH, Verdict.NEITHER):
            return ()
        sides = (question.left, question.right)
        return tuple(
            Saying(ends(question.anchor, side), verdict is Verdict.BOTH, 1.0) for side in sides
        )
    if isinstance(question, Contradiction):
        first, second, third = question.texts
        pairs = ((first, second), (first, third), (second, third))
        return tuple(
            Saying(pair, same, 1.0) for pair, same in zip(pairs, _JOINED[verdict], strict=True)
        )
    chosen, rejected = sides_of(question, verdict)
    found = _with_groups(question, (chosen,), True) if chosen else ()
    apart = () if chosen else _with_groups(question, rejected, False)
    bunch = tuple(
        Saying(ends(question.text, text), True, BUNCH_SHARE / len(question.bunch), aside=True)
        for text in question.bunch
    )
    return (*found, *apart, *bunch)


def passed_over(question: Question, verdict: Verdict) -> tuple[Saying, ...]:
    """Return that a placement's text is apart from the groups beside the chosen one.

    For who takes a choice to rule the others out; one of them may be the chosen
    group under another face. Nothing where no group was chosen, or of another question.
    """
    if not isinstance(question, Placement) or verdict not in GROUPS:
        return ()
    return _with_groups(question, sides_of(question, verdict)[1], False)


def sides_of(
    placement: Placement, verdict: Verdict
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return (chosen, rejected) of a placement; () is chosen where it is a new group."""
    if verdict is Verdict.NEW:
        return (), placement.candidates
    place = GROUPS.index(verdict)
    others = placement.candidates[:place] + placement.candidates[place + 1 :]
    return placement.candidates[place], others


def _with_groups(
    placement: Placement, groups: tuple[tuple[str, ...], ...], same: bool
) -> tuple[Saying, ...]:
    return tuple(
        Saying(ends(placement.text, text), same, 1.0 / len(group))
        for group in groups
        for text in group
    )
