"""Keywords of topics by c-TF-IDF, and short labels made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from unicodedata import category, normalize

import numpy as np
from numpy.typing import NDArray

SEPARATOR = " · "
NO_WORDS = "(no words)"
LONGEST_LABEL = 80
LONGEST_WORD = 40

# scikit-learn's stop words hold words that carry meaning, lack forms of "do", and
# lack what is left of a contraction cut at its apostrophe (Nothman et al. 2018,
# "Stop Word Lists in Free Open-source Software Packages").
_CONTENT = frozenset(
    {"amount", "bill", "call", "cry", "describe", "detail", "empty", "fill", "fire", "front"}
    | {"full", "interest", "mill", "move", "name", "serious", "show", "sincere", "system"}
)
_MISSING = frozenset(
    {"did", "does", "doing", "ain", "aren", "couldn", "didn", "doesn", "don", "dont", "hadn"}
    | {"hasn", "haven", "im", "isn", "ive", "ll", "mustn", "shouldn", "ve", "wasn", "weren"}
    | {"won", "wouldn"}
)


def keywords(
    documents: Mapping[str, Sequence[str]], *, top: int = 10
) -> dict[str, tuple[str, ...]]:
    """Return up to `top` terms of each topic, best first, by c-TF-IDF.

    `documents` maps topic ids to the bodies of their texts. Terms are words and
    pairs of neighbouring words, lower-case, without English stop words and words
    with digits ("25", "5th"); Chinese and Japanese, written without spaces, give
    pairs of characters. The weight of term t in topic c is
    tf(t, c) / |c| · log(1 + A / f(t)): f counts t in all topics, and A is the
    average number of terms of a topic (Grootendorst 2022, "BERTopic", section
    3.3). No word comes twice in a topic, plurals included.

    A topic without any term ("How are you?", "12 34") gets one keyword, the
    first words of its most frequent text; a topic without words gets none. The
    order of the topics and of their texts changes nothing.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    stop = stop_words()
    letters = _Letters()
    terms = {
        topic: [term for body in bodies for term in _terms(body, letters, stop)]
        for topic, bodies in documents.items()
    }
    found: dict[str, tuple[str, ...]] = {}
    if any(terms.values()):
        vectorizer = CountVectorizer(analyzer=list, dtype=np.int64)
        counts = vectorizer.fit_transform(list(terms.values()))
        vocabulary = [str(term) for term in vectorizer.get_feature_names_out()]
        idf = np.log1p(counts.sum() / len(terms) / np.asarray(counts.sum(axis=0)).ravel())
        for row, topic in enumerate(terms):
            line = counts[row]
            found[topic] = _best(line.indices, line.data, idf[line.indices], vocabulary, top)
    return {topic: found.get(topic) or _opening(bodies) for topic, bodies in documents.items()}


def stop_words() -> frozenset[str]:
    """Return the English words that say nothing about a topic."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return frozenset((ENGLISH_STOP_WORDS - _CONTENT) | _MISSING)


def words_of(body: str) -> list[str]:
    """Return the words of a text in its order, lower-case, without punctuation."""
    return normalize("NFC", body).lower().translate(_Letters()).split()


def label(keywords: Sequence[str]) -> str:
    """Return a short label of the first keywords: up to three, of four words in
    all ("card arrival · delivery"); "(no words)" where there is no keyword."""
    chosen: list[str] = []
    for keyword in keywords[:3]:
        longer = SEPARATOR.join([*chosen, keyword])
        if chosen and (len(longer.replace(SEPARATOR, " ").split()) > 4 or _too_long(longer)):
            break
        chosen.append(keyword)
    return SEPARATOR.join(chosen) or NO_WORDS


def labels(keywords_by_topic: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return a label for each topic, no two alike (whatever their case).

    Topics take their labels in the order of their ids, so that the order of the
    mapping changes nothing.
    """
    named: dict[str, str] = {}
    taken: set[str] = set()
    for topic in sorted(keywords_by_topic):
        terms = keywords_by_topic[topic]
        named[topic] = distinct(label(terms), terms, taken)
        taken.add(named[topic].casefold())
    return {topic: named[topic] for topic in keywords_by_topic}


