"""Answers of all kinds, by hand and drawn at random."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from core.domain.judgments import Judgment, Source, Verdict, allowed
from core.domain.questions import Contradiction, Pair, Placement, Question, Triplet

NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)
TEXTS = ("a", "b", "c", "d", "e", "f")
PEOPLE: tuple[Source, ...] = ("human", "bulk")
MACHINES: tuple[Source, ...] = ("llm", "rule")


def say(
    question: Question,
    verdict: str,
    source: Source = "human",
    annotator: str = "ann",
    confidence: float = 1.0,
    minute: float = 0,
) -> Judgment:
    at = NOON + timedelta(minutes=minute)
    return Judgment(question, Verdict(verdict), source, annotator, confidence, at)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    one, two, three, four, five, six = draw(st.permutations(TEXTS))
    return draw(
        st.sampled_from(
            [
                Pair(one, two),
                Triplet(one, two, three),
                Contradiction(one, two, three),
                Placement(one, (), ((two,), (three, four))),
                Placement(one, (five,), ((two,), (three, four), (six,))),
                Placement(one, (three, four), ((two,),)),
            ]
        )
    )


@st.composite
def judgments_of(draw: st.DrawFn, sources: tuple[Source, ...] = (*PEOPLE, *MACHINES)) -> Judgment:
    question = draw(questions())
    return say(
        question,
        draw(st.sampled_from(sorted(allowed(question)))),
        draw(st.sampled_from(sources)),
        draw(st.sampled_from(("ann", "bo", "cy"))),
        draw(st.floats(0, 1)),
        draw(st.integers(0, 3)),
    )


def answers(*sources: Source, most: int = 12, least: int = 0) -> st.SearchStrategy[list[Judgment]]:
    return st.lists(judgments_of(sources or (*PEOPLE, *MACHINES)), min_size=least, max_size=most)
