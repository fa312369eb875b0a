"""Vectors from a file, matched to the texts; what does not fit is told."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.adapters.vectors import read_vectors
from core.domain.errors import InputError
from core.domain.ids import text_id
from core.domain.spaces import Embedding, Given
from core.domain.texts import Columns, Corpus, Table
from core.steps.embedding import match_vectors
from core.steps.texts import make_corpus

BODIES = ("a card was lost", "", "where is my card", "a card was lost", "hello")
VECTORS = np.array([[3, 4], [9, 9], [0, 2], [7, 0], [-1, 0]], dtype=np.float32)


def corpus(bodies: tuple[str, ...] = BODIES, ids: tuple[str, ...] | None = None) -> Corpus:
    frame = pd.DataFrame({"text": bodies})
    if ids:
        frame["key"] = ids
    table = Table("t.csv", frame, tuple(frame), "utf-8")
    return make_corpus(table, Columns("text", "key" if ids else None))


def vector(found: Embedding, body: str) -> object:
    row = found.text_ids.index(text_id(body))
    return pytest.approx(found.vectors[row].tolist())


def test_vectors_go_to_the_rows_one_by_one_as_unit_rows() -> None:
    found = match_vectors(Given("v.npy", None, VECTORS), corpus())
    assert list(found.text_ids) == sorted(found.text_ids)
    assert found.vectors.dtype == np.float32
    # A text in two rows has the vector of the first.
    assert vector(found, BODIES[0]) == [0.6, 0.8]
    assert vector(found, BODIES[2]) == [0, 1]
    assert vector(found, BODIES[4]) == [-1, 0]


@given(st.permutations(range(5)))
@settings(max_examples=20, deadline=None)
def test_named_vectors_go_to_their_ids_in_any_order(order: list[int]) -> None:
    ids = tuple("abcde")
    named = Given("v.npz", tuple(ids[i] for i in order), VECTORS[order])
    by_place = match_vectors(Given("v.npy", None, VECTORS), corpus(ids=ids))
    found = match_vectors(named, corpus(ids=ids))
    assert found.text_ids == by_place.text_ids
    assert (found.vectors == by_place.vectors).all()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (Given("v.npy", None, VECTORS[:4]), "4 vectors, and the table has 5 rows"),
        (Given("v.npy", ("1", "2", "3", "4", "4"), VECTORS), "more than one vector of the id '4'"),
        (Given("v.npy", ("1", "2", "x", "4", "5"), VECTORS), "no vector for 1 of 3 texts"),
        (Given("v.npy", None, VECTORS[:, :1]), "1 numbers each"),
        (Given("v.npy", None, np.where(VECTORS == 2, np.nan, VECTORS)), "row 3"),
        (Given("v.npy", None, np.where(VECTORS == -1, 0, VECTORS)), "row 5 holds only zeros"),
        (Given("v.npy", None, np.where(VECTORS == 4, np.inf, VECTORS)), "no number"),
    ],
)
def test_vectors_that_do_not_fit_are_refused_in_a_sentence(given: Given, says: str) -> None:
    with pytest.raises(InputError, match=says) as refused:
        match_vectors(given, corpus())
    assert refused.value.next_move


def as_file(kind: str, ids: list[str] | None) -> bytes:
    out = io.BytesIO()
    if kind == "npy":
        np.save(out, VECTORS)
    elif kind == "npz":
        np.savez(out, vectors=VECTORS, **({"ids": np.array(ids)} if ids else {}))
    else:
        frame = pd.DataFrame({"embedding": list(VECTORS)} if kind == "list" else VECTORS)
        frame.columns = frame.columns.map(str)
        if ids:
            frame.insert(0, "id", ids)
        if kind == "csv":
            frame.to_csv(out, index=False)
        else:
            frame.to_parquet(out)
    return out.getvalue()


@pytest.mark.parametrize("ids", [None, ["r1", "r2", "r3", "r4", "r5"]])
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("npy", "v.NPY"),
        ("npz", "v.npz"),
        ("list", "v.parquet"),
        ("columns", "v.parquet"),
        ("csv", "v.csv"),
    ],
)
def test_every_kind_of_file_is_read(kind: str, name: str, ids: list[str] | None) -> None:
    found = read_vectors(name, as_file(kind, ids))
    assert (found.vectors == VECTORS).all()
    assert found.vectors.dtype == np.float32
    assert found.ids == (tuple(ids) if ids and kind != "npy" else None)


def pickled() -> bytes:
    out = io.BytesIO()
    np.save(out, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("v.txt", b"1 2 3"),
        ("v.npy", b""),
        ("v.npy", b"\x93NUMPY broken"),
        ("v.npy", pickled()),
        ("v.npz", b"PK\x03\x04 broken"),
        ("v.parquet", b"PAR1"),
        ("v.csv", b""),
        ("v.csv", b"a,b\n1,two\n"),
        ("v.csv", b"a,b\n"),
        ("v.csv", b'id,vector\n1,"1 2"\n2,"1 2 3"\n'),
        ("v.csv", b"\xff\xfe\x00broken"),
    ],
)
def test_a_file_that_holds_no_vectors_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(InputError) as refused:
        read_vectors(name, data)
    assert refused.value.next_move
