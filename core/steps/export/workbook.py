"""The workbook that may be edited in a spreadsheet and brought back."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from core.domain.workbooks import (
    ABOUT,
    EDITABLE,
    FORMAT,
    MOST_CHARS,
    MOST_ROWS,
    NONE,
    TEXT_COLUMNS,
    TEXTS,
    TOP,
    TOPIC_COLUMNS,
    TOPICS,
)
from core.steps.export.bundle import Bundle
from core.steps.export.cells import Cell, formula_safe, utf8
from core.steps.export.taxonomies import topic_sizes
from core.steps.export.tree import outline

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

# What XML 1.0 cannot hold, and what a spreadsheet takes for a coded character.
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CODED = re.compile(r"_(x[0-9A-Fa-f]{4}_)")
_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
_CUT = " … (cut: a cell holds no more)"
_WIDTHS = {
    **{"label": 34, "new_label": 34, "path": 44, "text": 90, "description": 60},
    **{"keywords": 40, "text_id": 20, "parent_id": 11, "new_parent_id": 16},
    **{"reassigned_cluster_id": 24, "topic_id": 11, "cluster_id": 11, "assigned_by": 13},
}
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:(\w+)[^>]*>)[^<]*(</dcterms:\2>)")
_HOW = (
    ("How to use it", "Write into the coloured columns alone, save as .xlsx, bring it back on the"
     " Export page. You see every change before it is made; Undo takes all of it back."),
    ("new_label", "A new name for the topic of that line. Empty: the name stays."),
    ("new_parent_id", f"The topic_id of the topic to put it under, or '{TOP}' for the top level."
     " Empty: it stays where it is. Texts stay in the topics that hold them, so a topic with"
     " texts cannot be a parent."),
    ("reassigned_cluster_id", f"The topic_id of the topic that a text belongs to, or '{NONE}' to"
     " unassign it. Empty: it stays where it is."),
    ("What else may change", "Sort, filter, colour and add columns as you like. Lines that are"
     " missing change nothing. Ids, the names of columns and sheets, and this sheet stay."),
    ("Apostrophes", "A text that begins like a formula has one apostrophe put before it."),
)  # fmt: skip


def cut_notices(bundle: Bundle) -> tuple[str, ...]:
    """Return in sentences what does not fit into a workbook's sheets."""
    texts = len(bundle.corpus.texts)
    long = sum(len(_told(text.body)) > MOST_CHARS for text in bundle.corpus.texts)
    found = []
    if texts > MOST_ROWS - 1:
        found.append(
            f"A sheet of Excel holds {MOST_ROWS:,} rows, so the workbook has only the first"
            f" {MOST_ROWS - 1:,} of {texts:,} texts; the other files have all."
        )
    if long:
        found.append(
            f"A cell of Excel holds {MOST_CHARS:,} characters, so {long:,} longer"
            f" {'text is' if long == 1 else 'texts are'} cut in the workbook; the other files"
            " have all of it."
        )
    return tuple(found)


def as_xlsx(bundle: Bundle) -> bytes:
    """Return workbook.xlsx: sheets About, Topics (a line a topic) and Texts (a line a
    distinct text), see `domain.workbooks`.

    Texts are formula-safe; what XML cannot hold is written as U+FFFD. The same
    bundle gives the same bytes.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    _about(book.create_sheet(ABOUT), bundle)
    _fill(book.create_sheet(TOPICS), TOPIC_COLUMNS, _topics(bundle))
    _fill(book.create_sheet(TEXTS), TEXT_COLUMNS, _texts(bundle))
    out = io.BytesIO()
    book.save(out)
    return _timeless(out.getvalue())


def _about(sheet: WriteOnlyWorksheet, bundle: Bundle) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 100
    lines = (
        ("format", FORMAT),
        ("project_id", bundle.project_id),
        ("taxonomy_version", str(bundle.taxonomy.version)),
        ("project", bundle.project_name),
        *_HOW,
        *(("Cut", notice) for notice in cut_notices(bundle)),
    )
    for name, value in lines:
        cells = [WriteOnlyCell(sheet, written(name)), WriteOnlyCell(sheet, written(value))]
        cells[0].font = Font(bold=True)
        cells[1].alignment = Alignment(wrap_text=True, vertical="top")
        sheet.append(cells)


def _topics(bundle: Bundle) -> Iterable[Sequence[Cell]]:
    texts, rows = topic_sizes(bundle)
    for node in outline(bundle.taxonomy, archived=True):
        topic = node.topic
        yield (
            *(topic.id, topic.label, "", topic.parent or TOP, "", " > ".join(node.path)),
            *(texts[topic.id], rows[topic.id], topic.description, ", ".join(topic.keywords)),
            *(topic.locked, topic.reviewed, topic.archived),
        )


def _texts(bundle: Bundle) -> Iterable[Sequence[Cell]]:
    place = {
        text: (topic, by)
        for text, topic, by in zip(
            bundle.assignment.text_ids,
            bundle.assignment.topics,
            bundle.assignment.by,
            strict=True,
        )
    }
    labels = {topic.id: topic.label for topic in bundle.taxonomy.topics}
    rows = Counter(bundle.corpus.row_text_ids)
    for text in bundle.corpus.texts[: MOST_ROWS - 1]:
        topic_id, by = place[text.id]
        label = labels.get(topic_id, "")
        yield text.id, text.body, topic_id or NONE, label, "", rows[text.id], by


def _fill(
    sheet: WriteOnlyWorksheet, columns: Sequence[str], lines: Iterable[Sequence[Cell]]
) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    open_to_edit = PatternFill("solid", start_color="FFF2CC")
    sheet.freeze_panes = "A2"
    header = []
    for place, name in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(name, 9)
        cell = WriteOnlyCell(sheet, name)
        cell.font = Font(bold=True)
        if name in EDITABLE:
            cell.fill = open_to_edit
        header.append(cell)
    sheet.append(header)
    last = 1
    for line in lines:
        sheet.append([_cell(sheet, cell) for cell in line])
        last += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"


def _cell(sheet: WriteOnlyWorksheet, cell: Cell) -> Any:
    if not isinstance(cell, str):
        return cell
    if not cell:
        return None
    text = written(cell)
    if text not in _ERRORS:
        return text
    from openpyxl.cell import WriteOnlyCell

    # A text that reads like an error of Excel would become one.
    made = WriteOnlyCell(sheet, text)
    made.data_type = "s"
    return made


def _told(text: str) -> str:
    return formula_safe(_ILLEGAL.sub("\ufffd", utf8(text).decode()))


def written(text: str) -> str:
    """Return a text as a cell of the workbook holds it."""
    told = _told(text)
    if len(told) > MOST_CHARS:
        told = told[: MOST_CHARS - len(_CUT)] + _CUT
    return _CODED.sub(r"_x005F_\1", told)


def _timeless(data: bytes) -> bytes:
    """Return a workbook with one fixed time in it, so that equal ones are equal bytes."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as made,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fixed,
    ):
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            content = made.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>1980-01-01T00:00:00Z\g<3>", content)
            fixed.writestr(entry, content)
    return out.getvalue()
