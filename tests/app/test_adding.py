"""More texts on the Data page: looked over, added, and on the map."""

from __future__ import annotations

import time

from core.project import intake, use_cases
from core.project.workspace import Workspace
from tests.app.screen import ROWS, OpenApp, bring, field, press


def test_lines_are_added_to_a_project_with_a_map(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = open_app("data", mapped)
    box = field(app.text_area, "Or lines, one text each")
    app = box.set_value("where is my card\nmy card is late\nmy card is late").run()
    assert "**3 rows to add, with 2 texts that the project does not have.**" in [
        one.value for one in app.markdown
    ]
    assert len(intake.load_corpus(workspace, intake.find_project(workspace, mapped)).row_ids) == 150

    app = press(app, "Add them")

    job = use_cases.newest_job(workspace, mapped, "add")
    assert job is not None
    while not (job := use_cases.watch_job(workspace, job.id)).status.over:
        time.sleep(0.1)
    assert job.error == ""
    app = open_app("map", mapped)
    assert any("152 texts unassigned" in one.value for one in app.caption)
    app = open_app("data", mapped)
    assert [m.value for m in app.metric][:4] == ["153", "152", "0", "1"]


def test_before_the_map_a_file_is_added_at_once_and_a_bad_one_is_refused(
    workspace: Workspace, open_app: OpenApp
) -> None:
    project = bring(workspace)
    app = open_app("data", project.id)
    more = next(box for box in app.file_uploader if box.label == "A file with more rows")
    app = more.set_value(("b.csv", b"a,b\n1,2\n", "text/csv")).run()
    assert "holds words" in app.error[0].value
    more = next(box for box in app.file_uploader if box.label == "A file with more rows")
    rows = ROWS.replace("message", "parcel").replace("text,", "body,")
    app = more.set_value(("c.csv", rows.encode(), "text/csv")).run()
    assert not app.error
    assert any("the column 'body'" in one.value.replace("\\", "") for one in app.caption)
    app = press(app, "Add them")
    texts = intake.load_corpus(workspace, intake.find_project(workspace, project.id)).texts
    assert len(texts) == 24
    assert [m.value for m in app.metric][:2] == ["24", "24"]
