"""JSON out of what a model wrote: strict where it can be, mended where it must be.

Mended are fences and prose around an object, trailing commas, single and typographic
quotes, bare keys, Python's words, and a tail that was cut off. Nothing is guessed: a
value that does not end is left out.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

LONGEST_REPLY = 20_000
"""Characters of a reply that are read; what is longer is no answer."""

_DEEPEST = 6
_MOST_OBJECTS = 8
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’"}
_BARE = re.compile(r"[^\s,:{}\[\]\"'“”‘’]+")
_WORDS: dict[str, Any] = {
    "true": True,
    "false": False,
    "null": None,
    "True": True,
    "False": False,
    "None": None,
}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


class _Ends(Exception):  # noqa: N818 - the reply ends within a value
    """The text is over, or goes on as no JSON does."""


def objects_in(reply: str) -> list[dict[str, Any]]:
    """Return the JSON objects that a reply holds beside each other, at most eight.

    A reply is read to `LONGEST_REPLY`. An object nested deeper than six is none.
    """
    text = reply[:LONGEST_REPLY]
    found: list[dict[str, Any]] = []
    place = text.find("{")
    while place >= 0 and len(found) < _MOST_OBJECTS:
        value, end = _object_at(text, place)
        if value:
            found.append(value)
        place = text.find("{", end)
    return found


def _object_at(text: str, place: int) -> tuple[dict[str, Any], int]:
    try:
        value, end = _STRICT.raw_decode(text, place)
    except (ValueError, RecursionError):
        reader = _Reader(text, place)
        return reader.object(), max(reader.place, place + 1)
    return value, end


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object in which a key that stands twice with two values has none."""
    found: dict[str, Any] = {}
    for key, value in members:
        found[key] = value if found.get(key, value) == value else None
    return found


_STRICT = json.JSONDecoder(object_pairs_hook=_once)


class _Reader:
    """Reads one value from `place` on, and stops there where it ends or breaks."""

    def __init__(self, text: str, place: int) -> None:
        self.text, self.place = text, place
        self._depth = 0

    def object(self) -> dict[str, Any]:
        """Return the members that are whole; what comes after a broken one is lost."""
        members: list[tuple[str, Any]] = []
        with suppress(_Ends):
            self._read_members(members)
        return _once(members)

    def _read_members(self, members: list[tuple[str, Any]]) -> None:
        self.place += 1
        while (char := self._next()) != "}":
            if char == ",":
                self.place += 1
                continue
            key = self._string() if char in _QUOTES else self._word()
            if self._next() != ":":
                raise _Ends
            self.place += 1
            value = self._value()
            # Whole is what something follows: the end of a reply may cut a value short.
            if self._next() not in ",}":
                raise _Ends
            members.append((key, value))
        self.place += 1

    def _value(self) -> Any:
        char = self._next()
        if char in _QUOTES:
            return self._string()
        if char not in "{[":
            return self._literal()
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _Ends
        value: Any = self._list() if char == "[" else self._nested()
        self._depth -= 1
        return value

    def _nested(self) -> dict[str, Any]:
        members: list[tuple[str, Any]] = []
        self._read_members(members)
        return _once(members)

    def _list(self) -> list[Any]:
        found: list[Any] = []
        self.place += 1
        while (char := self._next()) != "]":
            if char == ",":
                self.place += 1
            else:
                found.append(self._value())
                if self._next() not in ",]":
                    raise _Ends
        self.place += 1
        return found

    def _string(self) -> str:
        close = _QUOTES[self.text[self.place]]
        parts: list[str] = []
        place = self.place + 1
        while place < len(self.text):
            char = self.text[place]
            if char == close and self._closes(place):
                self.place = place + 1
                return "".join(parts)
            if char == "\\" and place + 1 < len(self.text):
                place += 1
                char = _ESCAPES.get(self.text[place], self.text[place])
            parts.append(char)
            place += 1
        self.place = place
        raise _Ends

    def _closes(self, place: int) -> bool:
        """Whether a quote ends its string: an apostrophe stands within a word."""
        after = self.text[place + 1 : place + 40].lstrip()
        return not after or after[0] in ",:}]"

    def _literal(self) -> Any:
        word = self._word()
        if word in _WORDS:
            return _WORDS[word]
        try:
            return int(word) if word.lstrip("-").isdigit() else float(word)
        except ValueError:
            return word

    def _word(self) -> str:
        found = _BARE.match(self.text, self.place)
        if not found:
            raise _Ends
        self.place = found.end()
        return found[0]

    def _next(self) -> str:
        """Return the next character that is no white space, and stand at it."""
        while self.place < len(self.text) and self.text[self.place].isspace():
            self.place += 1
        if self.place >= len(self.text):
            raise _Ends
        return self.text[self.place]
