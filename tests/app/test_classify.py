"""The Classify page: bring, classify, read, download; what cannot be used is told."""

from __future__ import annotations

import time

from streamlit.testing.v1 import AppTest

from core.domain.jobs import JobStatus
from core.project import adding, classifying, use_cases
from core.project.mapping import current
from core.project.workspace import Workspace
from tests.app.conftest import Silent
from tests.app.screen import OpenApp, bring, corpus_of, press, title, upload

HOSTILE = "=1+1 ![pixel](https://example.invalid/pixel.png)"

FITTING = "please help me to activate the new card"


def said(app: AppTest) -> str:
    parts = (app.markdown, app.caption, app.warning, app.error, app.info)
    return " ".join(one.value for part in parts for one in part)


def finished(workspace: Workspace, project_id: str, lines: list[str]) -> None:
    """Classify pasted lines as the worker does, and write the job down as done."""
    batch = classifying.bring(workspace, None, "\n".join(lines).encode())
    params = {"batch": batch, "kind": "logistic"}
    job = workspace.store.jobs.add_job(project_id, classifying.CLASSIFY, params)
    result = classifying.classify(workspace, project_id, params, Silent())
    workspace.store.jobs.claim_job(job.id, 1)
    workspace.store.jobs.finish_job(job.id, JobStatus.DONE, result=result)


def test_a_result_shows_topics_what_does_not_fit_and_how_good_it_is(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    known = corpus_of(workspace, mapped)[0].body
    finished(workspace, mapped, [known, HOSTILE, FITTING, "zebra"])

    app = open_app("classify", mapped)

    assert title(app) == "Classify"
    frame = app.dataframe[0].value
    rows = frame.set_index("Text")
    assert rows.loc["zebra", "Topic"] == "Does not fit"
    assert rows.loc[known, "Decided by"] == "known text"
    names = set(classifying.topic_names(current(workspace, mapped).taxonomy).values())
    assert rows.loc[FITTING, "Topic"] in names
    assert HOSTILE in rows.index and HOSTILE not in said(app)
    assert "4 distinct texts. 1 is in the project" in said(app).replace("\\", "")
    assert "Is this batch like your texts?" in said(app)
    assert "texts that were kept from it" in said(app)
    assert [metric.label for metric in app.metric][:1] == ["Accuracy"]

    app.toggle[0].set_value(True).run()
    assert set(app.dataframe[0].value["Topic"]) == {"Does not fit"}


def test_pasted_lines_wait_for_the_button_and_a_worker_takes_them(
    mapped: str, open_app: OpenApp, workspace: Workspace
) -> None:
    app = open_app("classify", mapped)
    app.text_area[0].set_value("zebra\nwhen will my card arrive").run()
    app = press(app, "Use these lines")
    assert "2 distinct texts" in said(app)
    assert "batch" in app.query_params

    app = press(app, "Classify")

    job = workspace.store.jobs.last_job(mapped, classifying.CLASSIFY)
    assert job is not None
    assert job.params["kind"] == "logistic"
    assert app.get("progress")
    workspace.store.jobs.request_cancel(job.id)


def test_what_holds_no_text_is_told_with_the_next_move(mapped: str, open_app: OpenApp) -> None:
    app = upload(open_app("classify", mapped), "empty.csv", b"")
    assert len(app.error) == 1
    app = press(app, "Use these lines")
    assert "Paste some texts" in said(app)
    assert not [button for button in app.main.button if button.label == "Classify"]
    app = upload(app, "two.csv", b"text,other\r\nmy card is late,1\r\n")
    assert not app.error
    assert "1 distinct text" in said(app)


def test_without_a_map_it_says_what_comes_first(open_app: OpenApp, workspace: Workspace) -> None:
    project = bring(workspace)

    app = open_app("classify", project.id)

    assert "no map yet" in said(app)


def test_an_encoder_is_trained_first_and_a_batch_that_is_gone_is_told(
    mapped: str, open_app: OpenApp
) -> None:
    app = open_app("classify", mapped)
    app.radio[0].set_value("encoder").run()
    assert "Train it before you classify" in said(app)
    assert [button for button in app.main.button if button.label == "Train it"]

    app.query_params["batch"] = "../../nowhere"
    app.run()
    assert not app.exception
    assert len(app.error) == 1


def test_classified_texts_join_the_project_on_request(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    before = len(corpus_of(workspace, mapped))
    finished(workspace, mapped, [FITTING, "zebra"])
    app = press(open_app("classify", mapped), "Add these texts to the project")
    assert not app.exception
    job = workspace.store.jobs.last_job(mapped, adding.KIND)
    assert job is not None
    while not use_cases.watch_job(workspace, job.id).status.over:
        time.sleep(0.5)
    after = corpus_of(workspace, mapped)
    assert len(after) == before + 2
    assert {FITTING, "zebra"} <= {text.body for text in after}
