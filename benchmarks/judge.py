"""A simulated judge: it answers from gold labels, and errs at a set rate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

import numpy as np

from core.domain.judgments import GROUPS, Judgment, Source, Verdict, allowed
from core.domain.questions import Contradiction, Pair, Placement, Question

Errors = Literal["uniform", "confusable"]

# A fixed time: answers of a simulation have no clock.
_AT = datetime(2026, 1, 1, tzinfo=UTC)

# How fast the chance of confusing two gold groups falls with their centroids' cosine.
_CONFUSION = 8.0


class SimulatedJudge:
    """Right with probability `accuracy`; otherwise it gives one of the other answers,
    uniformly or, with `errors` "confusable", one that names a group whose gold
    centroid is near the right one. "Cannot tell" is never its answer."""

    def __init__(
        self,
        gold: Mapping[str, str],
        centroids: Mapping[str, np.ndarray],
        *,
        accuracy: float,
        errors: Errors,
        seed: int,
        source: Source = "llm",
    ) -> None:
        self._gold, self._centroids = gold, centroids
        self._accuracy, self._errors, self._source = accuracy, errors, source
        self._rng = np.random.default_rng(seed)
        self.asked: Counter[str] = Counter()

    def judge(self, questions: Sequence[Question]) -> tuple[Judgment, ...]:
        """Return an answer a question, in their order."""
        return tuple(self._answer(question) for question in questions)

    def _answer(self, question: Question) -> Judgment:
        self.asked[type(question).__name__.lower()] += 1
        verdict = self._truth(question)
        if self._rng.random() >= self._accuracy:
            verdict = self._error(question, verdict)
        return Judgment(question, verdict, self._source, "simulated", 1.0, _AT)

    def _truth(self, question: Question) -> Verdict:
        gold = self._gold
        if isinstance(question, Placement):
            for place, group in enumerate(question.candidates):
                if self._majority(group) == gold[question.text]:
                    return GROUPS[place]
            return Verdict.NEW
        if isinstance(question, Pair):
            same = gold[question.left] == gold[question.right]
            return Verdict.SAME if same else Verdict.DIFFERENT
        if isinstance(question, Contradiction):
            one, two, three = (gold[text] for text in question.texts)
            if one == two == three:
                return Verdict.ALL
            if one == two:
                return Verdict.FIRST_SECOND
            if one == three:
                return Verdict.FIRST_THIRD
            return Verdict.SECOND_THIRD if two == three else Verdict.NONE
        left, right = (gold[side] == gold[question.anchor] for side in question.texts[1:])
        if left and right:
            return Verdict.BOTH
        return Verdict.LEFT if left else Verdict.RIGHT if right else Verdict.NEITHER

    def _majority(self, group: tuple[str, ...]) -> str:
        counts = Counter(self._gold[text] for text in group)
        return min(counts, key=lambda label: (-counts[label], label))

    def _error(self, question: Question, truth: Verdict) -> Verdict:
        others = sorted(allowed(question) - {truth, Verdict.UNSURE})
        weights = np.ones(len(others))
        if self._errors == "confusable" and isinstance(question, Placement):
            right = self._centroids[self._gold[question.text]]
            groups = dict(zip(GROUPS, question.candidates, strict=False))
            near = {
                verdict: float(right @ self._centroids[self._majority(groups[verdict])])
                for verdict in others
                if verdict in groups
            }
            usual = float(np.mean(list(near.values()))) if near else 0.0
            weights = np.exp([_CONFUSION * near.get(verdict, usual) for verdict in others])
        return Verdict(self._rng.choice(others, p=weights / weights.sum()))
