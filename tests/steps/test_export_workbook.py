"""The workbook as it goes out: safe, within Excel's limits, the same each time."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from core.domain.taxonomy import Topic
from core.domain.workbooks import MOST_CHARS, TEXT_COLUMNS, TOPIC_COLUMNS
from core.steps.export import cut_notices, members
from core.steps.export.workbook import as_xlsx
from tests.steps.test_export import TOPICS, bundle

DANGEROUS = re.compile(r"[=+\-@\t\r\n−＋－＝＠]")


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    book = load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            assert all(cell.data_type not in "fe" for cell in row)
    return {s.title: [list(row) for row in s.iter_rows(values_only=True)] for s in book.worksheets}


def test_a_line_a_topic_and_a_line_a_text_with_columns_to_write_into() -> None:
    made = bundle(topics=(*TOPICS, Topic("t5", "Old", archived=True)))
    found = sheets(members(made)["workbook.xlsx"])
    about = {row[0]: row[1] for row in found["About"]}
    assert (about["format"], about["project_id"]) == ("Clade workbook 1", "p1")
    assert about["taxonomy_version"] == "4"
    header, *topics = found["Topics"]
    assert tuple(header) == TOPIC_COLUMNS
    by_id = {row[0]: dict(zip(header, row, strict=True)) for row in topics}
    assert list(by_id) == ["t1", "t2", "t3", "t4", "t5"]
    assert by_id["t2"] | {"path": "Cards > Lost card", "parent_id": "t1", "rows": 2} == by_id["t2"]
    assert (by_id["t1"]["parent_id"], by_id["t3"]["label"]) == ("top", "'=Fees")
    assert by_id["t5"]["archived"] is True
    header, *texts = found["Texts"]
    assert tuple(header) == TEXT_COLUMNS
    assert [row[0] for row in texts] == [text.id for text in made.corpus.texts]
    clusters = {row[1]: row[2] for row in texts}
    assert clusters["rain"] == "t4"
    assert clusters["no idea"] == "none"
    assert {row[header.index("reassigned_cluster_id")] for row in texts} == {None}
    assert {row[header.index("new_label")] for row in topics for header in [TOPIC_COLUMNS]} == {
        None
    }


hostile = st.text(
    st.sampled_from("=+-@\t\r\n−＝'x#N/A_05F\0\x1f�") | st.characters(codec="utf-8"),
    min_size=1,
    max_size=14,
).filter(str.strip)


@settings(max_examples=20, deadline=None)
@given(st.lists(hostile, min_size=1, max_size=5, unique=True), hostile, hostile)
def test_nothing_in_it_can_run_or_breaks_it(bodies: list[str], label: str, described: str) -> None:
    frame = pd.DataFrame({"id": list(map(str, range(len(bodies)))), "text": bodies})
    topics = (Topic("t", label, None, (0,), (label,), described),)
    made = bundle(frame, ("id", "text"), topics, dict.fromkeys(bodies, "t"))
    found = sheets(as_xlsx(replace(made, project_name=described)))
    for rows in found.values():
        for cell in (cell for row in rows for cell in row if isinstance(cell, str)):
            assert not DANGEROUS.match(cell)
    assert len(found["Texts"]) == len(made.corpus.texts) + 1


def test_the_same_state_gives_the_same_bytes() -> None:
    assert as_xlsx(bundle()) == as_xlsx(bundle())


def test_a_text_too_long_for_a_cell_is_cut_and_a_sentence_says_so() -> None:
    frame = pd.DataFrame({"id": ["1", "2"], "text": ["long " * 8000, "short"]})
    made = bundle(frame, ("id", "text"), topics=(), topic_of={})
    (notice,) = cut_notices(made)
    assert "32,767 characters" in notice
    assert "1 longer text is cut" in notice
    found = sheets(as_xlsx(made))
    lengths = sorted(len(str(row[1])) for row in found["Texts"][1:])
    assert lengths == [5, MOST_CHARS]
    assert notice in {row[1] for row in found["About"]}
    assert cut_notices(bundle()) == ()


def test_more_texts_than_rows_are_cut_and_a_sentence_says_so(monkeypatch) -> None:
    # A sheet of a million rows takes minutes to write; the limit is what is tested.
    monkeypatch.setattr("core.steps.export.workbook.MOST_ROWS", 4)
    (notice,) = cut_notices(bundle())
    assert "only the first 3 of 5 texts" in notice
    assert len(sheets(as_xlsx(bundle()))["Texts"]) == 4
