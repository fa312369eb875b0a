"""Evidence: passages that a model quotes, found again in the texts that it was shown."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from core.steps.prompts.marking import plain

_LONGEST = 500  # characters of a quote: a longer one proves no more

# What `plain` leaves out or changes on the way from a text to the prompt.
_HIDDEN = r"[[\p{Cc}\p{Cf}\p{Co}\p{Cs}\U000E0100-\U000E01EF]--[\u200c\u200d\s]]*"
_CHANGED = {"‹": "[<＜﹤«‹]", "›": "[>＞﹥»›]", "(": r"[(\[]", ")": r"[)\]]"}


def quoted(quotes: Sequence[str], texts: Sequence[str]) -> tuple[str, ...]:
    """Return those of `quotes` that stand in one of `texts`, in whole words, as they
    stand there.

    A quote is of the text as a prompt shows it (see `marking.plain`); what is returned
    is the passage of the text itself, to the letter. Others are left out, and what
    comes twice.
    """
    shown = [(text, plain(text)) for text in texts]
    found = []
    for quote in quotes:
        wanted = plain(quote, len(quote)).strip(" \"'“”‘’")
        if 0 < len(wanted) <= _LONGEST:
            found.append(_passage(wanted, shown))
    return tuple(dict.fromkeys(filter(None, found)))


def _passage(wanted: str, shown: Sequence[tuple[str, str]]) -> str:
    for text, line in shown:
        if wanted in line and (match := _pattern(wanted).search(text)):
            return str(match[0])
    return ""


def _pattern(wanted: str) -> regex.Pattern[str]:
    parts = []
    for char in wanted:
        plainly = _CHANGED.get(char) or regex.escape(char)
        parts.append(rf"(?:\s{_HIDDEN})+" if char == " " else plainly)
    # "no" is no quotation of "now"; where words are not set apart, nothing can tell.
    before = "(?<![A-Za-z0-9])" if _latin(wanted[0]) else ""
    after = "(?![A-Za-z0-9])" if _latin(wanted[-1]) else ""
    return regex.compile(f"{before}{_HIDDEN.join(parts)}{after}", regex.V1)


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
