"""How much of a file is accepted, counted while it is read."""

from __future__ import annotations

from collections.abc import Sequence

from core.domain.errors import InputError
from core.domain.settings import Settings

MAX_CELLS = 25_000_000
"""Rows times columns. A table at both of its other limits would not fit in memory."""


class Gauge:
    """Counts the rows, cells and characters of one file and refuses at a limit.

    Formats that name a value once and use it often (shared strings, dictionary
    pages) unpack to far more than their file: the characters of all cells
    together are held to the largest accepted file too.
    """

    def __init__(self, name: str, settings: Settings) -> None:
        self.name = name
        self.max_bytes = settings.max_upload_mb * 1_000_000
        self.max_columns = settings.max_columns
        self.max_rows = settings.max_rows
        self.max_cell_chars = settings.max_cell_chars
        self.rows = 0
        self._chars = 0

    def file(self, size: int) -> None:
        """Refuse a file of more than the accepted number of bytes."""
        if size > self.max_bytes:
            raise InputError(
                f"'{self.name}' has {size / 1e6:,.0f} MB; {self.max_bytes / 1e6:,.0f} MB "
                "are accepted.",
                "Split it into smaller files.",
            )

    def unpacked(self, size: int) -> None:
        """Refuse content of more than the accepted number of bytes, once unpacked."""
        if size > self.max_bytes:
            raise InputError(
                f"'{self.name}' unpacks to more than {self.max_bytes / 1e6:,.0f} MB.",
                "Split it into smaller files, or save it as .csv with fewer columns.",
            )

    def columns(self, count: int, row: int | None = None) -> None:
        """Refuse more columns than accepted; `row` is where they were met."""
        if count > self.max_columns:
            where = "" if row is None else f" in row {row:,}"
            raise InputError(
                f"'{self.name}' has {count:,} columns{where}; {self.max_columns:,} are accepted.",
                "Keep the column with the texts and the few that describe them.",
            )

    def cells(self, count: int) -> None:
        """Refuse a table of more cells than fit in memory."""
        if count > MAX_CELLS:
            raise InputError(
                f"'{self.name}' has more than {MAX_CELLS:,} cells.",
                "Keep the column with the texts and the few that describe them.",
            )

    def header(self, names: Sequence[str]) -> None:
        """Refuse a header with too many or too long names."""
        self.columns(len(names))
        for number, name in enumerate(names, start=1):
            if len(name) > self.max_cell_chars:
                raise self._long_cell(len(name), "the header", f"column {number:,}")

    def row(self, cells: Sequence[str], names: Sequence[str]) -> None:
        """Count the next row and refuse it where it passes a limit."""
        self.rows += 1
        if self.rows > self.max_rows:
            raise InputError(
                f"'{self.name}' has more than {self.max_rows:,} rows.",
                "Keep the rows that matter, or split it into smaller files.",
            )
        self.cells(self.rows * len(cells))
        lengths = [len(cell) for cell in cells]
        if lengths and max(lengths) > self.max_cell_chars:
            at = next(i for i, length in enumerate(lengths) if length > self.max_cell_chars)
            name = f"column '{names[at]}'" if at < len(names) else f"column {at + 1:,}"
            raise self._long_cell(lengths[at], f"row {self.rows:,}", name)
        self._chars += sum(lengths)
        self.unpacked(self._chars)

    def _long_cell(self, length: int, row: str, column: str) -> InputError:
        return InputError(
            f"'{self.name}' has a cell of {length:,} characters in {row}, {column[:80]}; "
            f"{self.max_cell_chars:,} are accepted.",
            "Shorten or split that text, or look for a missing quotation mark before it.",
        )
