"""Everything that one export is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.domain.clusterings import Clustering
from core.domain.errors import InputError
from core.domain.judgments import Constraints, Judgment
from core.domain.projects import VersionNote
from core.domain.spaces import Embedding, Layout
from core.domain.taxonomy import Assignment, Taxonomy
from core.domain.texts import Columns, Corpus, Table


@dataclass(frozen=True, slots=True)
class Front:
    """What the report says besides what can be counted, in sentences.

    `template` is the Jinja text of the page; `light` and `dark` ten colours each.
    `agreement`: how far the answers can be trusted; `spend`: what language models
    cost; `caveats`: what a reader should be warned about; `made`: how it was made,
    as (what, how).
    """

    template: str
    light: tuple[str, ...]
    dark: tuple[str, ...]
    agreement: tuple[str, ...]
    spend: str
    caveats: tuple[str, ...]
    made: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """One project at one moment.

    `round` counts the retrains kept so far, `rounds` how many were when a text, by its id,
    last moved or was answered about (none given: all of them); `model` holds the files of
    the tuned model, where it is wanted too; `constraints` are the settled judgments,
    `history` the versions of the taxonomy, oldest first, and `examples` the ids of the
    texts that show best what a topic holds. `facts` holds JSON values for the
    manifest (versions, seeds, parameters, hash of the source file, metrics). Raises
    InputError where a text of the corpus lacks a vector, a place on the map or
    an assignment, where a text is assigned to a topic that the taxonomy does not
    have, or where the table and the corpus differ in their number of rows.
    """

    project_id: str
    project_name: str
    table: Table
    columns: Columns
    corpus: Corpus
    embedding: Embedding
    layout: Layout
    clustering: Clustering
    taxonomy: Taxonomy
    assignment: Assignment
    judgments: tuple[Judgment, ...]
    constraints: Constraints
    history: tuple[VersionNote, ...]
    examples: Mapping[str, tuple[str, ...]]
    round: int
    facts: Mapping[str, Any]
    front: Front
    model: Mapping[str, bytes] = field(default_factory=dict)
    rounds: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.table.frame) != len(self.corpus.row_ids):
            raise InputError(
                f"The table has {len(self.table.frame):,} rows and its texts were read"
                f" from {len(self.corpus.row_ids):,}.",
                "Choose the columns again on the Data page, then export.",
            )
        texts = {text.id for text in self.corpus.texts}
        for part, covered in (
            ("vectors", self.embedding.text_ids),
            ("the map", self.layout.text_ids),
            ("the taxonomy", self.assignment.text_ids),
        ):
            if missing := len(texts.difference(covered)):
                raise InputError(
                    f"{missing:,} of {len(texts):,} texts are missing from {part}.",
                    "Build the map again, then export.",
                )
        known = {topic.id for topic in self.taxonomy.topics} | {""}
        if strange := set(self.assignment.topics) - known:
            raise InputError(
                f"Texts are assigned to {len(strange):,} topics that the taxonomy does not have.",
                "Reload the Taxonomy page, then export.",
            )
