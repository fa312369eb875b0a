"""The labels of a question's answers, and which verdict each stands for."""

from __future__ import annotations

from core.domain.errors import InputError
from core.domain.judgments import GROUPS, Verdict
from core.domain.questions import Contradiction, Pair, Placement, Question, Triplet

_FORCED = ("1", "2", "yes", "no")

_BY_PLACE = frozenset(
    {
        *(Verdict.LEFT, Verdict.RIGHT),
        *GROUPS,
        *(Verdict.FIRST_SECOND, Verdict.FIRST_THIRD, Verdict.SECOND_THIRD),
    }
)


def options(question: Question, swapped: bool = False) -> dict[str, Verdict]:
    """Return the verdict that each label stands for, in the order in which a prompt
    names them.

    The numbers follow the question's display order; `swapped` turns it round: the
    two sides of a triplet, the groups of a placement, the texts of a contradiction.
    Every verdict that answers the question has one label.
    """
    if isinstance(question, Triplet):
        sides = (Verdict.LEFT, Verdict.RIGHT)
        first, second = sides if sides_shown(question, swapped)[0] == question.left else sides[::-1]
        return {
            "1": first,
            "2": second,
            "both": Verdict.BOTH,
            "neither": Verdict.NEITHER,
            "unsure": Verdict.UNSURE,
        }
    if isinstance(question, Pair):
        return {"yes": Verdict.SAME, "no": Verdict.DIFFERENT, "unsure": Verdict.UNSURE}
    if isinstance(question, Placement):
        groups = (GROUPS[place] for place in groups_shown(question, swapped))
        numbered = {str(number): group for number, group in enumerate(groups, start=1)}
        return {**numbered, "new": Verdict.NEW, "unsure": Verdict.UNSURE}
    ends = (Verdict.FIRST_SECOND, Verdict.SECOND_THIRD)
    first, last = ends[::-1] if swapped else ends
    return {
        "all": Verdict.ALL,
        "AB": first,
        "AC": Verdict.FIRST_THIRD,
        "BC": last,
        "none": Verdict.NONE,
        "unsure": Verdict.UNSURE,
    }


def labels(question: Question, *, forced: bool = False) -> tuple[str, ...]:
    """Return the labels that a prompt offers; `forced`: the sides alone, as the
    reference recipe has it, which knows triplets and pairs only."""
    offered = tuple(options(question))
    if not forced:
        return offered
    if not isinstance(question, Triplet | Pair):
        raise InputError(
            "A forced choice is for triplets and pairs only.",
            "Use another template for this kind of question.",
        )
    return tuple(label for label in offered if label in _FORCED)


def labels_by_place(question: Question) -> tuple[str, ...]:
    """Return the labels that name something by where it is shown, () for a pair.

    Where all texts are the same, nothing speaks for one of these before another: what
    a model then prefers is its own liking. Of the other labels that cannot be said:
    of two texts that are the same, "yes" and "both" are simply true.
    """
    return tuple(label for label, meant in options(question).items() if meant in _BY_PLACE)


def label_of(verdict: Verdict, question: Question, swapped: bool = False) -> str:
    """Return the label of a verdict. Raises InputError where it answers another question."""
    for label, meant in options(question, swapped).items():
        if meant is verdict:
            return label
    raise InputError(
        f"'{verdict}' does not answer this question.", "Use one of the question's own verdicts."
    )


def sides_shown(question: Triplet | Pair | Contradiction, swapped: bool = False) -> tuple[str, ...]:
    """Return the ids of the texts to choose between, in the order shown."""
    if isinstance(question, Triplet):
        sides: tuple[str, ...] = question.shown
    else:
        sides = question.texts
    return sides[::-1] if swapped else sides


def groups_shown(question: Placement, swapped: bool = False) -> tuple[int, ...]:
    """Return the indices of the candidates, in the order shown."""
    return question.shown[::-1] if swapped else question.shown
