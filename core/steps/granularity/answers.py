"""What the answers say about pairs of texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.granularity import Rows
from core.domain.judgments import GROUPS, Judgment, Verdict, counting
from core.domain.questions import Pair, Placement


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of texts that answers are about, (p,) each.

    `left`, `right` rows; `same` whether of one category; `weight` float64: the
    texts shown for one group of a placement share one answer; `answer` the
    answer that each comes from, counted from 0.
    """

    left: Rows
    right: Rows
    same: NDArray[np.bool_]
    weight: NDArray[np.float64]
    answer: NDArray[np.intp]

    @property
    def answers(self) -> int:
        return int(self.answer.max()) + 1 if len(self.answer) else 0


def paired(judgments: Iterable[Judgment], text_ids: Sequence[str]) -> Pairs:
    """Return the pairs that `judgments` decide among `text_ids`, in an order of their own.

    A pair says it itself. A placement says that its text is the same as the texts
    of the chosen group and different from those of the others (of all, where
    it is a new group). Where a person answered a question, no machine is heard on
    it. Unsure answers, other questions and texts that are not there say nothing.
    """
    row_of = {text_id: row for row, text_id in enumerate(text_ids)}
    found: list[tuple[int, int, bool, float, int]] = []
    answers = 0
    for judgment in counting(judgments):
        said = [
            (row_of[left], row_of[right], same, weight, answers)
            for left, right, same, weight in _said(judgment)
            if left in row_of and right in row_of
        ]
        found += said
        answers += bool(said)
    left, right, same, weight, answer = zip(*found, strict=True) if found else ((),) * 5
    return Pairs(
        np.array(left, dtype=np.intp),
        np.array(right, dtype=np.intp),
        np.array(same, dtype=np.bool_),
        np.array(weight, dtype=np.float64),
        np.array(answer, dtype=np.intp),
    )


def _said(judgment: Judgment) -> list[tuple[str, str, bool, float]]:
    question, verdict = judgment.question, judgment.verdict
    if verdict is Verdict.UNSURE:
        return []
    if isinstance(question, Pair):
        return [(question.left, question.right, verdict is Verdict.SAME, 1.0)]
    if not isinstance(question, Placement):
        return []
    return [
        (question.text, text, verdict is name, 1.0 / len(group))
        for name, group in zip(GROUPS, question.candidates, strict=False)
        for text in group
    ]
