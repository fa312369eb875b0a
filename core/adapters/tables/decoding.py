"""From bytes to text: the encoding that was asked for, or the likeliest one."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

from core.domain.errors import InputError

_MARKS = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DEFAULT = "cp1252"
_CANDIDATES = (
    _DEFAULT,
    *("cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
)
_SAMPLE = 65_536
_BONUS = 0.02
"""Larger than the difference that two encodings of the same alphabet show by chance."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text without its byte order mark, and the Python name of its encoding."""

    text: str
    encoding: str
    notices: tuple[str, ...] = ()


def decode(name: str, data: bytes, encoding: str | None) -> Decoded:
    """Return `data` as text: in `encoding`, else by its mark, else UTF-8, else a guess.

    NULs are removed. Every guess is a notice. Raises InputError where the bytes
    are not text in the encoding, or in any that is known.
    """
    decoded = _in_encoding(name, data, encoding) if encoding else _find_out(name, data)
    text = decoded.text.removeprefix("\ufeff")
    notices = decoded.notices
    if nuls := text.count("\0"):
        text = text.replace("\0", "")
        notices += (f"{nuls:,} NUL character{'s were' if nuls > 1 else ' was'} removed.",)
    return Decoded(text, decoded.encoding, notices)


def _in_encoding(name: str, data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding), encoding)
    except (LookupError, ValueError) as error:
        raise InputError(
            f"'{name}' cannot be read as {encoding}.",
            "Choose another encoding, or let Clade find it out.",
        ) from error


def _find_out(name: str, data: bytes) -> Decoded:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _in_encoding(name, data, encoding)
    utf8 = _strict(data, "utf-8")
    utf16 = _utf16_without_mark(data, sure=utf8 is None)
    if utf16 is not None:
        notice = f"The file does not say its encoding; it was read as {utf16.encoding}."
        return Decoded(utf16.text, utf16.encoding, (f"{notice} You can choose another.",))
    return Decoded(utf8, "utf-8") if utf8 is not None else _guess(name, data)


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _utf16_without_mark(data: bytes, sure: bool) -> Decoded | None:
    """Recognise UTF-16 by its NULs: the high bytes of Latin letters, digits and line ends.

    They stand on one side of the pairs. `sure` says that the bytes are not UTF-8;
    a few NULs are evidence then, and a third of the pairs is needed otherwise.
    """
    head = data[:_SAMPLE]
    pairs = len(head) // 2
    if len(data) % 2 or not pairs:
        return None
    first, second = head[0::2].count(0), head[1::2].count(0)
    if max(first, second) < pairs * (0.02 if sure else 0.3):
        return None
    if max(first, second) < 4 * min(first, second):
        return None
    encoding = "utf-16-le" if second > first else "utf-16-be"
    text = _strict(data, encoding)
    return None if text is None else Decoded(text, encoding)


def _guess(name: str, data: bytes) -> Decoded:
    """Decode what is not Unicode, with charset-normalizer's best guess.

    It sees only lines with bytes above ASCII. Where little speaks for another one,
    the file is Western European (cp1252), as most such files are.
    """
    from charset_normalizer import from_bytes

    matches = from_bytes(_telling(data.splitlines()), cp_isolation=list(_CANDIDATES))
    ranked = sorted(
        (3 * match.chaos - match.coherence - _BONUS * (encoding == _DEFAULT), encoding)
        for match in matches
        for encoding in match.could_be_from_charset
    )
    for encoding in [*(encoding for _, encoding in ranked), *_CANDIDATES]:
        text = _strict(data, encoding)
        if text is not None and _is_text(text):
            notice = (
                f"The file is not UTF-8; it was read as {encoding}. If letters look wrong, "
                "choose another encoding."
            )
            return Decoded(text, encoding, (notice,))
    raise InputError(
        f"'{name}' does not hold text in any encoding that Clade knows.",
        "Save it as UTF-8 in the program it comes from, or choose its encoding.",
    )


def _telling(lines: Iterable[bytes]) -> bytes:
    sizes = 0

    def fits(line: bytes) -> bool:
        nonlocal sizes
        sizes += len(line)
        return sizes < _SAMPLE

    telling = (line for line in lines if not line.isascii())
    first = next(telling, b"")[:_SAMPLE]
    return b"\n".join([first, *takewhile(fits, telling)])


def _is_text(text: str) -> bool:
    """Whether control characters are as rare as they are in texts, not in pictures."""
    control = sum(text.count(chr(code)) for code in range(32) if chr(code) not in "\0\t\n\v\f\r")
    return control * 100 <= len(text)
