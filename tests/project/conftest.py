"""Answers as a person who knows the gold labels would give them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.domain.judgments import GROUPS, Judgment, Verdict
from core.domain.questions import Asked, Contradiction, Pair, Placement
from core.domain.reviewing import Seat
from core.project import review
from core.project.intake import find_project, load_corpus
from core.project.workspace import Workspace

AnswerGold = Callable[[Workspace, str, int], list[Judgment]]


def gold_labels(workspace: Workspace, project_id: str) -> dict[str, str]:
    corpus = load_corpus(workspace, find_project(workspace, project_id))
    return {text.id: text.meta["label"] for text in corpus.texts}


def gold_verdict(asked: Asked, gold: dict[str, str]) -> Verdict:
    question = asked.question
    if isinstance(question, Placement):
        for verdict, group in zip(GROUPS, question.candidates, strict=False):
            if gold[question.text] == gold[group[0]]:
                return verdict
        return Verdict.NEW
    if isinstance(question, Contradiction):
        first, second, third = (gold[text] for text in question.texts)
        return {
            (True, True, True): Verdict.ALL,
            (True, False, False): Verdict.FIRST_SECOND,
            (False, True, False): Verdict.FIRST_THIRD,
            (False, False, True): Verdict.SECOND_THIRD,
            (False, False, False): Verdict.NONE,
        }[first == second, first == third, second == third]
    left, right = gold[question.left], gold[question.right]
    if isinstance(question, Pair):
        return Verdict.SAME if left == right else Verdict.DIFFERENT
    near = (left == gold[question.anchor], right == gold[question.anchor])
    return {
        (True, True): Verdict.BOTH,
        (True, False): Verdict.LEFT,
        (False, True): Verdict.RIGHT,
        (False, False): Verdict.NEITHER,
    }[near]


@pytest.fixture(scope="session")
def answer_gold() -> AnswerGold:
    """Answer the next questions one by one, as the Review page does."""

    def answer(workspace: Workspace, project_id: str, count: int) -> list[Judgment]:
        gold = gold_labels(workspace, project_id)
        given = []
        for _ in range(count):
            handed = review.next_question(workspace, project_id, Seat("me"))
            assert handed is not None
            asked = handed.asked
            verdict = gold_verdict(asked, gold)
            given.append(review.answer(workspace, project_id, asked.question.id, verdict, "me"))
        return given

    return answer
