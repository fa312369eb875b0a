"""In which round a text last moved or was answered about."""

from __future__ import annotations

import numpy as np

from core.domain.clusterings import Clustering, ClusterSpec
from core.steps.rounds import last_rounds, moved_rows


def partition(**labels: int) -> Clustering:
    values = np.array(list(labels.values()), dtype=np.int32)
    return Clustering("s", tuple(labels), values, np.ones(len(values), np.float32), ClusterSpec())


def test_a_text_has_the_round_of_its_last_move_or_answer() -> None:
    maps = [
        (0, partition(a=0, b=0, c=1, d=1)),
        (1, partition(a=0, b=1, c=1, d=-1)),
        (1, partition(a=0, b=1, c=1, d=-1, e=1)),  # e was added
        (2, partition(a=0, b=1, c=2, d=-1, e=1)),
    ]
    assert last_rounds(maps, []).tolist() == [0, 1, 2, 1, 1]
    touched = [(1, ("a", "c")), (0, ("b", "gone")), (7, ("e",))]
    assert last_rounds(maps, touched).tolist() == [1, 1, 2, 1, 2]
    assert last_rounds(maps[:1], []).tolist() == [0, 0, 0, 0]


def test_a_new_text_has_not_moved() -> None:
    before, after = partition(a=0, c=1), partition(a=1, b=0, c=1)
    assert moved_rows(before, after).tolist() == [0]
    assert moved_rows(after, after).tolist() == []
