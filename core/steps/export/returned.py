"""What an edited workbook asks for, as edits: read against the taxonomy, nothing guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from core.domain.errors import InputError
from core.domain.taxonomy import Assignment, Move, Reassign, Rename, Taxonomy, Together, Topic
from core.domain.workbooks import (
    NONE,
    TEXTS,
    TOP,
    TOPICS,
    Returned,
    TextRow,
    TopicRow,
)
from core.steps.export.cells import unguarded
from core.steps.export.workbook import written


def changes(taxonomy: Taxonomy, assignment: Assignment, book: Returned) -> Together:
    """Return the edits that a workbook asks for, on the version of `taxonomy`.

    What already is as it asks is no edit; what has no line stays. Raises
    InputError, naming sheet and row, for ids that are not there, ids on two lines,
    and where a column that only tells was written into (that is looked for only
    where the workbook was made from this version).
    """
    topics = {topic.id: topic for topic in taxonomy.topics}
    places = dict(zip(assignment.text_ids, assignment.topics, strict=True))
    _refuse_strangers(TOPICS, "topic_id", book.topics, topics)
    _refuse_strangers(TEXTS, "text_id", book.texts, places)
    if book.version == taxonomy.version:
        _refuse_told_columns(book, topics, places)
    version, edits = taxonomy.version, list[Rename | Move | Reassign]()
    for row in book.topics:
        label = unguarded(row.new_label)
        if row.new_label and label != topics[row.id].label:
            edits.append(Rename(version, row.id, label))
    for row in book.topics:
        if row.new_parent:
            parent = _place(TOPICS, row.row, "new_parent_id", row.new_parent, TOP, topics) or None
            if parent != topics[row.id].parent:
                edits.append(Move(version, row.id, parent))
    edits += _reassigned(book.texts, topics, places, version)
    return Together(version, tuple(edits), f"the workbook '{book.name}'")


def missing(taxonomy: Taxonomy, assignment: Assignment, book: Returned) -> tuple[int, int]:
    """Return how many topics and how many texts have no line in the workbook."""
    topics = {topic.id for topic in taxonomy.topics} - {row.id for row in book.topics}
    texts = set(assignment.text_ids) - {row.id for row in book.texts}
    return len(topics), len(texts)


def _reassigned(
    rows: Sequence[TextRow], topics: Mapping[str, Topic], places: Mapping[str, str], version: int
) -> Iterable[Reassign]:
    wanted: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.reassigned:
            column = "reassigned_cluster_id"
            place = _place(TEXTS, row.row, column, row.reassigned, NONE, topics)
            if place != places[row.id]:
                wanted[place].append(row.id)
    return [Reassign(version, tuple(sorted(wanted[place])), place) for place in sorted(wanted)]


def _place(
    sheet: str, row: int, column: str, cell: str, nothing: str, topics: Mapping[str, Topic]
) -> str:
    """Return the topic id that a cell names, "" for the word that stands for none."""
    if cell in topics:
        return cell
    if cell.casefold() == nothing:
        return ""
    raise InputError(
        f"Row {row:,} of '{sheet}' names the topic '{cell[:60]}' in {column}, and there is none "
        "of that id.",
        f"Use an id from the column topic_id of '{TOPICS}', or '{nothing}'.",
    )


def _refuse_strangers(
    sheet: str, column: str, rows: Sequence[TopicRow | TextRow], known: Mapping[str, object]
) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        if row.id not in known:
            raise InputError(
                f"Row {row.row:,} of '{sheet}' has the {column} '{row.id[:60]}', which is not in "
                "this project.",
                "Ids tell which line is which and must stay as they are: put it back, or delete "
                "that line.",
            )
        if row.id in seen:
            raise InputError(
                f"Rows {seen[row.id]:,} and {row.row:,} of '{sheet}' have the same {column}, "
                f"'{row.id[:60]}'.",
                "Keep one of the two lines.",
            )
        seen[row.id] = row.row


def _refuse_told_columns(
    book: Returned, topics: Mapping[str, Topic], places: Mapping[str, str]
) -> None:
    """Refuse a change in a column that only tells: it would be lost without a word."""
    for row in book.topics:
        topic = topics[row.id]
        if _plain(row.label) != _plain(written(topic.label)):
            raise _told(TOPICS, row.row, "label", "new_label")
        if row.parent != (topic.parent or TOP):
            raise _told(TOPICS, row.row, "parent_id", "new_parent_id")
    for line in book.texts:
        if line.cluster != (places[line.id] or NONE):
            raise _told(TEXTS, line.row, "cluster_id", "reassigned_cluster_id")


def _plain(cell: str) -> str:
    """Return a cell as it reads, however a program spaced it or wrote its '_x'."""
    return " ".join(cell.replace("x005F_", "").split())


def _told(sheet: str, row: int, column: str, instead: str) -> InputError:
    return InputError(
        f"Row {row:,} of '{sheet}' was changed in the column {column}, which only tells how "
        "things are.",
        f"Put it back and write the change into {instead}.",
    )
