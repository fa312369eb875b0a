"""From a table to its distinct texts, and what a person should know about them."""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections.abc import Sequence
from types import MappingProxyType

import regex

from core.domain.errors import InputError
from core.domain.ids import text_id
from core.domain.texts import Columns, Corpus, Health, Table, Text

_STRONG_NAMES = frozenset(
    {
        *("text", "texts", "body", "content", "document", "abstract", "summary", "description"),
        *("message", "comment", "comments", "post", "tweet", "note", "notes", "verbatim"),
        *("question", "query", "answer", "utterance", "sentence", "request", "response"),
        *("review", "feedback", "complaint"),
    }
)
_WEAK_NAMES = frozenset({"title", "subject", "headline", "topic", "name"})
_ID_NAMES = frozenset(
    {
        *("id", "ids", "uuid", "guid", "key", "index", "idx", "nr", "no", "number"),
        *("ref", "reference", "identifier"),
    }
)
_LONGEST_ID = 64
_ENOUGH_WORDS = 20
_TELLING_CHARS = 200
_MOST_BINS = 12
_SEARCH_SECONDS = 0.5  # for one text: a pattern can take exponential time

_NAME_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_NO_WORD = re.compile(r"://|@|^www\.", re.IGNORECASE)
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_MARK = re.compile(r"[^\w\s]|_")


def guess_columns(table: Table) -> Columns:
    """Return which column holds the texts, which one the ids, and the rest as metadata.

    The text column is the one whose name, number of words and variety speak most
    for it; an id column has an id's name and short values, none twice. Raises
    InputError where no column holds words.
    """
    values = {str(name): _column(table, str(name)) for name in table.frame.columns}
    words = {name: _mean_words(cells) for name, cells in values.items()}
    wordy = [name for name in values if words[name] > 0]
    if not wordy:
        raise InputError(
            f"No column of '{table.name}' holds words: {_listed(list(values))}.",
            "Choose a file that has a column of texts.",
        )
    text = max(wordy, key=lambda name: _text_score(name, words[name], values[name]))
    ids = [name for name, cells in values.items() if name != text and _holds_ids(name, cells)]
    metadata = tuple(name for name in values if name != text and name not in ids)
    return Columns(text=text, id=ids[0] if ids else None, metadata=metadata)


def make_corpus(table: Table, columns: Columns) -> Corpus:
    """Return the distinct texts of `columns.text`, sorted by id, and which row holds which.

    Rows are one text where `ids.text_id` says so. Such a text takes its body and
    its metadata from the row with the smallest (body, metadata), so that the
    order of the rows changes nothing. Raises InputError where a column does not
    exist, and where an id is empty or stands twice.
    """
    _check_columns(table, columns)
    bodies = [cell.strip() for cell in _column(table, columns.text)]
    metadata = [_column(table, name) for name in columns.metadata]
    row_text_ids = tuple(text_id(body) if body else "" for body in bodies)
    chosen: dict[str, tuple[str, ...]] = {}
    for row, (key, body) in enumerate(zip(row_text_ids, bodies, strict=True)):
        if key:
            candidate = (body, *(cells[row] for cells in metadata))
            chosen[key] = min(chosen.get(key, candidate), candidate)
    texts = tuple(
        Text(key, body, MappingProxyType(dict(zip(columns.metadata, meta, strict=True))))
        for key, (body, *meta) in sorted(chosen.items())
    )
    return Corpus(texts, _row_ids(table, columns.id), row_text_ids)


def check_health(table: Table, corpus: Corpus, columns: Columns, long_words: int) -> Health:
    """Return what the health card shows of `corpus`, made from `table` and `columns`.

    `long_words` is how many words (between white space) the embedder reads of a
    text. The histogram has 12 bins or fewer of equal, whole width, each closed
    on the left; no bins and the one edge 0 where there are no texts.
    """
    empty = sum(not cell.strip() for cell in _column(table, columns.text))
    lengths = [len(text.body) for text in corpus.texts]
    edges, counts = _histogram(lengths)
    return Health(
        rows=len(table.frame),
        empty=empty,
        texts=len(corpus.texts),
        duplicates=len(table.frame) - empty - len(corpus.texts),
        near_duplicates=len(corpus.texts) - len({_skeleton(text.body) for text in corpus.texts}),
        long=sum(len(text.body.split()) > long_words for text in corpus.texts),
        long_words=long_words,
        length_edges=edges,
        length_counts=counts,
        median_length=float(statistics.median(lengths)) if lengths else 0.0,
        encoding=table.encoding,
        notices=table.notices,
    )


def _column(table: Table, name: str) -> list[str]:
    return [str(cell) for cell in table.frame[name].tolist()]


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:10])
    return shown if len(names) <= 10 else f"{shown} and {len(names) - 10:,} more"


