"""Excel workbooks."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from core.adapters.tables.archive import check_archive
from core.adapters.tables.cells import cell
from core.adapters.tables.grids import Grid, blank_notice
from core.adapters.tables.limits import Gauge
from core.domain.errors import InputError

_EXCEL_ROWS = 1_048_576

# What openpyxl raises on parts that are missing, malformed or of the wrong type.
# SyntaxError is ElementTree's ParseError.
DAMAGE = (
    AttributeError,
    IndexError,
    KeyError,
    OSError,
    OverflowError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
)


def read_workbook(name: str, data: bytes, gauge: Gauge) -> Grid:
    """Return the first sheet with data; its first row that is not blank is the header.

    Formulas give the values last saved with them, dates ISO 8601; trailing blank
    rows and columns are dropped. Raises InputError for a damaged workbook and
    for one that unpacks to too much.
    """
    check_archive(name, data, gauge)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            grid = _read_sheet(sheet, gauge)
            if grid.headers:
                return Grid(grid.headers, grid.rows, _sheets_notice(book, sheet) + grid.notices)
    except DAMAGE as error:
        raise InputError(
            f"'{name}' is a damaged workbook.",
            "Open it in a spreadsheet program, save it again as .xlsx, and upload that.",
        ) from error
    raise InputError(f"'{name}' has no sheet with data.", "Choose a file with texts in it.")


def _read_sheet(sheet: Any, gauge: Gauge) -> Grid:
    # The declared extent may be wrong, and a row number may lie beyond any sheet.
    sheet.reset_dimensions()
    header: list[str] = []
    rows: list[list[str]] = []
    blank = pending = width = 0
    for cells in _filled(sheet, gauge):
        if not cells:
            pending += bool(header)
        elif not header:
            gauge.header(cells)
            header, width = cells, len(cells)
        else:
            blank, pending = blank + pending, 0
            gauge.columns(len(cells), len(rows) + 1)
            gauge.row(cells, header)
            width = max(width, len(cells))
            rows.append(cells)
    gauge.cells(width * len(rows))
    for cells in [header, *rows]:
        cells.extend([""] * (width - len(cells)))
    return Grid(header, rows, blank_notice(blank, "row"))


def _filled(sheet: Any, gauge: Gauge) -> Iterator[list[str]]:
    """Yield every row as strings without its trailing empty cells."""
    met = 0
    for values in sheet.iter_rows(max_row=_EXCEL_ROWS, values_only=True):
        met += len(values)
        gauge.cells(met)
        cells = [_cell(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return cell(value)


def _sheets_notice(book: Any, read: Any) -> tuple[str, ...]:
    others = [sheet.title for sheet in book.worksheets if sheet is not read]
    if not others:
        return ()
    shown = ", ".join(f"'{title}'" for title in others[:5])
    more = f" and {len(others) - 5:,} more" if len(others) > 5 else ""
    return (f"The sheet '{read.title}' was read; the workbook also has {shown}{more}.",)
