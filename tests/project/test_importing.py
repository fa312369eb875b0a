"""An edited workbook comes back: exactly its changes, or nothing and a sentence."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook as Book
from openpyxl import load_workbook

from core.domain.errors import CladeError, EditError, InputError, StaleEditError
from core.domain.taxonomy import Group, Rename
from core.project import importing
from core.project.arrays import load_clustering
from core.project.exporting import export
from core.project.intake import find_project
from core.project.mapping import current
from core.project.shaping import edit, standing, undo
from core.project.workspace import Workspace
from core.steps.taxonomy import assign, leaves

Mapped = tuple[Workspace, str]
Edited = Callable[[Any], None]


@pytest.fixture
def grouped(mapped: Mapped) -> Mapped:
    """A project with a parent over two of its topics, so that there is a tree."""
    workspace, project_id = mapped
    here = current(workspace, project_id).taxonomy
    two = tuple(topic.id for topic in leaves(here)[:2])
    edit(workspace, project_id, Group(here.version, two, "Pair"), "me")
    return mapped


def downloaded(mapped: Mapped) -> bytes:
    return export(*mapped).files["workbook.xlsx"]


def edited(data: bytes, change: Edited) -> bytes:
    """Return a workbook as a spreadsheet program saves it after some typing."""
    book = load_workbook(io.BytesIO(data))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write(sheet: Any, row: int, column: str, value: object) -> None:
    names = [cell.value for cell in sheet[1]]
    sheet.cell(row, names.index(column) + 1, value)


def offered(mapped: Mapped, data: bytes) -> importing.Offer:
    workspace, project_id = mapped
    book = importing.read(workspace, project_id, "a.xlsx", data)
    return importing.offer(workspace, current(workspace, project_id), book)


def row_of(book: Any, sheet: str, topic: str) -> int:
    return next(row[0].row for row in book[sheet].iter_rows(max_col=1) if row[0].value == topic)


def test_an_untouched_workbook_changes_nothing(grouped: Mapped) -> None:
    for data in (downloaded(grouped), edited(downloaded(grouped), lambda book: None)):
        found = offered(grouped, data)
        assert (found.edit.edits, found.lines, found.left_out, found.stale) == ((), (), "", "")
        assert "no change" in found.told


def test_names_places_and_texts_change_at_once_and_undo_takes_all_back(grouped: Mapped) -> None:
    workspace, project_id = grouped
    before = current(workspace, project_id)
    first, second, third = leaves(before.taxonomy)[:3]
    parent = next(topic for topic in before.taxonomy.topics if topic.label == "Pair")
    placed = assign(before.taxonomy, load_clustering(workspace, before.map))
    text = next(
        text
        for text, topic in zip(placed.text_ids, placed.topics, strict=True)
        if topic == third.id
    )

    def change(book: Any) -> None:
        topics, texts = book["Topics"], book["Texts"]
        write(topics, row_of(book, "Topics", first.id), "new_label", second.label)
        write(topics, row_of(book, "Topics", second.id), "new_label", "2024")
        write(topics, row_of(book, "Topics", third.id), "new_parent_id", parent.id)
        write(texts, row_of(book, "Texts", text), "reassigned_cluster_id", first.id)

    found = offered(grouped, edited(downloaded(grouped), change))
    assert "2 new names, 1 topic put under another parent and 1 text put elsewhere" in found.told
    assert [line.what for line in found.lines] == ["Name", "Name", "Place", "Text"]
    above = {topic.id: topic.label for topic in before.taxonomy.topics}
    assert found.lines[2].now == above.get(third.parent or "", "(top level)")
    assert found.lines[2].then == "Pair"
    assert (found.lines[3].now, found.lines[3].then) == (third.label, first.label)

    importing.take_over(workspace, project_id, found, "ann")
    after = current(workspace, project_id).taxonomy
    now = {topic.id: topic for topic in after.topics}
    assert now[first.id].label == second.label
    assert now[second.id].label == "2024"
    assert now[third.id].parent == parent.id
    assert after.moved[text] == first.id
    note = workspace.store.projects.note(project_id, after.version)
    assert (note.author, note.parent) == ("ann", before.taxonomy.version)
    assert "workbook 'a.xlsx': 2 renamed, 1 moved, 1 text put elsewhere" in note.sentence

    step = standing(workspace, find_project(workspace, project_id)).undo
    assert step is not None
    undo(workspace, project_id, step)
    assert current(workspace, project_id).taxonomy == before.taxonomy


def test_lines_that_are_missing_or_sorted_change_nothing(grouped: Mapped) -> None:
    def change(book: Any) -> None:
        book["Topics"].delete_rows(3)
        book["Texts"].delete_rows(2, 5)
        rows = list(book["Texts"].iter_rows(min_row=2, values_only=True))
        for number, row in enumerate(reversed(rows), start=2):
            for column, value in enumerate(row, start=1):
                book["Texts"].cell(number, column, value)
        book["Texts"].insert_cols(1)
        book["Texts"]["A1"] = "my notes"

    found = offered(grouped, edited(downloaded(grouped), change))
    assert found.lines == ()
    assert found.left_out.startswith("1 topic and 5 texts have no line")


def spoiled(sheet: str, column: str, value: object, row: int = 2) -> Edited:
    return lambda book: write(book[sheet], row, column, value)


def rename_column(book: Any) -> None:
    names = [cell.value for cell in book["Topics"][1]]
    book["Topics"].cell(1, names.index("new_label") + 1, "New label!")


def twice(book: Any) -> None:
    write(book["Topics"], 3, "topic_id", book["Topics"]["A2"].value)


def circle(book: Any) -> None:
    row = next(r[0].row for r in book["Topics"].iter_rows() if r[1].value == "Pair")
    write(book["Topics"], row, "new_parent_id", book["Topics"].cell(row, 1).value)


def twins(book: Any) -> None:
    labels = [row[1].value for row in book["Topics"].iter_rows(min_row=2) if row[3].value == "top"]
    row = next(r[0].row for r in book["Topics"].iter_rows() if r[1].value == labels[0])
    write(book["Topics"], row, "new_label", labels[1].upper())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (spoiled("Topics", "topic_id", "x9"), ["Row 2 of 'Topics'", "topic_id 'x9'"]),
        (spoiled("Texts", "text_id", "x9", row=7), ["Row 7 of 'Texts'", "text_id 'x9'"]),
        (twice, ["Rows 2 and 3 of 'Topics'", "same topic_id"]),
        (rename_column, ["no column named 'new_label'", "'new label!'"]),
        (spoiled("Topics", "new_label", "=1+1"), ["Row 2 of 'Topics'", "formula", "new_label"]),
        (spoiled("Topics", "new_parent_id", '=HYPERLINK("http://x")'), ["formula"]),
        (spoiled("Texts", "text_id", "=A3"), ["formula", "text_id"]),
        (spoiled("Topics", "new_label", "x" * 10_000), ["10000 characters", "200 is the most"]),
        (spoiled("Topics", "new_label", "\u200b"), ["empty"]),
        (spoiled("Topics", "new_parent_id", "zz"), ["'zz'", "new_parent_id", "topic_id"]),
        (spoiled("Texts", "reassigned_cluster_id", "zz"), ["'zz'", "reassigned_cluster_id"]),
        (spoiled("Topics", "label", "Edited"), ["column label", "new_label"]),
        (spoiled("Texts", "cluster_id", "c99"), ["cluster_id", "reassigned_cluster_id"]),
        (circle, ["circle", "'Pair' under 'Pair'"]),
        (twins, ["another topic"]),
        (lambda book: book.remove(book["Texts"]), ["no sheet named 'Texts'"]),
        (lambda book: write(book["About"], 3, "format", "soon"), []),
    ],
)
def test_a_spoiled_workbook_is_told_in_a_sentence_and_changes_nothing(
    grouped: Mapped, change: Edited, words: list[str]
) -> None:
    workspace, project_id = grouped
    before = current(workspace, project_id).taxonomy
    if not words:
        change, words = (lambda book: book["About"].delete_rows(1, 3)), ["'About'"]
    with pytest.raises((InputError, EditError)) as told:
        offered(grouped, edited(downloaded(grouped), change))
    assert all(word in str(told.value) for word in words), told.value
    assert told.value.next_move
    assert current(workspace, project_id).taxonomy == before


def test_what_is_no_workbook_of_this_project_is_refused(grouped: Mapped) -> None:
    workspace, project_id = grouped
    out = io.BytesIO()
    Book().save(out)
    for data, words in (
        (b"a,b\n1,2\n", "not an Excel workbook"),
        (b"PK\x03\x04 broken", "damaged"),
        (out.getvalue(), "no sheet named 'About'"),
    ):
        with pytest.raises(InputError, match=words):
            importing.read(workspace, project_id, "a.xlsx", data)
    other = edited(downloaded(grouped), lambda book: book["About"].cell(2, 2, "f" * 32))
    with pytest.raises(InputError, match="another project"):
        importing.read(workspace, project_id, "a.xlsx", other)


def test_a_stale_workbook_is_told_and_is_read_against_the_taxonomy_as_it_is(
    grouped: Mapped,
) -> None:
    workspace, project_id = grouped
    here = current(workspace, project_id).taxonomy
    first, second = leaves(here)[:2]

    def change(book: Any) -> None:
        write(book["Topics"], row_of(book, "Topics", second.id), "new_label", "From the book")

    data = edited(downloaded(grouped), change)
    old = offered(grouped, data)
    edit(workspace, project_id, Rename(here.version, first.id, "From the page"), "me")

    with pytest.raises(StaleEditError):
        importing.take_over(workspace, project_id, old, "me")
    found = offered(grouped, data)
    assert f"version {here.version} of the taxonomy, and it is at" in found.stale
    assert [line.then for line in found.lines] == ["From the book"]
    importing.take_over(workspace, project_id, found, "me")
    labels = {topic.id: topic.label for topic in current(workspace, project_id).taxonomy.topics}
    assert (labels[first.id], labels[second.id]) == ("From the page", "From the book")


def test_a_number_a_person_typed_is_a_name_and_a_date_is_asked_about(grouped: Mapped) -> None:
    from datetime import date

    found = offered(grouped, edited(downloaded(grouped), spoiled("Topics", "new_label", 2024)))
    assert found.lines[0].then == "2024"
    with pytest.raises(CladeError, match="a date in the column new_label"):
        offered(
            grouped, edited(downloaded(grouped), spoiled("Topics", "new_label", date(2024, 5, 1)))
        )