def _words(cell: str) -> int:
    """Count tokens made mostly of letters, in the first characters of a cell.

    Scripts without spaces count two signs a word.
    """
    count = 0
    for token in cell[:_TELLING_CHARS].split():
        if unspaced := len(_UNSPACED.findall(token)):
            count += (unspaced + 1) // 2
        elif sum(sign.isalpha() for sign in token) > 0.5 * len(token):
            count += not _NO_WORD.search(token)
    return count


def _mean_words(cells: Sequence[str]) -> float:
    """Return the mean number of words in the cells that are not blank; 0 where most have none."""
    counts = [_words(cell) for cell in cells if cell.strip()]
    if 2 * sum(count > 0 for count in counts) < len(counts):
        return 0.0
    return statistics.fmean(counts) if counts else 0.0


def _name_parts(name: str) -> list[str]:
    return [part.lower() for part in _NAME_PARTS.findall(name)]


def _text_score(name: str, words: float, cells: Sequence[str]) -> float:
    """Weigh a name (up to 1), the number of words (1) and the share of distinct cells (0.5)."""
    parts = _name_parts(name)
    if len(parts) == 1 and parts[0] in _STRONG_NAMES:
        hint = 1.0
    elif not _STRONG_NAMES.isdisjoint(parts) or not _WEAK_NAMES.isdisjoint(parts):
        hint = 0.4
    else:
        hint = 0.0
    filled = [cell for cell in cells if cell.strip()]
    variety = len(set(filled)) / len(filled)
    return hint + min(words / _ENOUGH_WORDS, 1.0) + 0.5 * variety


def _holds_ids(name: str, cells: Sequence[str]) -> bool:
    parts = _name_parts(name)
    named = bool(parts) and (parts[-1] in _ID_NAMES or parts[-1].endswith("id"))
    return (
        named
        and len(set(cells)) == len(cells)
        and all(cell.strip() and len(cell) <= _LONGEST_ID for cell in cells)
    )


def _check_columns(table: Table, columns: Columns) -> None:
    wanted = [columns.text, *([columns.id] if columns.id is not None else []), *columns.metadata]
    for name in wanted:
        if name not in table.frame.columns:
            raise InputError(
                f"'{table.name}' has no column '{name}'.",
                f"Choose among its columns: {_listed([str(n) for n in table.frame.columns])}.",
            )


def _row_ids(table: Table, column: str | None) -> tuple[str, ...]:
    if column is None:
        return tuple(str(row) for row in range(1, len(table.frame) + 1))
    cells = _column(table, column)
    first: dict[str, int] = {}
    for row, cell in enumerate(cells, start=1):
        if not cell.strip():
            problem = f"Column '{column}' has no id in row {row:,}."
        elif cell in first:
            problem = (
                f"Column '{column}' has the id '{cell[:80]}' in row {first[cell]:,} "
                f"and again in row {row:,}."
            )
        else:
            first[cell] = row
            continue
        raise InputError(problem, "Choose another id column, or none.")
    return tuple(cells)


def _skeleton(body: str) -> str:
    """Return the body without case and punctuation, or whole where that is all it has."""
    plain = unicodedata.normalize("NFC", body).casefold()
    bare = " ".join(_MARK.sub(_drop_punctuation, plain).split())
    return bare or plain


def _drop_punctuation(mark: re.Match[str]) -> str:
    # Symbols (currency, emoji) and the vowel signs of Indic scripts carry meaning.
    return "" if unicodedata.category(mark[0]).startswith("P") else mark[0]


def _histogram(lengths: Sequence[int]) -> tuple[tuple[float, ...], tuple[int, ...]]:
    if not lengths:
        return (0.0,), ()
    low, span = min(lengths), max(lengths) - min(lengths) + 1
    width = -(-span // _MOST_BINS)
    counts = [0] * -(-span // width)
    for length in lengths:
        counts[(length - low) // width] += 1
    return tuple(float(low + width * i) for i in range(len(counts) + 1)), tuple(counts)


def find_texts(texts: Sequence[Text], query: str) -> tuple[str, ...]:
    """Return ids of the texts that match a query, in the order of `texts`.

    Words: all of them must occur, in any case and order. Between slashes: a
    regular expression, case ignored; InputError where it is not one.
    """
    query = query.strip()
    if len(query) > 2 and query.startswith("/") and query.endswith("/"):
        try:
            pattern = regex.compile(query[1:-1], regex.IGNORECASE)
            return tuple(t.id for t in texts if pattern.search(t.body, timeout=_SEARCH_SECONDS))
        except regex.error as error:
            raise InputError(
                f"'{query}' is not a regular expression ({error}).",
                "Mend it, or leave the slashes out to search for words.",
            ) from error
        except TimeoutError as error:
            raise InputError(
                f"'{query}' takes too long to look for.",
                "Make it simpler: nested repetitions such as (a+)+ are slow.",
            ) from error
    words = query.casefold().split()
    return tuple(
        text.id for text in texts if words and all(w in text.body.casefold() for w in words)
    )
