"""Which answers count: the latest of each annotator to each question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from core.domain.judgments import AnnotatorClass, Judgment, Source, Verdict, allowed
from core.domain.questions import Question

CLASS: dict[Source, AnnotatorClass] = {
    "human": "person",
    "bulk": "person",
    "llm": "machine",
    "rule": "machine",
}

FAINTEST = 1e-6
"""An answer of less confidence says nothing. (And products of weights stay above 0.)"""

Annotator = tuple[AnnotatorClass, str]
"""People and machines of one name are kept apart."""

Answers = Mapping[Question, Mapping[Annotator, Judgment]]


def latest(judgments: Iterable[Judgment]) -> Answers:
    """Return each annotator's latest answer to each question."""
    found: dict[Question, dict[Annotator, Judgment]] = defaultdict(dict)
    for judgment in judgments:
        of_question = found[judgment.question]
        who = (CLASS[judgment.source], judgment.annotator)
        if who not in of_question or _recency(judgment) > _recency(of_question[who]):
            of_question[who] = judgment
    return found


def speaks(judgment: Judgment) -> bool:
    """Whether an answer says anything: it is neither an abstention nor without confidence."""
    return judgment.verdict is not Verdict.UNSURE and judgment.confidence >= FAINTEST


def options(question: Question) -> int:
    """Return how many answers there are to choose from, abstaining apart."""
    return len(allowed(question)) - 1


def _recency(judgment: Judgment) -> tuple[float, float, str, str]:
    """Order answers in time; what follows the time only makes equal times definite."""
    return (judgment.at.timestamp(), judgment.confidence, judgment.verdict, judgment.source)
