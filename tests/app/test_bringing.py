"""Bringing texts: files good and bad, pasted lines, the sample, columns, encodings."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from core.project import intake, use_cases
from core.project.workspace import Workspace
from tests.app.screen import ROWS, OpenApp, bring, field, only_project, press, title, upload


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 210_000_000)
    return buffer.getvalue()


WIDE = f"{','.join(f'c{i}' for i in range(50_000))}\n{','.join(['hello there'] * 50_000)}\n"


@pytest.mark.parametrize(
    ("name", "data", "problem", "next_move"),
    [
        ("a.csv", b"", "is empty", "Choose a file"),
        ("a.csv", b"text,label\n", "no rows", "Add rows"),
        ("a.csv", b"text,n\nhello there,1\nbye,2,3\n", "3 cells in row 2", "quotation marks"),
        ("a.csv", ROWS.replace("message 7", '"message 7').encode(), "row 8", "Close it"),
        ("a.csv", WIDE.encode(), "50,000 columns", "Keep the column"),
        ("a.xlsx", bomb, "unpacks to more", "Split it"),
        ("a.exe", ROWS.encode(), ".exe", ".csv"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), ".xls", ".xlsx"),
        ("a.csv", b"a,b\n1,2\n3,4\n", "holds words", "a column of texts"),
    ],
    ids=["empty", "header", "ragged", "quote", "wide", "bomb", "exe", "xls", "no-text"],
)
def test_a_bad_file_is_refused_with_a_next_move(
    workspace: Workspace,
    open_app: OpenApp,
    name: str,
    data: bytes | Callable[[], bytes],
    problem: str,
    next_move: str,
) -> None:
    app = upload(open_app(), name, data() if callable(data) else data)
    (error,) = app.error
    said, _, advice = error.value.replace("\\", "").partition("**")
    assert problem in said
    assert next_move in advice
    assert not intake.all_projects(workspace)
    app = upload(app, "good.csv", ROWS.encode())
    assert not app.error
    assert app.query_params["project"] == only_project(workspace).id


@pytest.mark.parametrize(
    ("name", "data", "first", "notice"),
    [
        ("a.csv", ROWS.encode(), "message 0 about my card", ""),
        ("a.csv", ROWS.replace("message 0", "mes\0sage 0").encode(), "message 0", "NUL"),
        ("a.csv", ROWS.encode("utf-16"), "message 0", ""),
        ("a.csv", ROWS.replace("message", "“Überweisung”").encode("cp1252"), "“Überw", "cp1252"),
        ("a.csv", b"text,text\nhello my friend,x\ngood bye then,y\n", "hello my friend", "text"),
        ("a.csv", b"id,text\n007,my card is late\n008,NA\n", "my card is late", ""),
        ("a.csv.txt", b"my card is late\nwhere is my card\n", "my card is late", ""),
    ],
    ids=["good", "nul", "utf-16", "cp1252", "two-names", "007-and-na", "txt"],
)
def test_a_readable_file_becomes_a_project(
    workspace: Workspace, open_app: OpenApp, name: str, data: bytes, first: str, notice: str
) -> None:
    app = upload(open_app(), name, data)
    assert not app.error
    project = only_project(workspace)
    assert app.query_params["project"] == project.id
    frame = intake.load_table(workspace, project).frame
    assert frame[project.columns.text].iloc[0].startswith(first)
    assert field(app.metric, "Rows").value == str(len(frame))
    captions = " ".join(caption.value for caption in app.caption).replace("\\", "")
    assert notice in captions
    assert field(app.sidebar.button, "Undo").disabled


def test_zeros_and_na_stay_as_they_are(workspace: Workspace, open_app: OpenApp) -> None:
    app = upload(open_app(), "a.csv", b"id,text\n007,my card is late\n008,NA\n")
    frame = intake.load_table(workspace, only_project(workspace)).frame
    assert frame.to_numpy().tolist() == [["007", "my card is late"], ["008", "NA"]]
    assert app.dataframe[0].value.to_numpy().tolist() == frame.to_numpy().tolist()


def test_trying_the_sample(workspace: Workspace, open_app: OpenApp) -> None:
    app = press(open_app(), "Try the sample")
    assert only_project(workspace).source == "messages.csv"
    assert int(field(app.metric, "Texts").value) > 500
    assert title(press(app, "Make the map")) == "Map"
    job = workspace.store.jobs.live_job(only_project(workspace).id)
    assert job is not None and job.kind == "map"
    use_cases.cancel_job(workspace, job.id)


def test_pasting_lines(workspace: Workspace, open_app: OpenApp) -> None:
    app = press(open_app(), "Use these lines")
    assert "Nothing was pasted" in app.error[0].value
    field(app.text_area, "One text a line").set_value("my card is late\n\nwhere is it")
    app = press(app, "Use these lines")
    assert not app.error
    assert field(app.metric, "Texts").value == "2"
    assert only_project(workspace).name == "Pasted texts"


def test_changing_the_text_column(workspace: Workspace, open_app: OpenApp) -> None:
    app = upload(open_app(), "a.csv", ROWS.encode())
    app = field(app.selectbox, "Text").set_value("label").run()
    assert not app.exception
    assert only_project(workspace).columns.text == "label"
    assert field(app.metric, "Texts").value == "3"


def test_changing_the_row_id_and_the_metadata(workspace: Workspace, open_app: OpenApp) -> None:
    text = "text,number,label\nmy card is late,7,a\nwhere is my card,8,b\n"
    app = upload(open_app(), "a.csv", text.encode())
    app = field(app.selectbox, "Row id").set_value("number").run()
    app = field(app.multiselect, "Metadata (to colour by)").set_value([]).run()
    assert not app.exception
    columns = only_project(workspace).columns
    assert (columns.id, columns.metadata) == ("number", ())


def test_changing_the_encoding(workspace: Workspace, open_app: OpenApp) -> None:
    app = upload(open_app(), "a.csv", ROWS.replace("card", "carté").encode())
    app = field(app.selectbox, "Encoding").set_value("cp1252").run()
    assert not app.exception
    project = only_project(workspace)
    assert project.encoding == "cp1252"
    assert "cartÃ©" in intake.load_table(workspace, project).frame["text"].iloc[0]
    app = field(app.selectbox, "Encoding").set_value("utf-16").run()
    assert "**" in app.error[0].value
    assert only_project(workspace).encoding == "cp1252"


def test_a_refused_column_stays_with_its_project(workspace: Workspace, open_app: OpenApp) -> None:
    text = "text,blank\nmy card is late,\nwhere is my card,\n"
    app = upload(open_app(), "first.csv", text.encode())
    app = field(app.selectbox, "Text").set_value("blank").run()
    assert "Choose another text column" in app.error[0].value
    app = upload(app, "second.csv", text.encode())
    assert not app.error
    assert [p.columns.text for p in intake.all_projects(workspace)] == ["text", "text"]


def test_renaming_a_project(workspace: Workspace, open_app: OpenApp) -> None:
    app = upload(open_app(), "a.csv", ROWS.encode())
    app = field(app.text_input, "Project").set_value("Cards of May ").run()
    assert only_project(workspace).name == "Cards of May"
    assert any("Cards of May" in element.value for element in app.sidebar.markdown)
    for unchanged in ("   ", "Cards of May  "):
        app = field(app.text_input, "Project").set_value(unchanged).run()
        assert only_project(workspace).name == "Cards of May"
        assert field(app.text_input, "Project").value == "Cards of May"


def test_a_rename_in_another_tab_is_not_taken_back(workspace: Workspace, open_app: OpenApp) -> None:
    project = bring(workspace)
    app = open_app("data", project.id)
    intake.rename_project(workspace, project, "Renamed elsewhere")
    app.run()
    assert only_project(workspace).name == "Renamed elsewhere"
    assert field(app.text_input, "Project").value == "Renamed elsewhere"


def test_a_second_upload_makes_a_second_project_and_both_reopen(
    workspace: Workspace, open_app: OpenApp
) -> None:
    app = upload(upload(open_app(), "one.csv", ROWS.encode()), "two.csv", ROWS.encode())
    second, first = intake.all_projects(workspace)
    assert (first.name, second.name) == ("one", "two")
    assert app.query_params["project"] == second.id
    app = upload(open_app(), "bad.csv", b"")
    assert app.error
    for project in (first, second):
        app = app.button(key=project.id).click().run()
        assert app.query_params["project"] == project.id
        assert field(app.text_input, "Project").value == project.name
        assert not app.error, "an error about another file stays on the screen"
