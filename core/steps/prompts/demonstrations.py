"""Answered pairs that show a model what the person means by one group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from core.domain.judgments import GROUPS, Judgment, Verdict, latest
from core.domain.prompts import Demonstration
from core.domain.questions import Contradiction, Pair, Placement, Question

_Rank = tuple[bool, float, float, tuple[str, ...]]

OF_EACH = 2
"""Pairs of either answer, as in ClusterLLM (section 3.2)."""

_JOINED = {
    Verdict.ALL: (True, True, True),
    Verdict.FIRST_SECOND: (True, False, False),
    Verdict.FIRST_THIRD: (False, True, False),
    Verdict.SECOND_THIRD: (False, False, True),
    Verdict.NONE: (False, False, False),
}

_REASON = {True: "A person put both into one group.", False: "A person keeps these two apart."}


def pick_demonstrations(
    judgments: Iterable[Judgment],
    bodies: Mapping[str, str],
    for_question: Question,
    notes: Mapping[str, str] | None = None,
) -> tuple[Demonstration, ...]:
    """Return up to two pairs of one group and two of different ones, in turn.

    From what people answered one at a time, whatever its order: pairs first, then what
    placements and contradictions say of two texts; the most confident first, then the
    oldest, so that a new answer seldom changes the prompts that are under way. No text
    of the question itself, none without a body, none twice, and no pair that people
    disagree about. `notes` holds what a person noted beside an answer, by question
    id: the reason shown, where there is one.
    """
    found: dict[tuple[str, str], set[bool]] = {}
    ranked: list[tuple[_Rank, tuple[str, str], Judgment]] = []
    answers = latest(one for one in judgments if one.source == "human").values()
    for judgment in (one for given in answers for one in given.values()):
        for left, right, same in _said(judgment):
            ends = (left, right) if left < right else (right, left)
            found.setdefault(ends, set()).add(same)
            ranked.append((_rank(judgment), ends, judgment))
    used = set(for_question.texts)
    kinds: dict[bool, list[Demonstration]] = {True: [], False: []}
    for _, ends, judgment in sorted(ranked, key=lambda one: one[:2]):
        same = True in found[ends]
        free = used.isdisjoint(ends) and bodies.keys() >= set(ends)
        if len(found[ends]) == 1 and free and len(kinds[same]) < OF_EACH:
            reason = (notes or {}).get(judgment.question.id, "") or _REASON[same]
            kinds[same].append(Demonstration(bodies[ends[0]], bodies[ends[1]], same, reason))
            used.update(ends)
    in_turn = (kinds[same][place : place + 1] for place in range(OF_EACH) for same in (True, False))
    return tuple(one for some in in_turn for one in some)


def _rank(judgment: Judgment) -> _Rank:
    # By the texts and not by the id: a hash of thousands of answers, for each prompt
    # anew, would cost more than the prompt.
    question = judgment.question
    direct = isinstance(question, Pair)
    return (not direct, -judgment.confidence, judgment.at.timestamp(), question.texts)


def _said(judgment: Judgment) -> Iterator[tuple[str, str, bool]]:
    """What an answer says of two texts; a group that was merely not chosen may be the
    same one under another face."""
    question, verdict = judgment.question, judgment.verdict
    if verdict is Verdict.UNSURE:
        return
    if isinstance(question, Pair):
        yield question.left, question.right, verdict is Verdict.SAME
    elif isinstance(question, Placement):
        for name, group in zip(GROUPS, question.candidates, strict=False):
            if verdict in (name, Verdict.NEW):
                yield question.text, group[0], verdict is name
    elif isinstance(question, Contradiction):
        first, second, third = question.texts
        ends = ((first, second), (first, third), (second, third))
        for (left, right), same in zip(ends, _JOINED[verdict], strict=True):
            yield left, right, same