def distinct(label: str, keywords: Sequence[str], taken: Collection[str]) -> str:
    """Return `label` where it is not in `taken` (case-folded labels), else with
    further keywords added until it is not, as a last resort with a number."""
    candidate = label
    for keyword in keywords:
        if candidate.casefold() not in taken:
            return candidate
        longer = f"{candidate}{SEPARATOR}{keyword}"
        if keyword not in label.split(SEPARATOR) and not _too_long(longer):
            candidate = longer
    number = 2
    while candidate.casefold() in taken:
        candidate = f"{label} ({number})"
        number += 1
    return candidate


class _Letters(dict[int, str | int]):
    """A table for str.translate that keeps letters with their accents and vowel
    signs, and digits; everything else becomes a space. It fills as it is asked."""

    def __missing__(self, code: int) -> str | int:
        kept: str | int = code if category(chr(code))[0] in "LMN" else " "
        self[code] = kept
        return kept


def _terms(body: str, letters: _Letters, stop: frozenset[str]) -> Iterator[str]:
    """Yield the words and word pairs of a text; a pair may span stop words."""
    before = ""
    for word in normalize("NFC", body).lower().translate(letters).split():
        if any(map(str.isnumeric, word)):
            continue
        if _without_spaces(word):
            yield from (word[i : i + 2] for i in range(max(1, len(word) - 1)))
            before = ""
        elif 2 <= len(word) <= LONGEST_WORD and word not in stop:
            yield word
            if before and before != word:
                yield f"{before} {word}"
            before = word


def _without_spaces(word: str) -> bool:
    """Whether a word holds Han characters or kana, whose scripts use no spaces."""
    return not word.isascii() and any(
        "\u3040" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff" for char in word
    )


def _best(
    indices: NDArray[np.int_],
    counts: NDArray[np.int64],
    idf: NDArray[np.float64],
    vocabulary: Sequence[str],
    top: int,
) -> tuple[str, ...]:
    """Return the `top` terms of a topic of which no two share a word.

    A pair counts where it comes twice or more. It takes the place of its best
    word where that word stands in the pair at least every second time; elsewhere
    the word alone says it.
    """
    weights = np.round(counts * idf / max(1, counts.sum()), 12)
    ranked = sorted(
        ((vocabulary[i], int(n), w) for i, n, w in zip(indices, counts, weights, strict=True)),
        key=lambda entry: (-entry[2], entry[0]),
    )[: 20 * top]
    count = {term: n for term, n, _ in ranked}
    chosen: list[str] = []
    used: dict[str, str] = {}
    for term, n, _ in ranked:
        stems = [_singular(word) for word in term.split()]
        if len(stems) > 1 and n < 2:
            continue
        rivals = sorted({used[stem] for stem in stems if stem in used}, key=chosen.index)
        if not rivals:
            chosen.append(term)
        elif (
            len(stems) > 1
            and all(" " not in rival for rival in rivals)
            and 2 * n >= count[rivals[0]]
        ):
            chosen[chosen.index(rivals[0])] = term
            chosen = [kept for kept in chosen if kept not in rivals]
        else:
            continue
        used.update(dict.fromkeys(stems, term))
    return tuple(chosen[:top])


def _singular(word: str) -> str:
    """Fold English plurals, to tell whether two words are near-identical."""
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    return word[:-1]


def _opening(bodies: Sequence[str]) -> tuple[str, ...]:
    """Return the first words of the most frequent text as one keyword."""
    openings = Counter(" ".join(body.split()[:6]) for body in bodies)
    openings.pop("", None)
    if not openings:
        return ()
    words = min(openings, key=lambda opening: (-openings[opening], opening))
    printable = "".join(char for char in words if category(char)[0] != "C")
    return (printable[:LONGEST_WORD].strip(),) if printable.strip() else ()


def _too_long(label: str) -> bool:
    return len(label) > LONGEST_LABEL
