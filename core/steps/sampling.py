"""Sampling: which rows a sample of texts has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def sample_rows(row_text_ids: Sequence[str], size: int, seed: int) -> NDArray[np.bool_]:
    """Return which rows a sample of `size` distinct texts has, bool (n,).

    `row_text_ids` (n,) names the text of each row, "" where a row costs nothing (it is
    empty, or its text is there already): such rows are always in. All rows of a drawn
    text are in. The same texts and seed give the same sample, whatever the order of the
    rows, and a larger one holds the smaller.
    """
    texts = sorted(set(row_text_ids) - {""})
    drawn = np.random.default_rng(seed).permutation(len(texts))[:size].tolist()
    chosen = {"", *(texts[place] for place in drawn)}
    return np.array([text in chosen for text in row_text_ids], dtype=np.bool_)


def rows_left(whole: pd.DataFrame, taken: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `whole` that `taken` does not have, in their order.

    Equal rows are told apart by their number alone: of three in `whole`, one is left
    where `taken` has two. The tables have the same columns.
    """
    there = Counter(_rows(taken[whole.columns]))
    kept = np.ones(len(whole), dtype=np.bool_)
    for place, row in enumerate(_rows(whole)):
        if there[row]:
            there[row] -= 1
            kept[place] = False
    return whole[kept].reset_index(drop=True)


def _rows(frame: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    return zip(*(frame.iloc[:, place].tolist() for place in range(frame.shape[1])), strict=True)
