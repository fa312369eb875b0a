"""From the bytes of a file, or pasted lines, to a Table."""

from __future__ import annotations

from core.adapters.tables.decoding import decode
from core.adapters.tables.delimited import read_delimited
from core.adapters.tables.grids import Grid, table_of
from core.adapters.tables.json_records import read_json
from core.adapters.tables.kinds import Kind, kind_of
from core.adapters.tables.limits import Gauge
from core.adapters.tables.lines import read_lines
from core.adapters.tables.parquet import read_parquet
from core.adapters.tables.workbook import read_workbook
from core.domain.errors import InputError
from core.domain.settings import Settings
from core.domain.texts import Table


def read_table(name: str, data: bytes, settings: Settings, encoding: str | None = None) -> Table:
    """Return the table in a .csv, .tsv, .xlsx, .json, .jsonl, .parquet or .txt file.

    Every cell is a string as it stands in the file; what is missing is "". The
    content outranks the extension, with a notice. `encoding` is that of a text
    format; None finds it out. Raises InputError, naming the file, the row and
    the next move, where the file is damaged, empty or over a limit of `settings`.
    """
    gauge = Gauge(name, settings)
    gauge.file(len(data))
    kind, notices = kind_of(name, data)
    if kind is Kind.XLSX:
        return table_of(name, read_workbook(name, data, gauge), "", notices)
    if kind is Kind.PARQUET:
        return table_of(name, read_parquet(name, data, gauge), "", notices)
    decoded = decode(name, data, encoding)
    grid = _read_text(name, decoded.text, kind, gauge)
    return table_of(name, grid, decoded.encoding, notices + decoded.notices)


def paste_table(text: str, settings: Settings) -> Table:
    """Return pasted lines as a table of one column, "text"; blank lines are left out.

    Raises InputError where there is no text at all or a limit is passed.
    """
    name = "pasted text"
    gauge = Gauge(name, settings)
    gauge.file(len(text.encode("utf-8", "surrogatepass")))
    if not text.strip():
        raise InputError("Nothing was pasted.", "Paste some texts, one a line.")
    return table_of(name, read_lines(text, gauge), "", ())


def _read_text(name: str, text: str, kind: Kind, gauge: Gauge) -> Grid:
    if not text.strip():
        raise InputError(
            f"'{name}' holds nothing but white space.", "Choose a file with texts in it."
        )
    if kind is Kind.TXT:
        return read_lines(text, gauge)
    if kind in (Kind.JSON, Kind.JSONL):
        return read_json(name, text, kind is Kind.JSONL, gauge)
    return read_delimited(name, text, "\t" if kind is Kind.TSV else ",", gauge)
