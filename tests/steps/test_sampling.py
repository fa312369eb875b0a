"""Samples of texts: which rows they have, and which are left."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from core.steps.sampling import rows_left, sample_rows

IDS = st.lists(st.sampled_from(["", "a", "b", "c", "d", "e"]), max_size=30)
ROWS = st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("12")), max_size=20)


@given(IDS, st.integers(0, 7), st.integers(0, 3))
def test_a_sample_has_whole_texts_of_its_size_and_holds_the_smaller_ones(
    ids: list[str], size: int, seed: int
) -> None:
    drawn = sample_rows(ids, size, seed)
    taken = {text for text, kept in zip(ids, drawn, strict=True) if kept} - {""}
    left = {text for text, kept in zip(ids, drawn, strict=True) if not kept}
    assert len(taken) == min(size, len(set(ids) - {""}))
    assert not taken & left and "" not in left
    assert not (drawn & ~sample_rows(ids, size + 1, seed)).any()


@given(st.permutations([f"t{n}" for n in range(20)]))
def test_the_order_of_the_rows_changes_no_sample(ids: list[str]) -> None:
    drawn = sample_rows(ids, 6, 1)
    usual = sorted(f"t{n}" for n in range(20))
    expected = set(np.array(usual)[sample_rows(usual, 6, 1)].tolist())
    assert {text for text, kept in zip(ids, drawn, strict=True) if kept} == expected
    assert not np.array_equal(sample_rows(usual, 6, 1), sample_rows(usual, 6, 2))


@given(ROWS, ROWS)
def test_what_is_left_and_what_is_taken_are_all(
    whole: list[tuple[str, str]], taken: list[tuple[str, str]]
) -> None:
    # Names that a reader of tables might use for itself.
    names = ["turn", "_merge"]
    frames = [pd.DataFrame(rows, columns=names, dtype=str) for rows in (whole, taken)]
    left = rows_left(*frames)
    assert Counter(left.itertuples(index=False, name=None)) == Counter(whole) - Counter(taken)
