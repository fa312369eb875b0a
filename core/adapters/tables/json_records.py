"""JSON (records, columns or plain texts) and JSONL."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from core.adapters.tables.cells import cell
from core.adapters.tables.grids import Grid, blank_notice
from core.adapters.tables.limits import Gauge
from core.adapters.tables.lines import HEADERS
from core.domain.errors import InputError

_SHAPES = (
    'Write a list of objects, a list of texts, or one object of lists such as {"text": [...]}.'
)


def read_json(name: str, text: str, by_line: bool, gauge: Gauge) -> Grid:
    """Return the records of a JSON file, or of a JSONL file where `by_line`.

    Objects become rows, with columns by first appearance and "" where a key is
    missing; texts become the column "text". A file of the other of the two
    formats is read as what it is, with a notice. Raises InputError naming the
    line of what is not JSON and the row of what is no record.
    """
    start = text.lstrip()[:1]
    if by_line and start == "[":
        return _read_whole(name, text, gauge, ("The file is one JSON list; it was read so.",))
    if by_line:
        return _read_by_line(name, text, gauge, ())
    if start == "{" and _is_by_line(text):
        notice = "The file holds one JSON object a line; it was read so."
        return _read_by_line(name, text, gauge, (notice,))
    return _read_whole(name, text, gauge, ())


def _is_by_line(text: str) -> bool:
    """Whether the first line is a whole object and another one follows."""
    first, _, rest = text.lstrip().partition("\n")
    return rest.lstrip().startswith("{") and first.rstrip().endswith("}")


def _read_whole(name: str, text: str, gauge: Gauge, notices: tuple[str, ...]) -> Grid:
    value = _parse(name, text, 1)
    if isinstance(value, dict) and value and all(isinstance(v, list) for v in value.values()):
        return _of_columns(name, value, gauge, notices)
    if isinstance(value, list):
        return _of_records(name, value, gauge, notices)
    raise InputError(f"'{name}' holds JSON, but no table.", _SHAPES)


def _read_by_line(name: str, text: str, gauge: Gauge, notices: tuple[str, ...]) -> Grid:
    lines = text.rstrip().split("\n")
    records = [
        _parse(name, line, number) for number, line in enumerate(lines, start=1) if line.strip()
    ]
    blank = len(lines) - len(records)
    return _of_records(name, records, gauge, notices + blank_notice(blank, "line"))


def _parse(name: str, text: str, first_line: int) -> object:
    try:
        return json.loads(text, parse_constant=_constant)
    except json.JSONDecodeError as error:
        line = first_line + error.lineno - 1
        raise InputError(
            f"'{name}' is not valid JSON on line {line:,}, character {error.colno:,}.",
            "Correct that line, or save the file again in the program it comes from.",
        ) from error
    except (RecursionError, ValueError) as error:
        raise InputError(
            f"'{name}' holds JSON that is nested too deeply or numbers that are too long, "
            f"at line {first_line:,} or below.",
            "Write such values as plain texts.",
        ) from error


def _constant(literal: str) -> str | None:
    """NaN is how pandas writes a missing value; the infinities stay as they are written."""
    return None if literal == "NaN" else literal


def _of_columns(
    name: str, columns: dict[str, list[object]], gauge: Gauge, notices: tuple[str, ...]
) -> Grid:
    headers = list(columns)
    gauge.header(headers)
    length = len(columns[headers[0]])
    for header, values in columns.items():
        if len(values) != length:
            raise InputError(
                f"'{name}' has {len(values):,} values in column '{header[:80]}' where column "
                f"'{headers[0][:80]}' has {length:,}.",
                "Give every column the same number of values.",
            )
    rows = _measured(zip(*columns.values(), strict=True), headers, gauge)
    return Grid(headers, rows, notices)


def _of_records(
    name: str, records: Sequence[object], gauge: Gauge, notices: tuple[str, ...]
) -> Grid:
    if not records:
        raise InputError(f"'{name}' holds an empty list.", _SHAPES)
    if not any(isinstance(record, dict | list) for record in records):
        return Grid(HEADERS, _measured(((r,) for r in records), HEADERS, gauge), notices)
    headers: dict[str, None] = {}
    objects: list[dict[str, object]] = []
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            raise InputError(f"'{name}' has no JSON object in row {number:,}.", _SHAPES)
        headers.update(dict.fromkeys(record))
        gauge.columns(len(headers), number)
        objects.append(record)
    # Objects may share few keys: the table can be far larger than the file.
    gauge.cells(len(headers) * len(objects))
    names = list(headers)
    gauge.header(names)
    rows = _measured(([record.get(h) for h in names] for record in objects), names, gauge)
    return Grid(names, rows, notices)


def _measured(
    records: Iterator[Sequence[object]], names: Sequence[str], gauge: Gauge
) -> list[list[str]]:
    rows = []
    for record in records:
        cells = [cell(value) for value in record]
        gauge.row(cells, names)
        rows.append(cells)
    return rows
