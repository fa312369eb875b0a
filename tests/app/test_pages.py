"""The pages as a person meets them: empty, with bad files, asking, proposing, exporting."""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from streamlit.testing.v1 import AppTest

from core.domain.clusterings import Lineage, LineageStep
from core.domain.ids import text_id
from core.domain.judgments import Verdict
from core.domain.projects import Project
from core.domain.questions import Asked, Pair, Triplet
from core.domain.taxonomy import Reassign, Rename
from core.domain.training import Proposal, Score
from core.project import intake, retraining, review, shaping, use_cases
from core.project.mapping import current
from core.project.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
OpenApp = Callable[..., AppTest]
PAGES = ("map", "review", "retrain", "taxonomy", "export")
ROWS = "text,label\n" + "".join(f"message {i} about my card,kind {i % 3}\n" for i in range(12))


def walk(block: Any) -> Iterator[Any]:
    """Yield every element and block on the screen."""
    for child in block.children.values():
        yield child
        if hasattr(child, "children"):
            yield from walk(child)


def press(app: AppTest, label: str, block: Any = None) -> AppTest:
    found = [b for b in (block or app.main).button if b.label == label]
    assert found, f"no button {label!r} among {[b.label for b in app.button]}"
    app = found[0].click().run()
    assert not app.exception
    return app


def field(found: Any, label: str) -> Any:
    return next(widget for widget in found if widget.label == label)


def title(app: AppTest) -> str:
    assert not app.exception
    return app.title[0].value


def upload(app: AppTest, name: str, data: bytes) -> AppTest:
    app = app.file_uploader[0].set_value((name, data, "application/octet-stream")).run()
    assert not app.exception
    return app


def only_project(workspace: Workspace) -> Project:
    (project,) = intake.all_projects(workspace)
    return project


def bring(workspace: Workspace, name: str = "first", text: str = ROWS) -> Project:
    table = intake.read_upload(workspace, f"{name}.csv", text.encode())
    return intake.create_project(
        workspace, table, intake.guess(table), name=name, data=text.encode()
    )


# The first start


def test_a_first_start_offers_three_ways_in(open_app: OpenApp) -> None:
    app = open_app()
    assert title(app) == "Data"
    assert len(app.file_uploader) == 1
    assert {"Try the sample", "Use these lines"} == {b.label for b in app.button}
    captions = [caption.value for caption in app.caption]
    assert "None yet." in captions
    assert "No project open." in captions
    assert not app.error
    assert "project" not in app.query_params


@pytest.mark.parametrize("page", PAGES)
def test_without_a_project_each_page_leads_to_the_data(open_app: OpenApp, page: str) -> None:
    app = open_app(page)
    assert title(app) == page.capitalize()
    assert "bring some texts first" in app.info[0].value
    assert title(press(app, "Bring texts")) == "Data"


@pytest.mark.parametrize("page", [page for page in PAGES if page != "map"])
def test_without_a_map_each_page_leads_to_it(
    workspace: Workspace, open_app: OpenApp, page: str
) -> None:
    project = bring(workspace)
    app = open_app(page, project.id)
    assert title(app) == page.capitalize()
    assert "no map yet" in app.info[0].value
    app = press(app, "Go to the map")
    assert title(app) == "Map"
    assert app.query_params["project"] == project.id


def test_the_map_page_without_a_map_offers_to_make_it(
    workspace: Workspace, open_app: OpenApp
) -> None:
    app = open_app("map", bring(workspace).id)
    assert title(app) == "Map"
    assert any("12 texts" in element.value for element in app.markdown)
    assert "Make the map" in [button.label for button in app.main.button]


# Bringing texts


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


# The address


def test_a_project_in_the_address_is_opened(mapped: str, open_app: OpenApp) -> None:
    app = open_app("map", mapped)
    assert title(app) == "Map"
    assert field(app.main.selectbox, "Colour by").value == "Topic"
    assert len(app.dataframe[0].value) == 7
    assert any("7 topics · 0 of 150 texts unassigned" in c.value for c in app.caption)


