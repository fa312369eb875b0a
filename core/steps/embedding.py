"""Embedding: vectors that were brought in a file, matched to the texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.domain.errors import InputError
from core.domain.spaces import Embedding, Floats, Given
from core.domain.texts import Corpus

FEWEST_DIMS = 2


def match_vectors(given: Given, corpus: Corpus, space: str = "") -> Embedding:
    """Return the vectors of the corpus' texts, as unit rows.

    Vectors with ids go to the rows of these ids; those without, to the rows of the
    table one by one, empty ones included. A text that stands in several rows has the
    vector of the first. Raises InputError where the vectors are not as many as
    the rows, where a text has none, or where one is no direction: not finite, or zero.
    """
    dims = given.vectors.shape[1]
    if dims < FEWEST_DIMS:
        raise InputError(
            f"The vectors of {given.name} have {dims} numbers each; {FEWEST_DIMS} at least "
            "are needed.",
            "Bring the vectors of an embedding model, one row a text.",
        )
    found = _by_place(given, corpus) if given.ids is None else _by_id(given, given.ids, corpus)
    ids = tuple(text.id for text in corpus.texts)
    rows = np.array([found[text] for text in ids], dtype=np.int64)
    vectors = given.vectors[rows].astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unusable = ~np.isfinite(lengths[:, 0]) | (lengths[:, 0] == 0)
    if unusable.any():
        row = int(rows[unusable].min())
        what = (
            "only zeros" if np.isfinite(given.vectors[row]).all() else "a value that is no number"
        )
        where = f"row {row + 1}" if given.ids is None else f"the vector of {given.ids[row]!r}"
        raise InputError(
            f"{int(unusable.sum()):,} of the vectors of {given.name} cannot be used: {where} "
            f"holds {what}.",
            "Make these vectors again, or leave their texts out of the table.",
        )
    unit: Floats = (vectors / lengths).astype(np.float32)
    return Embedding(space, ids, unit)


def _by_place(given: Given, corpus: Corpus) -> dict[str, int]:
    rows = len(corpus.row_ids)
    if len(given.vectors) != rows:
        raise InputError(
            f"{given.name} holds {len(given.vectors):,} vectors, and the table has {rows:,} rows.",
            "Bring one vector a row of the table, in its order, or name them with an id column.",
        )
    return _first_rows(corpus, range(rows))


def _by_id(given: Given, ids: Sequence[str], corpus: Corpus) -> dict[str, int]:
    place = {name: row for row, name in enumerate(ids)}
    if len(place) < len(ids):
        twice = next(name for row, name in enumerate(ids) if place[name] != row)
        raise InputError(
            f"{given.name} has more than one vector of the id {twice[:80]!r}.",
            "Leave one vector an id.",
        )
    found = _first_rows(corpus, [place.get(name, -1) for name in corpus.row_ids])
    missing = [text for text in corpus.texts if found.get(text.id, -1) < 0]
    if missing:
        row = corpus.row_text_ids.index(missing[0].id)
        raise InputError(
            f"{given.name} has no vector for {len(missing):,} of {len(corpus.texts):,} texts; "
            f"the first is that of the id {corpus.row_ids[row][:80]!r}.",
            "Name the vectors as the id column of the table names its rows (row numbers from 1 "
            "where it has none).",
        )
    return found


def _first_rows(corpus: Corpus, rows: Sequence[int]) -> dict[str, int]:
    """The row of each text's vector: the first of its rows that has one."""
    found: dict[str, int] = {}
    for text, row in zip(corpus.row_text_ids, rows, strict=True):
        if text and found.get(text, -1) < 0:
            found[text] = row
    return found
