"""Finding texts on the map."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.domain.taxonomy import Assignment
from core.project.viewing import View

ids = st.lists(st.text("abc", max_size=3), unique=True)


@given(ids, ids)
def test_the_rows_of_texts_are_theirs_and_strangers_have_none(there: list[str], asked: list[str]):
    known = tuple(sorted(there))
    n = len(known)
    flat = np.zeros(n, dtype=np.float32)
    groups = np.full(n, -1, dtype=np.int32)
    shown = View(known, np.zeros((n, 2), np.float32), flat, groups, (), Assignment(known, (), ()))
    assert [known[row] for row in shown.rows(asked)] == [one for one in asked if one in there]