def test_a_link_into_a_page_of_a_fresh_server(mapped: str) -> None:
    app = AppTest.from_file(ROOT / "app.py", default_timeout=30)
    app.query_params["project"] = mapped
    # Without `open_app`, each run of AppTest is the first one of a server.
    app.run().switch_page("pages/taxonomy.py").run()
    assert title(app) == "Taxonomy"
    assert any("Round 0" in caption.value for caption in app.sidebar.caption)


@pytest.mark.parametrize("page", ["data", "map", "export"])
def test_an_unknown_project_in_the_address_is_none(open_app: OpenApp, page: str) -> None:
    app = open_app(page, "0123456789abcdef")
    assert not app.exception
    assert "project" not in app.query_params
    assert "No project open." in [caption.value for caption in app.caption]
    if page != "data":
        app = press(app, "Bring texts")
    assert title(app) == "Data"
    assert not app.text_input


# The map


@pytest.mark.parametrize("color", ["Parent", "Confidence", "metadata"])
def test_the_map_in_each_colour(
    mapped: str, open_app: OpenApp, hostile: tuple[str, ...], color: str
) -> None:
    app = open_app("map", mapped)
    colors = field(app.main.selectbox, "Colour by")
    app = colors.set_value(hostile[0] if color == "metadata" else color).run()
    assert title(app) == "Map"
    assert len(app.get("vega_lite_chart")) == 1


