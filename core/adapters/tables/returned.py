"""An edited workbook that comes back, read as what somebody else's program wrote."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from core.adapters.tables.archive import check_archive
from core.adapters.tables.limits import Gauge
from core.adapters.tables.workbook import DAMAGE
from core.domain.errors import InputError
from core.domain.settings import Settings
from core.domain.workbooks import (
    ABOUT,
    EDITABLE,
    FORMAT,
    MOST_ROWS,
    TEXT_COLUMNS,
    TEXTS,
    TOPIC_COLUMNS,
    TOPICS,
    Returned,
    TextRow,
    TopicRow,
)

_TOPIC_NEEDS = ("topic_id", "label", "new_label", "parent_id", "new_parent_id")
_TEXT_NEEDS = ("text_id", "cluster_id", "reassigned_cluster_id")
_NO_EXPORT = "Bring back a workbook that was downloaded on the Export page, saved as .xlsx."


def read_returned(name: str, data: bytes, settings: Settings) -> Returned:
    """Return the lines of a workbook that Clade made and somebody edited.

    Rows without an id are passed over. Raises InputError, naming sheet, row and
    column, for a file that is damaged, too big or no workbook of ours, a sheet or
    column that is missing, and for formulas, dates and errors where a name or an
    id should be.
    """
    gauge = Gauge(name, settings)
    gauge.file(len(data))
    if not data.startswith(b"PK"):
        raise InputError(f"'{name}' is not an Excel workbook.", _NO_EXPORT)
    check_archive(name, data, gauge)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheets = {sheet.title: sheet for sheet in book.worksheets}
        for title in (ABOUT, TOPICS, TEXTS):
            if title not in sheets:
                raise InputError(f"'{name}' has no sheet named '{title}'.", _NO_EXPORT)
        about = _about(sheets[ABOUT])
        topics = tuple(
            TopicRow(row, *cells) for row, cells in _lines(sheets[TOPICS], TOPICS, _TOPIC_NEEDS)
        )
        texts = tuple(
            TextRow(row, *cells) for row, cells in _lines(sheets[TEXTS], TEXTS, _TEXT_NEEDS)
        )
    except DAMAGE as error:
        raise InputError(
            f"'{name}' is a damaged workbook.",
            "Open it in a spreadsheet program, save it again as .xlsx, and upload that.",
        ) from error
    version = about.get("taxonomy_version", "")
    if about.get("format") != FORMAT or not version.isdecimal() or "project_id" not in about:
        raise InputError(
            f"The sheet '{ABOUT}' of '{name}' does not say what it was made from.", _NO_EXPORT
        )
    return Returned(name, about["project_id"], int(version[:9]), topics, texts)


def _about(sheet: Any) -> dict[str, str]:
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=100, max_col=2)
    found = ([_shown(cell.value) for cell in row] for row in rows)
    return {row[0]: row[1] for row in found if len(row) == 2}


def _lines(sheet: Any, title: str, needs: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of each row and its cells in the columns `needs`, the first the id."""
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=MOST_ROWS)
    header = [_shown(cell.value).strip().casefold() for cell in next(rows, ())]
    at = _columns(title, header, needs)
    for number, row in enumerate(rows, start=2):
        cells = [row[place] if place < len(row) else None for place in at]
        read = [_read(cell, title, number, name) for cell, name in zip(cells, needs, strict=True)]
        if read[0]:
            yield number, read
        elif any(text for text, name in zip(read, needs, strict=True) if name in EDITABLE):
            raise InputError(
                f"Row {number:,} of '{title}' asks for a change and has no {needs[0]}.",
                "Put its id back, or empty the line.",
            )


def _columns(title: str, header: Sequence[str], needs: Sequence[str]) -> list[int]:
    for name in needs:
        if header.count(name) != 1:
            known = TOPIC_COLUMNS if title == TOPICS else TEXT_COLUMNS
            strange = [repr(found[:40]) for found in header if found and found not in known]
            told = f" It has {', '.join(strange[:5])} instead." if strange else ""
            times = "no column" if name not in header else "more than one column"
            raise InputError(
                f"The sheet '{title}' has {times} named '{name}'.{told}",
                "The columns must keep their names, which stand in the first row: put it back.",
            )
    return [header.index(name) for name in needs]


def _read(cell: Any, title: str, row: int, column: str) -> str:
    """Return a cell's text, or refuse what is neither a text nor a number."""
    if cell is None or cell.value is None:
        return ""
    kinds = {"f": "a formula", "e": "an error", "d": "a date"}
    kind = kinds.get(cell.data_type)
    if kind and (column in EDITABLE or column == "topic_id" or column == "text_id"):
        raise InputError(
            f"Row {row:,} of '{title}' has {kind} in the column {column}.",
            "Write it as plain text (in Excel, begin with an apostrophe), then bring it again.",
        )
    return " ".join(_shown(cell.value).split())


def _shown(value: object) -> str:
    """Return a value as the spreadsheet shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
