"""What every format is read into, and how it becomes a Table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from core.domain.errors import InputError
from core.domain.texts import Table

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells as they stand in a file: every row has one string for each header."""

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    notices: tuple[str, ...] = ()


def table_of(name: str, grid: Grid, encoding: str, notices: tuple[str, ...]) -> Table:
    """Return the grid as a Table: unique column names, only characters that can be stored.

    Raises InputError where the grid has no column or no row.
    """
    if not grid.headers:
        raise InputError(f"'{name}' has no columns.", "Choose a file with texts in it.")
    if not grid.rows:
        raise InputError(
            f"'{name}' has column names but no rows.", "Add rows with texts below the names."
        )
    headers, _ = _storable(grid.headers)
    names, renamed = _unique(headers)
    columns, changed = {}, 0
    for column, cells in zip(names, zip(*grid.rows, strict=True), strict=True):
        columns[column], count = _storable(cells)
        changed += count
    if changed:
        renamed += (f"Characters that cannot be stored were removed from {changed:,} cells.",)
    return Table(
        name=name,
        frame=pd.DataFrame(columns, dtype="str"),
        headers=tuple(headers),
        encoding=encoding,
        notices=notices + grid.notices + renamed,
    )


def blank_notice(count: int, what: str) -> tuple[str, ...]:
    """Return a notice on `count` skipped blank lines or rows, none for zero."""
    if not count:
        return ()
    return (f"{count:,} blank {what}{' was' if count == 1 else 's were'} skipped.",)


def _storable(cells: Sequence[str]) -> tuple[list[str], int]:
    """Return the cells without NULs and lone surrogates, and how many had any.

    Neither survives the database, Parquet or UTF-8.
    """
    kept = [_UNSTORABLE.sub("", cell) if _UNSTORABLE.search(cell) else cell for cell in cells]
    return kept, sum(len(old) != len(new) for old, new in zip(cells, kept, strict=True))


def _unique(headers: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    wanted = [header.strip() or f"column {i}" for i, header in enumerate(headers, start=1)]
    taken: set[str] = set()
    reserved = set(wanted)
    names: list[str] = []
    repeated: list[str] = []
    for name in wanted:
        unique, number = name, 2
        while unique in taken or (unique != name and unique in reserved):
            unique, number = f"{name} ({number})", number + 1
        if unique != name:
            repeated.append(unique)
        taken.add(unique)
        names.append(unique)
    notices: tuple[str, ...] = ()
    if unnamed := [n for n, header in zip(names, headers, strict=True) if not header.strip()]:
        notices += (f"Columns without a name are called {_list(unnamed)}.",)
    if repeated:
        notices += (f"Column names that stand twice were told apart: {_list(repeated)}.",)
    return names, notices


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5:,} more"
