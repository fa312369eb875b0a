"""The workbook that goes out to be edited and comes back: its sheets, columns and words."""

from __future__ import annotations

from dataclasses import dataclass

FORMAT = "Clade workbook 1"

ABOUT, TOPICS, TEXTS = "About", "Topics", "Texts"
"""The names of the sheets."""

TOPIC_COLUMNS = (
    *("topic_id", "label", "new_label", "parent_id", "new_parent_id", "path", "texts", "rows"),
    *("description", "keywords", "locked", "reviewed", "archived"),
)
TEXT_COLUMNS = (
    *("text_id", "text", "cluster_id", "label", "reassigned_cluster_id", "rows", "assigned_by"),
)
EDITABLE = frozenset({"new_label", "new_parent_id", "reassigned_cluster_id"})
"""The columns that are read when a workbook comes back; the others only tell."""

TOP, NONE = "top", "none"
"""What stands for the top level in `new_parent_id`, and for no cluster in
`reassigned_cluster_id`; an empty cell stands for no change."""

MOST_ROWS, MOST_CHARS = 1_048_576, 32_767
"""What a sheet and a cell of Excel hold, the header's row included."""


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A line of the sheet of topics as it came back; `row` counts from 1 as Excel does."""

    row: int
    id: str
    label: str
    new_label: str
    parent: str
    new_parent: str


@dataclass(frozen=True, slots=True)
class TextRow:
    """A line of the sheet of texts as it came back."""

    row: int
    id: str
    cluster: str
    reassigned: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A workbook that came back: of which project, made from which version of its
    taxonomy, and its lines, "" where a cell is empty."""

    name: str
    project: str
    version: int
    topics: tuple[TopicRow, ...]
    texts: tuple[TextRow, ...]
