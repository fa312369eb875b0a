"""Delimited text: CSV in all its dialects, and TSV."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator

from core.adapters.tables.grids import Grid, blank_notice
from core.adapters.tables.limits import Gauge
from core.domain.errors import InputError

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 200
_SAMPLE_CHARS = 200_000
_SEPARATOR_LINE = re.compile(r"sep=([,;\t|])\r?\n", re.IGNORECASE)

# The reader's own limit is one for the whole process; the gauge has the real one.
csv.field_size_limit(2**31 - 1)


def read_delimited(name: str, text: str, preferred: str, gauge: Gauge) -> Grid:
    """Return the records of `text`; the first one that is not blank is the header.

    The delimiter is the one of `, ; tab |` under which most records have as many
    cells as the header; `preferred` breaks a tie. Raises InputError for a ragged
    row or a quotation mark that is not closed, naming the row (1 is the first
    below the header) and the line in the file.
    """
    declared = _SEPARATOR_LINE.match(text)
    if declared:
        delimiter, text, skipped = declared[1], text[declared.end() :], 1
    else:
        delimiter, skipped = _guess_delimiter(text, preferred), 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] = []
    rows: list[list[str]] = []
    blank, line = 0, 1 + skipped
    try:
        for cells in reader:
            if not cells or (len(cells) == 1 and len(header) != 1 and not cells[0].strip()):
                blank += 1
            elif not header:
                gauge.header(cells)
                header = cells
            else:
                if len(cells) != len(header):
                    cells = _fit(name, cells, header, len(rows) + 1, line)
                gauge.row(cells, header)
                rows.append(cells)
            line = reader.line_num + 1 + skipped
    except csv.Error as error:
        where = f"row {len(rows) + 1:,}" if header else "the header"
        raise InputError(
            f"'{name}' has a quotation mark that opens in {where} (line {line:,}) and is not "
            "closed as it should be.",
            'Close it, or write "" for a quotation mark inside a quoted cell; a file of bare '
            "texts can be saved as .txt, one text a line.",
        ) from error
    return Grid(header, rows, blank_notice(blank, "line"))


def _guess_delimiter(text: str, preferred: str) -> str:
    best, best_score = preferred, (0.0, False, 0)
    for delimiter in _DELIMITERS:
        counts = [len(cells) for cells in csv.reader(_sample(text), delimiter=delimiter) if cells]
        if not counts or counts[0] < 2:
            continue
        share = sum(count == counts[0] for count in counts) / len(counts)
        score = (share, delimiter == preferred, counts[0])
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _sample(text: str) -> Iterator[str]:
    lines, taken = io.StringIO(text, newline=""), 0
    for line in itertools.islice(lines, _SAMPLE_LINES):
        yield line
        taken += len(line)
        if taken > _SAMPLE_CHARS:
            return


def _fit(name: str, cells: list[str], header: list[str], row: int, line: int) -> list[str]:
    if len(cells) > len(header) and not any(cells[len(header) :]):
        return cells[: len(header)]
    if len(header) == 1:
        next_move = (
            "Put each text between quotation marks, or save the file as .txt, one text a line."
        )
    else:
        next_move = (
            "Put cells that hold the delimiter between quotation marks, or give that row as "
            "many cells as the header."
        )
    raise InputError(
        f"'{name}' has {len(cells):,} cell{'s' * (len(cells) != 1)} in row {row:,} "
        f"(line {line:,}) where the header has {len(header):,}.",
        next_move,
    )
