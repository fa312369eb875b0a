"""Text on its way into a file: encodable, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

_FORMULA = re.compile(r"'*[=+\-@\t\r\n\u2212\uFF0B\uFF0D\uFF1D\uFF20]")

Cell = str | int | float | bool | None


def utf8(text: str) -> bytes:
    """Encode `text` as UTF-8, lone surrogates (which UTF-8 cannot hold) as U+FFFD."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return whole.encode("utf-8")


def formula_safe(text: str) -> str:
    """Return `text` with an apostrophe before it if a spreadsheet could run it.

    Guarded are texts that begin with = + - @, their full-width forms and the minus
    sign, tab or a line break (OWASP, "CSV Injection"), and those that begin so
    behind apostrophes of their own: taking one apostrophe away
    from every such cell therefore gives back exactly what was there.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """Return what `formula_safe` made `text` from."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return f"{cell:.6f}"
    return formula_safe(cell) if isinstance(cell, str) else str(cell)


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a CSV file: comma, double quotes, CRLF (RFC 4180), UTF-8 with a byte
    order mark, without which Excel takes UTF-8 for the local code page.

    Texts, the header's too, are made formula-safe. Numbers are not: they are
    ours, no text can hide in them, and an apostrophe before −1.5 would make it
    a text. Floats have six decimals, None is an empty cell.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([formula_safe(name) for name in header])
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + utf8(out.getvalue())
