"""How far two annotators agree, beyond what chance would do."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from core.domain.calibration import Agreement
from core.domain.judgments import Annotator, Judgment, Verdict, latest
from core.domain.shares import wilson


def agreement(judgments: Iterable[Judgment], one: Annotator, other: Annotator) -> Agreement:
    """Return how often two annotators gave the same answer to the same question.

    Their latest answers count, abstentions apart. Cohen's kappa (Educational and
    Psychological Measurement 20, 1960); the agreement by chance is reckoned within
    each kind of question, because a pair's answers are none of a triplet's.
    """
    said: list[tuple[str, Verdict, Verdict]] = []
    for question, given in latest(judgments).items():
        if one in given and other in given:
            verdicts = given[one].verdict, given[other].verdict
            if Verdict.UNSURE not in verdicts:
                said.append((type(question).__name__, *verdicts))
    agreed = sum(ours is theirs for _, ours, theirs in said)
    return Agreement(agreed, len(said), *wilson(agreed, len(said)), _kappa(agreed, said))


def _kappa(agreed: int, said: list[tuple[str, Verdict, Verdict]]) -> float | None:
    ours = Counter((kind, verdict) for kind, verdict, _ in said)
    theirs = Counter((kind, verdict) for kind, _, verdict in said)
    sizes = Counter(kind for kind, _, _ in said)
    by_chance = math.fsum(count * theirs[key] / sizes[key[0]] for key, count in ours.items())
    # Counts, not shares: whole numbers tell exactly when nothing is left to explain.
    room = len(said) - by_chance
    return (agreed - by_chance) / room if room > 1e-9 else None
