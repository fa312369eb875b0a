"""Each format is read cell by cell, unchanged."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.adapters.tables import paste_table, read_table
from core.domain.errors import InputError
from core.domain.settings import Settings
from core.domain.texts import Table
from tests.adapters.written import parquet, workbook

SETTINGS = Settings()
BANK77 = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "bank77_test.csv"


def read(name: str, data: bytes | str, encoding: str | None = None) -> Table:
    raw = data.encode() if isinstance(data, str) else data
    return read_table(name, raw, SETTINGS, encoding)


def rows_of(table: Table) -> list[list[str]]:
    return table.frame.to_numpy().tolist()


def test_csv_keeps_every_cell_as_it_stands() -> None:
    table = read("a.csv", 'id,text\n007,NA\n1.0,"null"\n ,"a ""b""\nc, d"\n')
    assert rows_of(table) == [["007", "NA"], ["1.0", "null"], [" ", 'a "b"\nc, d']]
    assert table.headers == ("id", "text")
    assert table.encoding == "utf-8"
    assert table.notices == ()
    assert isinstance(table.frame.index, pd.RangeIndex)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_delimiter_is_guessed(delimiter: str) -> None:
    lines = [["text", "label"], ["hello, there; you", "a"], ["x | y", "b"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    assert rows_of(read("a.csv", text)) == lines[1:]


def test_csv_of_excel_with_semicolons_and_decimal_commas() -> None:
    table = read("a.csv", "sep=;\r\ntext;score\r\nHello, world;1,5\r\nBye, all;2,5\r\n")
    assert rows_of(table) == [["Hello, world", "1,5"], ["Bye, all", "2,5"]]


def test_tsv_keeps_commas() -> None:
    assert rows_of(read("a.tsv", "text\tn\na, b\t1\n")) == [["a, b", "1"]]


def test_blank_lines_are_skipped_and_counted() -> None:
    table = read("a.csv", "\ntext,n\na,1\n\n\nb,2\n")
    assert rows_of(table) == [["a", "1"], ["b", "2"]]
    assert table.notices == ("3 blank lines were skipped.",)


def test_an_empty_quoted_text_is_a_row() -> None:
    assert rows_of(read("a.csv", 'text\na\n""\nb\n')) == [["a"], [""], ["b"]]


def test_empty_cells_past_the_header_are_dropped() -> None:
    assert rows_of(read("a.csv", "text,n\na,1,,\nb,2\n")) == [["a", "1"], ["b", "2"]]


def test_repeated_and_missing_column_names() -> None:
    table = read("a.csv", "text,text,text (2),\na,b,c,d\n")
    assert list(table.frame.columns) == ["text", "text (3)", "text (2)", "column 4"]
    assert table.headers == ("text", "text", "text (2)", "")
    assert any("'text (3)'" in notice for notice in table.notices)
    assert any("'column 4'" in notice for notice in table.notices)


def test_one_row_two_rows_and_identical_rows() -> None:
    assert len(read("a.csv", "text\nonly\n").frame) == 1
    assert len(read("a.csv", "text\na\nb\n").frame) == 2
    assert len(read("a.csv", "text\n" + "same\n" * 50).frame) == 50


def test_bank77_has_3080_rows() -> None:
    table = read_table("bank77_test.csv", BANK77.read_bytes(), SETTINGS)
    assert table.frame.shape == (3080, 2)
    assert table.frame["label"].nunique() == 77


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
            min_size=2,
            max_size=2,
        ),
        min_size=1,
        max_size=5,
    )
)
def test_what_pandas_writes_is_read_back(rows: list[list[str]]) -> None:
    frame = pd.DataFrame(rows, columns=["text", "label"])
    written = frame.to_csv(index=False, quoting=1, lineterminator="\n")
    assert rows_of(read("a.csv", written)) == rows


def test_txt_and_pasted_lines_are_one_text_each() -> None:
    text = 'one, "two\r\n\r\nthree\n'
    table = read("a.txt", text)
    assert rows_of(table) == [['one, "two'], ["three"]]
    assert table.notices == ("1 blank line was skipped.",)
    pasted = paste_table(text, SETTINGS)
    assert pasted.headers == ("text",)
    assert rows_of(pasted) == rows_of(table)


def test_pasting_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="Nothing was pasted"):
        paste_table(" \n\t\n", SETTINGS)


def test_xlsx_cells() -> None:
    moment = datetime(2024, 1, 31, 9, 30)
    data = workbook(
        {
            "empty": [],
            "texts": [
                ["text", "n", "day", "moment", "flag"],
                ["007", 7.0, date(2024, 1, 31), moment, True],
                [None, None],
                ["NA", 0.5, None, None, None],
                ["", None, None],
            ],
            "other": [["x"]],
        }
    )
    table = read("a.xlsx", data)
    assert rows_of(table) == [
        ["007", "7", "2024-01-31", "2024-01-31T09:30:00", "TRUE"],
        ["NA", "0.5", "", "", ""],
    ]
    assert table.encoding == ""
    assert "The sheet 'texts' was read" in table.notices[0]
    assert "1 blank row was skipped." in table.notices


def test_xlsx_cells_right_of_the_header_get_a_column() -> None:
    table = read("a.xlsx", workbook({"s": [["text"], ["a"], ["b", "note"]]}))
    assert list(table.frame.columns) == ["text", "column 2"]
    assert rows_of(table) == [["a", ""], ["b", "note"]]


def test_json_records_columns_and_texts() -> None:
    records = '[{"text": "a", "n": 7.0}, {"tags": ["x", {"y": 1}], "text": null, "ok": true}]'
    table = read("a.json", records)
    assert list(table.frame.columns) == ["text", "n", "tags", "ok"]
    assert rows_of(table) == [["a", "7", "", ""], ["", "", '["x",{"y":1}]', "true"]]
    assert rows_of(read("a.json", '{"text": ["a", "b"], "n": [1, 2.5]}')) == [
        ["a", "1"],
        ["b", "2.5"],
    ]
    assert rows_of(read("a.json", '["a", "007", null]')) == [["a"], ["007"], [""]]


def test_long_integers_keep_their_digits() -> None:
    assert rows_of(read("a.jsonl", '{"id": 12345678901234567890}')) == [["12345678901234567890"]]


def test_jsonl_and_json_are_told_apart_by_content() -> None:
    lines = '{"text": "a\u2028b"}\n\n{"text": "c"}\n'
    table = read("a.jsonl", lines)
    assert rows_of(table) == [["a\u2028b"], ["c"]]
    assert table.notices == ("1 blank line was skipped.",)
    assert "one JSON object a line" in read("a.json", lines).notices[0]
    assert "one JSON list" in read("a.jsonl", json.dumps([{"text": "a"}])).notices[0]


def test_parquet_cells() -> None:
    data = parquet(
        pa.table(
            {
                "text": ["007", None, "007"],
                "n": [1.0, 2.5, None],
                "at": pa.array([datetime(2024, 1, 31)] * 3, pa.timestamp("us")),
                "tags": [["x"], [], None],
                "raw": pa.array([b"ab", b"\xff", None], pa.binary()),
            }
        )
    )
    assert rows_of(read("a.parquet", data)) == [
        ["007", "1", "2024-01-31T00:00:00", '["x"]', "ab"],
        ["", "2.5", "2024-01-31T00:00:00", "[]", "ff"],
        ["007", "", "2024-01-31T00:00:00", "", ""],
    ]


def test_parquet_of_many_batches_keeps_the_order() -> None:
    texts = [f"text {i % 1500}" for i in range(5000)]
    assert read("a.parquet", parquet(pa.table({"text": texts}))).frame["text"].tolist() == texts


@pytest.mark.parametrize(
    ("name", "data", "notice"),
    [
        ("a.csv", workbook({"s": [["text"], ["a"]]}), "an Excel workbook"),
        ("a.txt", parquet(pa.table({"text": ["a"]})), "a Parquet file"),
        ("a.xlsx", b"text,label\na,b\n", "a CSV file"),
        ("a.csv", b'[{"text": "a"}]', "a JSON file"),
    ],
)
def test_a_wrong_extension_is_read_by_content(name: str, data: bytes, notice: str) -> None:
    table = read(name, data)
    assert table.frame["text"].tolist() == ["a"]
    assert notice in table.notices[0]
