"""What cannot be read is refused with the place and the next move, never with a traceback."""

from __future__ import annotations

import io
import time
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.adapters.tables import limits, read_table
from core.domain.errors import CladeError, InputError
from core.domain.settings import Settings
from core.domain.texts import Table
from tests.adapters.written import parquet, workbook

SETTINGS = Settings()
EXTENSIONS = ("csv", "tsv", "xlsx", "json", "jsonl", "parquet", "txt")
WORKBOOK = workbook({"s": [["text", "n"], ["a", 1], ["b", 2]]})
PARQUET = parquet(pa.table({"text": ["a", "b"], "n": [1, 2]}))


def with_sheet(sheet: bytes, level: int = 9) -> bytes:
    """Return the workbook with other XML in its sheet."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(WORKBOOK)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as new,
    ):
        for member in old.namelist():
            changed = member == "xl/worksheets/sheet1.xml"
            new.writestr(member, sheet if changed else old.read(member))
    return buffer.getvalue()


def refusal(name: str, data: bytes | str, settings_: Settings = SETTINGS) -> InputError:
    raw = data.encode() if isinstance(data, str) else data
    with pytest.raises(InputError) as caught:
        read_table(name, raw, settings_)
    assert f"'{name}'" in caught.value.problem
    assert caught.value.next_move.endswith(".")
    return caught.value


@pytest.mark.parametrize("extension", EXTENSIONS)
@pytest.mark.parametrize("data", [b"", b" \n\n", b"\xef\xbb\xbf"])
def test_empty_files(extension: str, data: bytes) -> None:
    refusal(f"a.{extension}", data)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", "text,label\n"),
        ("a.json", "[]"),
        ("a.json", '{"text": []}'),
        ("a.xlsx", workbook({"s": [["text", "label"]]})),
        ("a.xlsx", workbook({"s": []})),
        ("a.parquet", parquet(pa.table({"text": pa.array([], pa.string())}))),
        ("a.parquet", parquet(pa.table({}))),
    ],
)
def test_files_without_rows(name: str, data: bytes | str) -> None:
    refusal(name, data)


@pytest.mark.parametrize("name", ["a.exe", "a.xls", "a.docx", "a.pdf", "a", "csv", "a.csv.gz"])
def test_other_extensions_name_what_is_accepted(name: str) -> None:
    assert ".parquet and .txt" in refusal(name, b"text\na\n").next_move


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "old Excel"),
        ("a.csv", b"%PDF-1.7\n", "PDF"),
        ("a.xlsx", b"just a line of words", "cannot tell"),
        ("a.parquet", b"\0\1\2\3" * 99, "cannot tell"),
    ],
)
def test_content_of_no_accepted_kind(name: str, data: bytes, what: str) -> None:
    assert what in refusal(name, data).problem


def test_ragged_rows_name_row_line_and_cells() -> None:
    error = refusal("a.csv", 'text,label\n"a\nb",x\n\nc,y,z\nd,e,f\n')
    assert "3 cells in row 2 (line 5) where the header has 2" in error.problem
    assert "1 cell in row 1 (line 2)" in refusal("a.csv", "text,label\na\n").problem


def test_a_file_of_bare_texts_with_commas() -> None:
    error = refusal("a.csv", "text\nhello, world\nbye\n")
    assert "2 cells in row 1" in error.problem
    assert ".txt" in error.next_move


def test_an_unclosed_quote_names_the_row_where_it_opens() -> None:
    rows = "".join(f"text {i},{i}\n" for i in range(1, 50))
    opened = rows.replace("text 20,", '"text 20,')
    assert "row 20 (line 21)" in refusal("a.csv", "text,n\n" + opened).problem
    closed_later = opened.replace("text 40,", '"text 40",')
    assert "row 20 (line 21)" in refusal("a.csv", "text,n\n" + closed_later).problem
    assert "the header (line 1)" in refusal("a.csv", '"text,n\na,1\n').problem


def test_fifty_thousand_columns_are_refused_fast() -> None:
    names = [f"c{i}" for i in range(50_000)]
    data = ",".join(names) + "\n" + ",".join("1" for _ in names) + "\n"
    start = time.perf_counter()
    assert "50,000 columns" in refusal("a.csv", data).problem
    assert time.perf_counter() - start < 2
    refusal("a.jsonl", "{" + ",".join(f'"{name}":1' for name in names) + "}")
    refusal("a.parquet", parquet(pa.table({name: [1] for name in names[:1001]})))
    assert "columns in row 1" in refusal("a.xlsx", workbook({"s": [["text"], [1] * 1200]})).problem


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", b"text,n\nshort,1\n" + b"x" * 10_000_000 + b",2\n"),
        ("a.txt", b"short\n" + b"x" * 10_000_000),
        ("a.json", b'["short", "' + b"x" * 10_000_000 + b'"]'),
        ("a.parquet", parquet(pa.table({"text": ["short", "x" * 10_000_000]}))),
    ],
)
def test_a_cell_of_ten_megabytes_names_its_row(name: str, data: bytes) -> None:
    assert "10,000,000 characters in row 2, column 'text'" in refusal(name, data).problem


def test_files_and_tables_over_their_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "2 MB; 1 MB" in refusal("a.txt", b"x\n" * 10**6, Settings(max_upload_mb=1)).problem
    assert "more than 2 rows" in refusal("a.txt", b"a\nb\nc\n", Settings(max_rows=2)).problem
    monkeypatch.setattr(limits, "MAX_CELLS", 5)
    assert "more than 5 cells" in refusal("a.csv", "a,b\n" + "1,2\n" * 3).problem


@pytest.mark.parametrize(
    ("name", "data", "place"),
    [
        ("a.json", '[{"text": "a"},\n {"text" "b"}]', "line 2"),
        ("a.jsonl", '{"text": "a"}\n\n{"text": b}\n', "line 3"),
        ("a.json", '[{"text": "a"}, "b"]', "row 2"),
        ("a.json", '{"text": ["a"], "n": [1, 2]}', "column 'n'"),
        ("a.json", '{"text": "a"}', "no table"),
        ("a.json", "[" * 100_000, "nested"),
        ("a.json", "[" + "1" * 5000 + "]", "too long"),
    ],
)
def test_json_errors_name_their_place(name: str, data: str, place: str) -> None:
    assert place in refusal(name, data).problem


def test_a_zip_bomb_is_refused_by_ratio() -> None:
    bomb = with_sheet(b"<worksheet>" + b" " * 20_000_000)
    assert len(bomb) < 100_000
    assert "100 times" in refusal("a.xlsx", bomb).problem


def test_a_zip_bomb_with_a_lying_header_is_refused() -> None:
    bomb = bytearray(with_sheet(b"<worksheet>" + b" " * 20_000_000))
    true_size, false_size = (20_000_011).to_bytes(4, "little"), (400).to_bytes(4, "little")
    assert bomb.count(true_size) == 2
    refusal("a.xlsx", bytes(bomb.replace(true_size, false_size)))


def test_an_unpacked_size_over_the_limit_is_refused() -> None:
    noise = "".join(f"<!--{i * 7919 % 1_000_003}-->" for i in range(150_000)).encode()
    data = with_sheet(b"<worksheet>" + noise)
    assert "unpacks to more than 1 MB" in refusal("a.xlsx", data, Settings(max_upload_mb=1)).problem


def test_xml_entities_are_refused() -> None:
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10))
    sheet = f'<!DOCTYPE w [<!ENTITY e0 "ha">{entities}]><worksheet>&e9;</worksheet>'
    for encoding in ("utf-8", "utf-16"):
        assert "entities" in refusal("a.xlsx", with_sheet(sheet.encode(encoding))).problem


def test_row_numbers_beyond_any_sheet_end() -> None:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<sheetData><row r="999999999999"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'
    )
    start = time.perf_counter()
    refusal("a.xlsx", with_sheet(sheet.encode()))
    assert time.perf_counter() - start < 10


def test_wide_rows_of_nothing_end() -> None:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + "".join(f'<row r="{i}"><c r="ZZZ{i}"/></row>' for i in range(1, 3000))
        + "</sheetData></worksheet>"
    )
    start = time.perf_counter()
    assert "cells" in refusal("a.xlsx", with_sheet(sheet.encode())).problem
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize("kind", [pa.string(), pa.binary()])
def test_one_long_value_in_many_rows_is_refused(kind: pa.DataType, stored: bool) -> None:
    column = pa.DictionaryArray.from_arrays(
        pa.array([0] * 5_000, pa.int32()), pa.array(["x" * 900_000], kind)
    )
    buffer = io.BytesIO()
    pq.write_table(pa.table({"text": column}), buffer, store_schema=stored)
    data = buffer.getvalue()
    assert len(data) < 1_000_000
    assert "unpacks to more than 200 MB" in refusal("a.parquet", data).problem


@pytest.mark.parametrize(
    "cut",
    [10, 100, len(WORKBOOK) // 2, len(WORKBOOK) - 5],
    # A workbook holds the time, so its length and ids made of it differ from process to process.
    ids=["10", "100", "half", "the last five missing"],
)
def test_a_workbook_cut_short(cut: int) -> None:
    assert "damaged" in refusal("a.xlsx", WORKBOOK[:cut]).problem


def test_a_parquet_file_cut_short() -> None:
    assert "damaged" in refusal("a.parquet", PARQUET[:-8]).problem


def test_a_zip_of_something_else() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "hello")
    assert "zip archive" in refusal("a.xlsx", buffer.getvalue()).problem


def read_or_refuse(name: str, data: bytes) -> None:
    try:
        assert isinstance(read_table(name, data, SETTINGS), Table)
    except CladeError as error:
        assert error.next_move


@given(
    st.sampled_from(EXTENSIONS),
    st.sampled_from([b"", b"PK\x03\x04", b"PAR1", b'{"', b"[", b'a,"b', b"\xff\xfe", b"a;b\n"]),
    st.binary(max_size=300),
)
@settings(max_examples=500, deadline=None)
def test_random_bytes_are_a_table_or_a_refusal(extension: str, start: bytes, rest: bytes) -> None:
    read_or_refuse(f"a.{extension}", start + rest)


@given(
    st.sampled_from(["xlsx", "parquet"]),
    st.lists(st.tuples(st.integers(min_value=0), st.integers(0, 255)), max_size=4),
)
@settings(max_examples=200, deadline=None)
def test_damaged_bytes_are_a_table_or_a_refusal(
    extension: str, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(WORKBOOK if extension == "xlsx" else PARQUET)
    for position, byte in changes:
        data[position % len(data)] = byte
    read_or_refuse(f"a.{extension}", bytes(data))


@given(st.lists(st.tuples(st.integers(min_value=0), st.integers(0, 255)), min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_damaged_sheets_are_a_table_or_a_refusal(changes: list[tuple[int, int]]) -> None:
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as archive:
        sheet = bytearray(archive.read("xl/worksheets/sheet1.xml"))
    for position, byte in changes:
        sheet[position % len(sheet)] = byte
    read_or_refuse("a.xlsx", with_sheet(bytes(sheet), level=1))
