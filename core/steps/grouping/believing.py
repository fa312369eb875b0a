"""How far machines are believed: their answers against each other and against the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from core.domain.groupings import Evidence
from core.steps.grouping.anchors import Anchors

# The answers, and the pairs of answers, that what was believed before counts for.
_PRIOR_ANSWERS = 20.0
_PRIOR_PAIRS = 6.0

# Two wrong answers that agree by chance.
_BY_CHANCE = 0.005

_BELIEVABLE = (0.3, 0.98)


@dataclass(frozen=True, slots=True)
class Rechecked:
    """Second answers of machines about a text that could agree with the first."""

    made: int
    agreed: int

    @classmethod
    def of(cls, evidence: Sequence[Evidence], anchors: Anchors) -> Rechecked:
        """Compare all answers about a text, two by two, where one names a group that
        the other had on show."""
        said: dict[int, list[tuple[int | None, frozenset[int]]]] = {}
        for item, at, shown in zip(evidence, anchors.about, anchors.shown, strict=True):
            if item.machine:
                chosen = None if item.chosen is None else shown[item.chosen]
                said.setdefault(at, []).append((chosen, frozenset(shown)))
        made = agreed = 0
        for answers in said.values():
            for (one, beside), (other, around) in combinations(answers, 2):
                if one in around or other in beside:
                    made += 1
                    agreed += one == other
        return cls(made, agreed)


def believed(
    first: tuple[Evidence, ...],
    evidence: tuple[Evidence, ...],
    anchors: Anchors,
    rechecked: Rechecked,
) -> tuple[Evidence, ...]:
    """Return the evidence with machines believed as far as their answers hold up.

    `first` is the evidence as believed before any comparison. Two estimates, and the
    kinder one counts, as both err on the low side: a doubled group makes right answers
    look inconsistent. One is expectation-maximisation for one coin (Dawid and Skene
    1979) with the embedding as the other annotator; the other the agreement of second
    answers about the same text, whose root is the share of right ones.
    """
    machines = [item.reliability for item in first if item.machine]
    if not machines:
        return evidence
    usual = float(np.mean(machines))
    share = max(_held_up(evidence, anchors), _agreeing(usual, rechecked))
    factor = float(np.clip(share, *_BELIEVABLE)) / usual
    return tuple(
        replace(item, reliability=min(item.reliability * factor, _BELIEVABLE[1]))
        if item.machine
        else item
        for item in first
    )


def _held_up(evidence: tuple[Evidence, ...], anchors: Anchors) -> float:
    chances = [
        (item.reliability, right)
        for item, right in zip(evidence, anchors.right(evidence), strict=True)
        if item.machine
    ]
    before, right = (sum(column) for column in zip(*chances, strict=True))
    usual = before / len(chances)
    return float((_PRIOR_ANSWERS * usual + right) / (_PRIOR_ANSWERS + len(chances)))


def _agreeing(usual: float, rechecked: Rechecked) -> float:
    agreed = rechecked.agreed + _PRIOR_PAIRS * usual**2
    share = agreed / (rechecked.made + _PRIOR_PAIRS) - _BY_CHANCE
    return float(np.sqrt(max(share, 0.0)))
