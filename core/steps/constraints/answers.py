"""Which answers say anything, and among how many."""

from __future__ import annotations

from core.domain.judgments import Judgment, Verdict, allowed
from core.domain.questions import Question

FAINTEST = 1e-6
"""An answer of less confidence says nothing. (And products of weights stay above 0.)"""


def speaks(judgment: Judgment) -> bool:
    """Whether an answer says anything: it is neither an abstention nor without confidence."""
    return judgment.verdict is not Verdict.UNSURE and judgment.confidence >= FAINTEST


def options(question: Question) -> int:
    """Return how many answers there are to choose from, abstaining apart."""
    return len(allowed(question)) - 1
