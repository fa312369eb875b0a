"""A typed value becomes the string that a person saw in the file."""

from __future__ import annotations

import json
import math
from datetime import date, time

_EXACT = 10**15


def cell(value: object) -> str:
    """Return `value` as text: "" for nothing, 7 for 7.0, ISO 8601 for dates, JSON for nests."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return _bytes(value)
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=cell)
    return str(value)


def _number(value: float) -> str:
    if math.isnan(value):
        return ""
    # Beyond 15 digits a float is no longer the integer that was typed.
    if value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return repr(value)


def _bytes(value: bytes) -> str:
    """Binary columns often hold text; what is none is shown in hexadecimal."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.hex()
