"""What the answers say about pairs of texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.granularity import Rows
from core.domain.judgments import Judgment, counting
from core.domain.questions import Pair, Placement
from core.domain.sayings import Saying, passed_over, sayings


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
            (row_of[saying.ends[0]], row_of[saying.ends[1]], saying.same, saying.share, answers)
            for saying in _said(judgment)
            if row_of.keys() >= set(saying.ends)
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


def _said(judgment: Judgment) -> tuple[Saying, ...]:
    question, verdict = judgment.question, judgment.verdict
    if not isinstance(question, Pair | Placement):
        return ()
    asked = (saying for saying in sayings(question, verdict) if not saying.aside)
    return (*asked, *passed_over(question, verdict))
