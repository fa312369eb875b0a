"""Addition: the rows of another table under those of a project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from core.domain.errors import InputError
from core.domain.ids import text_id
from core.domain.texts import Columns, Table


@dataclass(frozen=True, slots=True)
class Joined:
    """A project's table with new rows under it.

    `frame` is the whole table; `rows` counts the new ones, `known` those left out
    because the project has them, with the same id and text; `without` are columns that
    the new table lacks ("" in its rows), `extra` those that the project has no place for.
    """

    frame: pd.DataFrame
    rows: int
    known: int
    without: tuple[str, ...]
    extra: tuple[str, ...]


def join_rows(old: Table, columns: Columns, new: Table, text: str) -> Joined:
    """Put the rows of `new`, whose texts are in its column `text`, under those of `old`.

    Columns go by their names. Where the project has an id column and `new` lacks it,
    the rows get ids of their own. Raises InputError where no text is in `new`, where an id
    is empty or stands twice, or where the project has it for another text.
    """
    names = [str(name) for name in old.frame.columns]
    found = {str(name): list(map(str, new.frame[name])) for name in new.frame.columns}
    if text not in found:
        raise InputError(
            f"'{new.name}' has no column '{text}'.", "Choose the column that holds the texts."
        )
    bodies = found.pop(text)
    if not any(body.strip() for body in bodies):
        raise InputError(
            f"The column '{text}' of {new.name} holds no text in any row.",
            "Choose another text column.",
        )
    if text != columns.text:
        found.pop(columns.text, None)
    found[columns.text] = bodies
    kept = list(range(len(bodies)))
    without = tuple(name for name in names if name not in found)
    if columns.id is not None:
        ids = found.setdefault(columns.id, _fresh_ids(old, columns.id, len(bodies)))
        kept = _unknown(old, columns, new.name, list(zip(ids, bodies, strict=True)))
    added = {
        name: [found[name][row] for row in kept] if name in found else [""] * len(kept)
        for name in names
    }
    frame = pd.concat([old.frame, pd.DataFrame(added, dtype=str)], ignore_index=True)
    extra = tuple(name for name in found if name not in names)
    return Joined(frame, len(kept), len(bodies) - len(kept), without, extra)


def _fresh_ids(old: Table, column: str, count: int) -> list[str]:
    """Return ids that no row has: "added-" and the number of the row in the whole table."""
    taken = set(map(str, old.frame[column]))
    ids: list[str] = []
    number = len(old.frame)
    while len(ids) < count:
        number += 1
        if (name := f"added-{number}") not in taken:
            ids.append(name)
    return ids


def _unknown(old: Table, columns: Columns, name: str, rows: Sequence[tuple[str, str]]) -> list[int]:
    """Return the rows (id, text) that the project does not have."""
    text_of = dict(
        zip(map(str, old.frame[columns.id]), map(str, old.frame[columns.text]), strict=True)
    )
    first: dict[str, int] = {}
    kept = []
    for row, (one, body) in enumerate(rows):
        if not one.strip():
            raise InputError(
                f"Row {row + 1:,} of {name} has no id in the column '{columns.id}'.",
                "Give each new row an id of its own.",
            )
        if one in first:
            raise InputError(
                f"{name} has the id '{one[:80]}' in row {first[one] + 1:,} and again in row "
                f"{row + 1:,}.",
                "Give each new row an id of its own.",
            )
        first[one] = row
        if one not in text_of:
            kept.append(row)
        elif text_id(body) != text_id(text_of[one]):
            raise InputError(
                f"Row {row + 1:,} of {name} has the id '{one[:80]}', which the project has for "
                "another text.",
                "Give the new rows ids of their own; texts that are there are not changed.",
            )
    return kept
