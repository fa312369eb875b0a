"""Many texts on the Data page: what they take, a sample, and the rows that wait."""

from __future__ import annotations

import pytest

from core.project import intake, use_cases
from core.project.workspace import Workspace
from tests.app.screen import ROWS, OpenApp, bring, field, press


def labels(app: object) -> list[str]:
    return [button.label for button in app.button]  # type: ignore[attr-defined]


def test_many_texts_are_told_of_sampled_and_added_to(
    workspace: Workspace, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = bring(workspace)
    app = open_app("data", project.id)
    assert "Make the map" in labels(app) and "Take a sample" not in labels(app)

    # Twelve texts that would need more memory than there is.
    monkeypatch.setattr("core.project.sampling.memory", lambda: 100_000_000)
    app = app.run()
    assert any("12 texts are many: about 10 s and 0.8 GB" in one.value for one in app.markdown)
    assert "Make the map" not in labels(app)
    app = field(app.number_input, "Texts in the sample").set_value(5).run()
    app = press(app, "Take a sample")
    assert [m.value for m in app.metric][:2] == ["5", "5"]
    monkeypatch.setattr("core.project.sampling.memory", lambda: None)
    app = app.run()
    assert "Make the map" in labels(app) and "Take a sample" not in labels(app)
    assert any("7 rows wait outside the sample" in one.value for one in app.markdown)

    app = field(app.number_input, "Texts to add").set_value(3).run()
    app = press(app, "Add from the rows that wait")
    assert [m.value for m in app.metric][:2] == ["8", "8"]
    app = press(app, "Add from the rows that wait")
    found = intake.find_project(workspace, project.id)
    assert len(intake.load_corpus(workspace, found).texts) == ROWS.count("message ")
    assert not any("wait outside" in one.value for one in app.markdown)


def test_a_person_may_go_on_with_many_texts(
    workspace: Workspace, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = bring(workspace)
    monkeypatch.setattr("core.project.sampling.memory", lambda: 100_000_000)
    app = press(open_app("data", project.id), "Go on with all 12")
    job = use_cases.newest_job(workspace, project.id, "map")
    assert job is not None
    use_cases.cancel_job(workspace, job.id)
    assert app.query_params["job"] == job.id
