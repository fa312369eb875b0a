"""Which format a file is in: by its extension, checked against its first bytes."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePath

from core.domain.errors import InputError


class Kind(StrEnum):
    CSV = "csv"
    TSV = "tsv"
    XLSX = "xlsx"
    JSON = "json"
    JSONL = "jsonl"
    PARQUET = "parquet"
    TXT = "txt"


ACCEPTED = "Clade reads .csv, .tsv, .xlsx, .json, .jsonl, .parquet and .txt files"

_TITLES = {
    Kind.CSV: "a CSV file",
    Kind.JSON: "a JSON file",
    Kind.XLSX: "an Excel workbook",
    Kind.PARQUET: "a Parquet file",
}
_REFUSED = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Excel or Word file, or one with a password",
        "Open it, save it as .xlsx without a password, and upload that.",
    ),
    (b"%PDF-", "a PDF document", f"{ACCEPTED}: save its texts as one of them."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first and upload the file inside."),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "Unpack it first and upload the file inside."),
    (b"\x89PNG", "a picture", f"{ACCEPTED}: choose one of them."),
    (b"\xff\xd8\xff", "a picture", f"{ACCEPTED}: choose one of them."),
)
_HEAD = 4096
_JSON_START = re.compile(rb'(\[\s*)?\{\s*"')
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_DELIMITER = re.compile(rb"[,;\t|]")


def kind_of(name: str, data: bytes) -> tuple[Kind, tuple[str, ...]]:
    """Return the format to read `data` in, and a notice where the extension says another.

    Raises InputError for an extension that is not accepted, an empty file, and
    content that cannot be told.
    """
    kind = _by_extension(name)
    if not data:
        raise InputError(f"'{name}' is empty.", "Choose a file with texts in it.")
    for magic, title, next_move in _REFUSED:
        if data.startswith(magic):
            raise InputError(f"'{name}' is really {title}.", next_move)
    found = _by_content(name, data, kind)
    if found is kind:
        return kind, ()
    return found, (f"'{name}' is named .{kind} but is really {_TITLES[found]}; it was read so.",)


def _by_extension(name: str) -> Kind:
    extension = PurePath(name).suffix.lower().removeprefix(".")
    try:
        return Kind(extension)
    except ValueError as error:
        what = f"is a .{extension} file" if extension else "has no extension"
        raise InputError(
            f"'{name}' {what}, which Clade cannot read.", f"{ACCEPTED}: save it as one of them."
        ) from error


def _by_content(name: str, data: bytes, kind: Kind) -> Kind:
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Kind.XLSX
    if data.startswith(b"PAR1") and (kind is Kind.PARQUET or data.endswith(b"PAR1")):
        return Kind.PARQUET
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    if kind in (Kind.CSV, Kind.TSV):
        return Kind.JSON if _JSON_START.match(head) else kind
    if kind in (Kind.XLSX, Kind.PARQUET):
        return _text_in_disguise(name, head, kind)
    return kind


def _text_in_disguise(name: str, head: bytes, kind: Kind) -> Kind:
    if not _CONTROL.search(head):
        if _JSON_START.match(head):
            return Kind.JSON
        if _DELIMITER.search(head.split(b"\n", 1)[0]):
            return Kind.CSV
    raise InputError(
        f"'{name}' is not {_TITLES[kind]}, and Clade cannot tell what it is.",
        "If it holds plain text, rename it to .csv or .txt; otherwise save it again "
        "in the program it comes from.",
    )
