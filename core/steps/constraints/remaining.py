"""What a verdict says about pairs of texts, and what is left of it once texts are deleted."""

from __future__ import annotations

from collections.abc import Collection
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
    another is not said to be different. `unsure` says nothing, and neither does
    the nearer side of a triplet.
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
    named = (chosen,) if chosen else rejected
    found = [
        Saying(ends(question.text, text), bool(chosen), 1.0 / len(group))
        for group in named
        for text in group
    ]
    found += [
        Saying(ends(question.text, text), True, BUNCH_SHARE / len(question.bunch), aside=True)
        for text in question.bunch
    ]
    return tuple(found)


def sides_of(
    placement: Placement, verdict: Verdict
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return (chosen, rejected) of a placement; () is chosen where it is a new group."""
    if verdict is Verdict.NEW:
        return (), placement.candidates
    place = GROUPS.index(verdict)
    others = placement.candidates[:place] + placement.candidates[place + 1 :]
    return placement.candidates[place], others


def still_there(
    question: Question, verdict: Verdict, known: Collection[str] | None
) -> tuple[Question, Verdict] | None:
    """Return the question and the verdict without the texts that are not `known`.

    A placement keeps its known texts, and the groups that still have some; any
    other question needs all of its texts. None where nothing can be said any
    more, also because the chosen group is gone. `known` None knows all texts.
    """
    if known is None or all(text in known for text in question.texts):
        return question, verdict
    if not isinstance(question, Placement) or question.text not in known:
        return None
    groups = [tuple(t for t in group if t in known) for group in question.candidates]
    left = tuple(group for group in groups if group)
    if not left:
        return None
    bunch = tuple(text for text in question.bunch if text in known)
    rest = Placement(question.text, bunch, left)
    if verdict not in GROUPS:
        return rest, verdict
    chosen = groups[GROUPS.index(verdict)]
    # Sorted anew, the groups may have changed places.
    return (rest, GROUPS[rest.candidates.index(chosen)]) if chosen else None
