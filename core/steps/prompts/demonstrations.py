"""Answered pairs that show a model what the person means by one group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.domain.judgments import Judgment, latest
from core.domain.prompts import Demonstration
from core.domain.questions import Contradiction, Pair, Placement, Question
from core.domain.sayings import Ends, sayings

Ranked = Sequence[tuple[Ends, Demonstration]]
"""Demonstrations with the ids of their two texts, the best first."""

_Rank = tuple[bool, float, float, tuple[str, ...]]

OF_EACH = 2
"""Pairs of either answer, as in ClusterLLM (section 3.2)."""

_REASON = {True: "A person put both into one group.", False: "A person keeps these two apart."}


def rank_demonstrations(
    judgments: Iterable[Judgment],
    bodies: Mapping[str, str],
    notes: Mapping[str, str] | None = None,
) -> Ranked:
    """Return the pairs of texts that may be shown, best first: once for many questions.

    From what people answered one at a time, whatever its order: pairs first, then what
    placements and contradictions say of two texts; the most confident first, then the
    oldest, so that a new answer seldom changes the prompts that are under way. None
    without a body, and no pair that people disagree about. `notes` holds what a person
    noted beside an answer, by question id: the reason shown, where there is one.
    """
    found: dict[Ends, set[bool]] = {}
    ranked: list[tuple[_Rank, Ends, Judgment]] = []
    answers = latest(one for one in judgments if one.source == "human").values()
    for judgment in (one for given in answers for one in given.values()):
        if not isinstance(judgment.question, Pair | Placement | Contradiction):
            continue
        for saying in sayings(judgment.question, judgment.verdict):
            if not saying.aside:
                found.setdefault(saying.ends, set()).add(saying.same)
                ranked.append((_rank(judgment), saying.ends, judgment))
    best: dict[Ends, Demonstration] = {}
    for _, ends, judgment in sorted(ranked, key=lambda one: one[:2]):
        if ends not in best and len(found[ends]) == 1 and bodies.keys() >= set(ends):
            same = True in found[ends]
            reason = (notes or {}).get(judgment.question.id, "") or _REASON[same]
            best[ends] = Demonstration(bodies[ends[0]], bodies[ends[1]], same, reason)
    return tuple(best.items())


def pick_demonstrations(
    ranked: Ranked, for_question: Question | None = None
) -> tuple[Demonstration, ...]:
    """Return up to two pairs of one group and two of different ones, in turn: the best
    without a text of the question itself, and none with a text twice."""
    used = set(for_question.texts) if for_question else set()
    kinds: dict[bool, list[Demonstration]] = {True: [], False: []}
    for ends, shown in ranked:
        of_kind = kinds[shown.same]
        if len(of_kind) < OF_EACH and used.isdisjoint(ends):
            of_kind.append(shown)
            used.update(ends)
        if all(len(some) == OF_EACH for some in kinds.values()):
            break
    in_turn = (kinds[same][place : place + 1] for place in range(OF_EACH) for same in (True, False))
    return tuple(one for some in in_turn for one in some)


def _rank(judgment: Judgment) -> _Rank:
    # By the texts and not by the id, which is a hash.
    question = judgment.question
    direct = isinstance(question, Pair)
    return (not direct, -judgment.confidence, judgment.at.timestamp(), question.texts)
