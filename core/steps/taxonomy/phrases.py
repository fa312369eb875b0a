"""Phrases of a topic's own texts, for a model that can choose a name and not write one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from core.steps.taxonomy.keywords import stop_words, words_of

_LONGEST = 4  # words of a phrase


def phrases(bodies: Sequence[str], keywords: Sequence[str], most: int = 20) -> tuple[str, ...]:
    """Return `keywords` and phrases of two to four words that stand in two of `bodies` or
    more, in as many as possible first; `most` in all, no two alike.

    A phrase may span stop words and neither begins nor ends with one.
    """
    found = Counter(phrase for body in bodies for phrase in set(_phrases(body)))
    often = [phrase for phrase, times in found.items() if times > 1]
    often.sort(key=lambda phrase: (-found[phrase], -len(phrase.split()), phrase))
    return tuple(dict.fromkeys((*keywords, *often)))[:most]


def _phrases(body: str) -> Iterator[str]:
    stop, words = stop_words(), words_of(body)
    for length in range(2, _LONGEST + 1):
        for first in range(len(words) - length + 1):
            part = words[first : first + length]
            # What an apostrophe leaves behind ("hasn t") is no word of a name.
            whole = all(len(word) > 1 or word in ("a", "i") for word in part)
            if whole and part[0] not in stop and part[-1] not in stop:
                yield " ".join(part)
