"""Judgments as evidence: every kind of answer says which option a text belongs with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from core.domain.groupings import Evidence
from core.domain.ids import content_id
from core.domain.judgments import GROUPS, Annotator, Judgment, Source, Verdict, counting
from core.domain.questions import Contradiction, Pair, Placement, Triplet

# The chance that an answer is right before it could be compared with others. A
# person who approves many rows at once looks less closely than at single questions.
RELIABILITY: dict[Source, float] = {"human": 0.97, "bulk": 0.93, "llm": 0.85, "rule": 0.9}

# A triplet compares; that two texts are the closer ones does not make them one group.
_COMPARISON = 0.8

_TOGETHER: dict[Verdict, frozenset[tuple[int, int]]] = {
    Verdict.ALL: frozenset({(0, 1), (0, 2), (1, 2)}),
    Verdict.FIRST_SECOND: frozenset({(0, 1)}),
    Verdict.FIRST_THIRD: frozenset({(0, 2)}),
    Verdict.SECOND_THIRD: frozenset({(1, 2)}),
    Verdict.NONE: frozenset(),
}

_Says = tuple[str, tuple[tuple[str, ...], ...], int | None, float]
"""Text, options, the chosen one (None: none of them), and a factor of reliability."""


def evidence_of(
    judgments: Iterable[Judgment],
    row_of: Mapping[str, int],
    reliability: Mapping[Annotator, float],
) -> tuple[tuple[Evidence, ...], int]:
    """Return the evidence in `judgments`, and how many are about missing texts.

    The latest answer of an annotator to a question counts; where a person answered
    it, no machine's does. An option whose texts are all missing is left out, with
    the whole answer where it was the chosen one. `reliability` maps (class,
    annotator) to the chance of a right answer; RELIABILITY serves for others. An
    answer given with less confidence is believed less. An answer about two texts
    alike counts once, as about the one of them that fewer answers place: the other
    says where it belongs. The order of the judgments changes nothing.
    """
    found: list[Evidence] = []
    ignored = 0
    answers = counting(judgments)
    placings = Counter(_subject(judgment) for judgment in answers)
    for judgment in answers:
        believed = reliability.get(judgment.by, RELIABILITY[judgment.source])
        machine = judgment.by[0] == "machine"
        placed = isinstance(judgment.question, Placement)
        gone = False
        for text, options, chosen, factor in _said(judgment, placings):
            kept = _kept(text, options, chosen, row_of)
            if kept is None:
                gone = True
                continue
            chance = 1.0 / (len(kept[0]) + 1)
            share = max(believed * factor * judgment.confidence, chance)
            said = Evidence(row_of[text], *kept, share, judgment.question.id, machine, placed)
            found.append(said)
        ignored += gone
    return tuple(found), ignored


def _subject(judgment: Judgment) -> str | None:
    """Return the text that an answer places; None where it is about several alike."""
    if judgment.verdict is Verdict.UNSURE:
        return None
    if isinstance(judgment.question, Placement):
        return judgment.question.text
    return judgment.question.anchor if isinstance(judgment.question, Triplet) else None


def _said(judgment: Judgment, placings: Counter[str | None]) -> Iterator[_Says]:
    question, verdict = judgment.question, judgment.verdict
    if verdict is Verdict.UNSURE:
        return
    if isinstance(question, Placement):
        chosen = None if verdict is Verdict.NEW else GROUPS.index(verdict)
        yield question.text, question.candidates, chosen, 1.0
    elif isinstance(question, Pair):
        yield _linked(question.texts, verdict is Verdict.SAME, placings)
    elif isinstance(question, Contradiction):
        for pair in combinations(range(3), 2):
            texts = tuple(question.texts[place] for place in pair)
            yield _linked(texts, pair in _TOGETHER[verdict], placings)
    else:
        yield from _compared(question, verdict)


def _linked(texts: tuple[str, ...], same: bool, placings: Counter[str | None]) -> _Says:
    # A lot where both are placed as often: neither the lesser id nor the left side leads.
    text, other = sorted(texts, key=lambda text: (placings[text], content_id(*texts, text)))
    return text, ((other,),), 0 if same else None, 1.0


def _compared(question: Triplet, verdict: Verdict) -> Iterator[_Says]:
    sides = ((question.left,), (question.right,))
    if verdict is Verdict.BOTH:
        for side in sides:
            yield question.anchor, (side,), 0, 1.0
    elif verdict is Verdict.NEITHER:
        yield question.anchor, sides, None, _COMPARISON
    else:
        yield question.anchor, sides, 0 if verdict is Verdict.LEFT else 1, _COMPARISON


def _kept(
    text: str,
    options: tuple[tuple[str, ...], ...],
    chosen: int | None,
    row_of: Mapping[str, int],
) -> tuple[tuple[tuple[int, ...], ...], int | None] | None:
    """Return options and choice in rows, None where nothing can be made of them."""
    rows = [tuple(row_of[t] for t in option if t in row_of) for option in options]
    if text not in row_of or not any(rows) or (chosen is not None and not rows[chosen]):
        return None
    place = None if chosen is None else sum(1 for option in rows[:chosen] if option)
    return tuple(option for option in rows if option), place
