"""Plain text, one text a line."""

from __future__ import annotations

import io

from core.adapters.tables.grids import Grid, blank_notice
from core.adapters.tables.limits import Gauge

HEADERS = ("text",)


def read_lines(text: str, gauge: Gauge) -> Grid:
    """Return each line that is not blank as a row of the one column "text"."""
    rows: list[list[str]] = []
    blank = 0
    for line in io.StringIO(text, newline=None):
        body = line.removesuffix("\n")
        if not body.strip():
            blank += 1
            continue
        gauge.row([body], HEADERS)
        rows.append([body])
    return Grid(HEADERS, rows, blank_notice(blank, "line"))