def test_found_texts_are_moved_and_the_sidebar_says_so(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = field(open_app("map", mapped).text_input, "Search").set_value("/(/").run()
    assert "**" in app.error[0].value
    app = field(app.text_input, "Search").set_value("why is my card late").run()
    app = press(app, "Select all 3")
    topic = current(workspace, mapped).taxonomy.topics[-1]
    app = field(app.selectbox, "Move to").set_value(topic.id).run()
    app = press(app, "Move")
    assert set(current(workspace, mapped).taxonomy.moved.values()) == {topic.id}
    assert set(app.dataframe[1].value["Topic"]) == {topic.label}
    app = press(app, "Unassign")
    assert set(app.dataframe[1].value["Topic"]) == {"(unassigned)"}
    assert any("Last: " in caption.value for caption in app.sidebar.caption)
    app = press(app, "Undo", app.sidebar)
    assert set(app.dataframe[1].value["Topic"]) == {topic.label}


# Review


def question_id(app: AppTest) -> str:
    return next(b.key[1:] for b in app.main.button if b.label == "Skip")


def answer(app: AppTest) -> AppTest:
    labels = [button.label for button in app.main.button]
    return press(app, "First" if "First" in labels else "Same")


def test_each_answer_is_on_disk_before_the_next_card(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = open_app("review", mapped)
    seen = []
    for count in range(1, 4):
        seen.append(question_id(app))
        app = answer(app)
        given = workspace.store.reviews.judgments(mapped)
        assert [judgment.question.id for judgment in given] == seen
        assert all((j.source, j.annotator) == ("human", "me") for j in given)
        assert f"{count} answered · {20 - count} to the next stop" in progress(app)
    assert question_id(app) not in seen


def progress(app: AppTest) -> str:
    return app.get("progress")[0].proto.text


def test_the_label_pressed_is_the_verdict_kept(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    ids = sorted(text.id for text in corpus_of(workspace, mapped))
    triplet, pair = Triplet(*ids[:3]), Pair(*ids[3:5])
    space = current(workspace, mapped).map.space
    asked = [Asked(q, "It is near the border.", 1, space) for q in (triplet, pair)]
    workspace.store.reviews.enqueue(mapped, asked)
    first = "left" if triplet.shown[0] == triplet.left else "right"
    second = "right" if first == "left" else "left"
    app = open_app("review", mapped)
    for label, verdict in (
        ("First", first),
        ("Second", second),
        ("Both", "both"),
        ("Neither", "neither"),
    ):
        assert question_id(app) == triplet.id
        press(app, label)
        assert workspace.store.reviews.judgments(mapped)[0].verdict == verdict
        app = press(app, "Undo")
    app = press(app, "Skip")
    for label, verdict in (("Same", "same"), ("Different", "different"), ("Cannot tell", "unsure")):
        assert question_id(app) == pair.id
        press(app, label)
        assert workspace.store.reviews.judgments(mapped)[0].verdict == verdict
        app = press(app, "Undo")


def corpus_of(workspace: Workspace, project_id: str) -> tuple[Any, ...]:
    return intake.load_corpus(workspace, intake.find_project(workspace, project_id)).texts


def test_undo_brings_the_question_back(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = press(open_app("review", mapped), "Undo")
    assert "no answer to take back" in app.toast[0].value
    first = question_id(app)
    app = press(answer(app), "Undo")
    assert "taken back" in app.toast[0].value
    assert question_id(app) == first
    assert not workspace.store.reviews.judgments(mapped)


def test_skip_shows_another_and_answers_nothing(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = open_app("review", mapped)
    first = question_id(app)
    app = press(app, "Skip")
    assert question_id(app) != first
    assert not workspace.store.reviews.judgments(mapped)


def test_flag_and_note_are_kept(mapped: str, workspace: Workspace, open_app: OpenApp) -> None:
    app = open_app("review", mapped)
    where = question_id(app)
    app = press(press(app, "Flag"), "Note")
    app = field(app.text_input, "Note").set_value("ask Ada").run()
    left = review.remark_on(workspace, mapped, where, "me")
    assert (left.flagged, left.note) == (True, "ask Ada")
    assert field(app.text_input, "Note").value == "ask Ada"
    app = field(app.text_input, "Note").set_value("x" * 2_001).run()
    assert "Shorten it" in app.error[0].value
    app = press(app, "Unflag")
    left = review.remark_on(workspace, mapped, where, "me")
    assert (left.flagged, left.note) == (False, "ask Ada")


def answer_many(workspace: Workspace, project_id: str, count: int) -> None:
    """Answer as the embedder guesses, without the page."""
    for _ in range(count):
        asked = review.next_question(workspace, project_id, "me")
        assert asked is not None
        guessed = Verdict(asked.guess.verdict) if asked.guess else Verdict.SAME
        review.answer(workspace, project_id, asked.question.id, guessed, "me")


def test_after_twenty_answers_there_is_a_stop(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    answer_many(workspace, mapped, 19)
    app = answer(open_app("review", mapped))
    assert "20 answers are saved" in app.success[0].value
    assert "Skip" not in [button.label for button in app.main.button]
    assert "20 answered" in progress(app)
    app = press(app, "Go on")
    assert not app.success
    app = answer(app)
    assert len(workspace.store.reviews.judgments(mapped)) == 21
    assert question_id(app)


def test_the_stop_leads_back_and_to_retraining(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    answer_many(workspace, mapped, 20)
    app = press(open_app("review", mapped), "Undo")
    assert len(workspace.store.reviews.judgments(mapped)) == 19
    app = press(answer(app), "Retrain the embedder")
    assert title(app) == "Retrain"
    assert field(app.metric, "Answers").value == "20"


def test_going_on_in_one_project_does_not_skip_the_stop_of_another(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    here = current(workspace, mapped)
    other, its_map = uuid4().hex, replace(here.map, id=uuid4().hex)
    workspace.store.projects.add(replace(here.project, id=other, head=None))
    workspace.store.maps.add(replace(its_map, project=other))
    workspace.store.projects.append(
        other,
        replace(here.taxonomy, map_id=its_map.id),
        parent=None,
        sentence="Made the first map",
        author="me",
        at=datetime.now(UTC),
    )
    for project_id in (mapped, other):
        answer_many(workspace, project_id, 20)
    app = press(open_app("review", mapped), "Go on")
    assert not app.success
    app.query_params["project"] = other
    assert "20 answers are saved" in app.run().success[0].value


# Untrusted text


def test_hostile_text_is_shown_as_text(
    mapped: str, workspace: Workspace, open_app: OpenApp, hostile: tuple[str, ...]
) -> None:
    bodies = [text.body for text in corpus_of(workspace, mapped)]
    found = [next(body for body in bodies if body.startswith(words)) for words in hostile]
    here = current(workspace, mapped)
    question = Triplet(*(text_id(body) for body in found))
    asked = Asked(question, f"Near {hostile[0]}.", 3, here.map.space)
    workspace.store.reviews.enqueue(mapped, [asked])
    topic = here.taxonomy.topics[0].id
    shaping.edit(workspace, mapped, Rename(here.taxonomy.version, topic, hostile[0]), "me")
    offer(workspace, mapped, 5, 6)
    for page in ("data", *PAGES):
        app = open_app(page, mapped)
        assert title(app) == page.capitalize()
        assert_inert(app, hostile)
        if page == "review":
            shown = "".join(element.proto.body for element in app.get("html"))
            assert all(html.escape(body) in shown for body in found)
        if page == "map":
            app = field(app.text_input, "Search").set_value("why is my card late").run()
            app = press(app, "Select all 3")
            assert set(app.dataframe[1].value["Text"]) == set(found)
            assert_inert(app, hostile)


def assert_inert(app: AppTest, hostile: tuple[str, ...]) -> None:
    """No text that Streamlit reads as Markdown or HTML holds hostile words unescaped."""
    read = 0
    for block in (app.main, app.sidebar):
        for element in walk(block):
            proto = getattr(element, "proto", None)
            for name in ("body", "label", "help", "text"):
                value = getattr(proto, name, None)
                if isinstance(value, str) and value:
                    read += 1
                    if element.type == "html":
                        assert "<script" not in value
                    else:
                        assert not any(words in value for words in hostile), (element.type, value)
    assert read > 5


# Retrain


def offer(workspace: Workspace, project_id: str, before: int, after: int) -> Proposal:
    """Propose a copy of the current map, judged right on so many of ten answers."""
    here = current(workspace, project_id)
    new = replace(here.map, id=uuid4().hex, round=here.map.round + 1, parent=here.map.id)
    proposal = Proposal(
        id=uuid4().hex,
        project=project_id,
        old_map=here.map.id,
        new_map=new.id,
        before=Score.of(before, 10),
        after=Score.of(after, 10),
        trained_on=30,
        moved=0,
        seconds=12.0,
        lineage=Lineage(tuple(LineageStep("kept", (i,), (i,), 21) for i in range(7))),
        status="open",
        at=datetime.now(UTC),
    )
    workspace.store.maps.propose(new, proposal)
    return proposal


def test_too_few_answers_say_how_many_more(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    assert "at least 8 more questions" in open_app("retrain", mapped).info[0].value
    answer_many(workspace, mapped, 3)
    app = open_app("retrain", mapped)
    assert "at least 5 more questions" in app.info[0].value
    assert "Retrain the embedder" not in [button.label for button in app.button]
    assert title(press(app, "Answer questions")) == "Review"


def test_enough_answers_offer_the_retraining(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    answer_many(workspace, mapped, 20)
    app = open_app("retrain", mapped)
    assert not app.info
    assert field(app.metric, "Answers").value == "20"
    assert int(field(app.metric, "Held out").value) > 0
    assert "Retrain the embedder" in [button.label for button in app.main.button]
    assert any("s on two cores" in caption.value for caption in app.caption)


@pytest.mark.parametrize(
    ("before", "after", "kind", "primary"),
    [(2, 9, "success", "Keep new"), (5, 6, "info", "Keep new"), (6, 5, "warning", "Keep old")],
)
def test_a_proposal_says_how_good_it_is(
    mapped: str,
    workspace: Workspace,
    open_app: OpenApp,
    before: int,
    after: int,
    kind: str,
    primary: str,
) -> None:
    offer(workspace, mapped, before, after)
    app = open_app("retrain", mapped)
    assert not app.exception
    told = {name: len(app.get(name)) for name in ("success", "info", "warning")}
    assert told == {"success": 0, "info": 0, "warning": 0, kind: 1}
    assert field(app.metric, "Held-out answers right, before").value == f"{before}0%"
    assert field(app.metric, "After").value == f"{after}0%"
    buttons = {b.label: b.proto.type for b in app.main.button}
    assert [label for label, look in buttons.items() if look == "primary"] == [primary]
    assert any("7 kept" in element.value for element in app.markdown)


def test_keep_new(mapped: str, workspace: Workspace, open_app: OpenApp) -> None:
    proposal = offer(workspace, mapped, 2, 9)
    app = press(open_app("retrain", mapped), "Keep new")
    assert current(workspace, mapped).map.id == proposal.new_map
    assert any("was kept" in caption.value for caption in app.caption)
    assert any("Round 1" in caption.value for caption in app.sidebar.caption)
    app = press(app, "Undo", app.sidebar)
    assert current(workspace, mapped).map.id == proposal.old_map


def test_keep_old(mapped: str, workspace: Workspace, open_app: OpenApp) -> None:
    proposal = offer(workspace, mapped, 6, 5)
    app = press(open_app("retrain", mapped), "Keep old")
    assert current(workspace, mapped).map.id == proposal.old_map
    assert any("was put away" in caption.value for caption in app.caption)
    assert any("Round 0" in caption.value for caption in app.sidebar.caption)


def test_keeping_a_proposal_of_another_map_is_refused(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    earlier = offer(workspace, mapped, 2, 9)
    stale = offer(workspace, mapped, 2, 9)
    retraining.keep(workspace, earlier)
    app = press(open_app("retrain", mapped), "Keep new")
    assert "retrain again" in app.error[0].value
    assert current(workspace, mapped).map.id == earlier.new_map != stale.new_map


# Taxonomy, Export, the sidebar


def test_the_tree_shows_every_topic_and_counts(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = open_app("taxonomy", mapped)
    assert title(app) == "Taxonomy"
    frame = app.dataframe[0].value
    topics = current(workspace, mapped).taxonomy.topics
    assert len(frame) == len(topics)
    assert {label.strip() for label in frame["Topic"]} == {topic.label for topic in topics}
    roots = [not label.startswith("\u2003") for label in frame["Topic"]]
    assert frame["Texts"][roots].sum() == 150
    assert "0 of 7 topics reviewed" in progress(app)
    assert "Select a topic" in app.info[0].value


def test_export_offers_each_file_and_warns(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    here = current(workspace, mapped)
    away = (corpus_of(workspace, mapped)[0].id,)
    shaping.edit(workspace, mapped, Reassign(here.taxonomy.version, away, ""), "me")
    app = open_app("export", mapped)
    assert title(app) == "Export"
    labels = [element.proto.label for element in app.get("download_button")]
    assert labels[0].startswith("Download everything (")
    assert set(labels[1:]) == {
        "assignments.csv",
        "assignments.parquet",
        "taxonomy.csv",
        "taxonomy.json",
        "taxonomy.md",
        "judgments.csv",
        "judgments.jsonl",
        "manifest.json",
    }
    unreviewed, loose = (warning.value for warning in app.warning)
    assert "7 of 7 topics" in unreviewed
    assert "1 of 150 texts are unassigned" in loose


def test_the_sidebar_names_and_does_undo_and_redo(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    here = current(workspace, mapped)
    topic = here.taxonomy.topics[0]
    app = open_app("taxonomy", mapped)
    assert field(app.sidebar.button, "Undo").disabled
    shaping.edit(workspace, mapped, Rename(here.taxonomy.version, topic.id, "Late cards"), "me")
    app = app.run()
    undo = field(app.sidebar.button, "Undo")
    assert not undo.disabled
    assert "Late cards" in undo.help
    assert any("Last: " in c.value and "Late cards" in c.value for c in app.sidebar.caption)
    app = press(app, "Undo", app.sidebar)
    assert "Late cards" not in {label.strip() for label in app.dataframe[0].value["Topic"]}
    redo = field(app.sidebar.button, "Redo")
    assert "Late cards" in redo.help
    assert field(app.sidebar.button, "Undo").disabled
    app = press(app, "Redo", app.sidebar)
    assert "Late cards" in {label.strip() for label in app.dataframe[0].value["Topic"]}
    assert current(workspace, mapped).taxonomy.topics[0].label == "Late cards"
