"""Tables as they were brought, and the distinct texts in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd


@dataclass(frozen=True, slots=True)
class Text:
    """One distinct text. `id` comes from the content (`ids.text_id`)."""

    id: str
    body: str
    meta: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Table:
    """A file as it was brought: every cell a string, rows and columns in order.

    `frame` has unique column names (strings) and a RangeIndex; `headers` are
    the names as they stand in the file, in the same order, perhaps repeated.
    `notices` are sentences about what the reader had to do (encoding guessed,
    NULs removed, …). `encoding` is "utf-8", "cp1252", … or "" for binary formats.
    """

    name: str
    frame: pd.DataFrame
    headers: tuple[str, ...]
    encoding: str
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a table mean. `id` None: row numbers (from 1) serve."""

    text: str
    id: str | None = None
    metadata: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Corpus:
    """The distinct texts of a table and which row holds which.

    `texts` is sorted by id, so that the order of the rows changes nothing.
    `row_ids` and `row_text_ids` have one entry a row of the table, in its
    order; `row_text_ids` is "" where the row's text is empty.
    """

    texts: tuple[Text, ...]
    row_ids: tuple[str, ...]
    row_text_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """What the health card shows of a table, in rows unless said otherwise.

    `duplicates`: rows whose text stood in an earlier row; `near_duplicates`:
    distinct texts equal to an earlier one but for case and punctuation.
    `length_edges` (characters, n+1 entries) and `length_counts` (n entries) are
    the histogram of the distinct texts' lengths; `long` counts distinct texts
    of more than `long_words` words, whose tail the embedder will not read.
    """

    rows: int
    empty: int
    texts: int
    duplicates: int
    near_duplicates: int
    long: int
    long_words: int
    length_edges: tuple[float, ...]
    length_counts: tuple[int, ...]
    median_length: float
    encoding: str
    notices: tuple[str, ...]
