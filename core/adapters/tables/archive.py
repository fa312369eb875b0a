"""What a zip archive unpacks to, counted before anything else reads it."""

from __future__ import annotations

import io
import zipfile
import zlib

from core.adapters.tables.limits import Gauge
from core.domain.errors import InputError

MAX_RATIO = 100
"""Unpacked to packed bytes. Workbooks reach 10 to 20; deflate's ceiling is 1,032."""

_CHUNK = 1 << 16
_DECLARATIONS = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)


def check_archive(name: str, data: bytes, gauge: Gauge) -> None:
    """Unpack every member of a workbook once, without keeping it.

    The sizes in the headers are checked first and then not believed. Raises
    InputError for a damaged, locked or oversized archive, and for one that
    declares XML entities, which no spreadsheet program writes.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_size(name, sum(member.file_size for member in members), len(data), gauge)
            unpacked = 0
            for member in members:
                if member.flag_bits & 1 or member.compress_type not in (
                    zipfile.ZIP_STORED,
                    zipfile.ZIP_DEFLATED,
                ):
                    raise InputError(
                        f"'{name}' is locked or packed in an unusual way.",
                        "Open it, save it as .xlsx without a password, and upload that.",
                    )
                unpacked = _unpack(name, archive, member, unpacked, len(data), gauge)
    except _DAMAGE as error:
        raise InputError(
            f"'{name}' is a damaged workbook.",
            "Open it in a spreadsheet program, save it again as .xlsx, and upload that.",
        ) from error
    if "[Content_Types].xml" not in {member.filename for member in members}:
        raise InputError(
            f"'{name}' is a zip archive, not a workbook.",
            "Unpack it and upload the file inside.",
        )


def _unpack(
    name: str,
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    unpacked: int,
    packed: int,
    gauge: Gauge,
) -> int:
    """Return `unpacked` and the bytes of this member."""
    tail = b""
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            unpacked += len(chunk)
            _check_size(name, unpacked, packed, gauge)
            seen = tail + chunk
            if any(declaration in seen for declaration in _DECLARATIONS):
                raise InputError(
                    f"'{name}' declares XML entities, as no spreadsheet program does.",
                    "Open it in a spreadsheet program, save it again as .xlsx, and upload that.",
                )
            tail = seen[-len(_DECLARATIONS[-1]) :]
    return unpacked


def _check_size(name: str, unpacked: int, packed: int, gauge: Gauge) -> None:
    gauge.unpacked(unpacked)
    if unpacked > packed * MAX_RATIO:
        raise InputError(
            f"'{name}' unpacks to more than {MAX_RATIO} times its size, as harmful archives do.",
            "Save the sheet as .csv and upload that.",
        )
