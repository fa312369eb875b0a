"""Annotators who always say the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from core.domain.judgments import GROUPS, Annotator, Judgment, Verdict, latest
from core.domain.questions import Placement, Question, Triplet

FEWEST = 20
"""Answers of a kind that may all be the same by chance, if fewer."""


@dataclass(frozen=True, slots=True)
class Monotony:
    """`who` gave the same answer to all of `answers` questions of a `kind`: the verdict
    `says`, or what was shown at the same `place` (from 0) each time; the other is None."""

    who: Annotator
    kind: type[Question]
    answers: int
    says: Verdict | None
    place: int | None = None


def monotonous(judgments: Iterable[Judgment]) -> tuple[Monotony, ...]:
    """Return who always says the same, by name and kind; abstaining counts, too.

    The sides of a question are ordered by their ids and shown in an order drawn by
    its own: that one of the two names all right answers of twenty questions is next
    to impossible. What is no side (same, different, a new group) may be right each time.
    """
    given: dict[tuple[Annotator, type[Question]], list[Judgment]] = defaultdict(list)
    for answers in latest(judgments).values():
        for who, judgment in answers.items():
            given[who, type(judgment.question)].append(judgment)
    found = []
    for (who, kind), of_kind in given.items():
        says, places = {j.verdict for j in of_kind}, {_place(j) for j in of_kind}
        if len(of_kind) < FEWEST or (len(says) > 1 and (len(places) > 1 or None in places)):
            continue
        one = says.pop() if len(says) == 1 else None
        found.append(Monotony(who, kind, len(of_kind), one, None if one else places.pop()))
    return tuple(sorted(found, key=lambda one: (one.who, one.kind.__name__)))


def _place(judgment: Judgment) -> int | None:
    """Return where the chosen side was shown, None where none was chosen."""
    question, verdict = judgment.question, judgment.verdict
    if isinstance(question, Triplet) and verdict in (Verdict.LEFT, Verdict.RIGHT):
        side = question.left if verdict is Verdict.LEFT else question.right
        return question.shown.index(side)
    if isinstance(question, Placement) and verdict in GROUPS:
        return question.shown.index(GROUPS.index(verdict))
    return None
