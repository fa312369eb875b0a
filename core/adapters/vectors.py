"""Reading vectors from a file: .npy, .npz, Parquet or CSV."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.domain.errors import InputError
from core.domain.spaces import Floats, Given

_VECTOR_NAMES = ("vectors", "vector", "embeddings", "embedding")
_ID_NAMES = ("id", "ids", "row_id", "tc_row_id")


def read_vectors(name: str, data: bytes) -> Given:
    """Return the vectors of a file, float32 (n, d), and the ids of its rows if it has some.

    .npy holds one array (n, d); .npz one, or one called vectors or embeddings and
    perhaps ids; a table has a column of lists (vector, embedding), or a column a
    number, and perhaps one called id. Raises InputError where it is none of these.
    """
    readers = {".npy": _npy, ".npz": _npz, ".parquet": _parquet, ".csv": _csv}
    reader = readers.get(PurePath(name).suffix.lower())
    if reader is None:
        raise InputError(
            f"{name} is no file of vectors that can be read.",
            "Bring a .npy, .npz, .parquet or .csv file.",
        )
    try:
        ids, values = reader(data)
        vectors = _matrix(values)
    except (ValueError, TypeError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"The vectors of {name} cannot be read ({str(error).splitlines()[0][:150]}).",
            "Bring one row of numbers a text, all of the same length.",
        ) from error
    if not len(vectors):
        raise InputError(f"{name} holds no vectors.", "Bring one vector a row of the table.")
    if ids is not None and len(ids) != len(vectors):
        raise InputError(
            f"{name} holds {len(ids):,} ids and {len(vectors):,} vectors.",
            "Bring one id a vector.",
        )
    return Given(name, ids, vectors)


_Read = tuple[tuple[str, ...] | None, Any]


def _npy(data: bytes) -> _Read:
    return None, np.load(io.BytesIO(data), allow_pickle=False)


def _npz(data: bytes) -> _Read:
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        names = [name for name in _VECTOR_NAMES if name in stored.files]
        others = [name for name in stored.files if name not in _ID_NAMES]
        if not names and len(others) != 1:
            raise ValueError("no array is called vectors")
        ids = next((stored[name] for name in _ID_NAMES if name in stored.files), None)
        return _named(ids), stored[names[0] if names else others[0]]


def _parquet(data: bytes) -> _Read:
    return _table(pd.read_parquet(io.BytesIO(data)))


def _csv(data: bytes) -> _Read:
    frame = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    return _table(frame)


def _table(frame: pd.DataFrame) -> _Read:
    frame.columns = frame.columns.map(str)
    lower = {column.lower(): column for column in frame.columns}
    id_column = next((lower[name] for name in _ID_NAMES if name in lower), None)
    ids = None if id_column is None else _named(frame[id_column].to_numpy())
    listed = next((lower[name] for name in _VECTOR_NAMES if name in lower), None)
    if listed is not None:
        values = [_listed(cell) for cell in frame[listed]]
        if len({len(row) for row in values}) > 1:
            raise ValueError("the vectors are of different lengths")
        return ids, values
    numbers = frame.drop(columns=[] if id_column is None else [id_column])
    return ids, numbers.to_numpy()


def _listed(cell: Any) -> list[float]:
    """The numbers of one cell, a list or a list in writing."""
    if isinstance(cell, str):
        return [float(part) for part in cell.strip().strip("[]()").replace(",", " ").split()]
    return [float(value) for value in cell]


def _named(ids: NDArray[Any] | None) -> tuple[str, ...] | None:
    return None if ids is None else tuple(str(value) for value in ids.tolist())


def _matrix(values: Any) -> Floats:
    found = np.asarray(values)
    if found.dtype == object or found.dtype.kind in "US":
        found = found.astype(np.float64)
    if found.dtype.kind not in "fiu":
        raise ValueError(f"{found.dtype} values are no numbers")
    if found.ndim != 2:
        raise ValueError(f"the array has {found.ndim} dimensions, not 2")
    return np.ascontiguousarray(found, dtype=np.float32)
