"""The granularity slider on the Map page."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.domain.jobs import Job
from core.project import use_cases
from core.project.workspace import Workspace
from tests.app.screen import OpenApp, answer_many, field, press, title


def opened(open_app: OpenApp, project: str) -> AppTest:
    app = open_app("map", project)
    app.session_state["granularity"] = True
    return app.run()


def captions(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.caption)


def test_the_map_is_as_before_until_the_lid_is_opened(mapped: str, open_app: OpenApp) -> None:
    app = open_app("map", mapped)
    assert not app.select_slider
    assert len(app.get("vega_lite_chart")) == 1


def test_a_stop_previews_its_level_and_changes_nothing(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = opened(open_app, mapped)
    assert title(app) == "Map"
    slider = field(app.select_slider, "Groups")
    assert slider.value == 7
    assert field(app.button, "Use 7 groups").disabled
    assert "Preview of" not in captions(app)
    stop = next(b for b in app.button if b.label.endswith(" groups") and b.label[0].isdigit())
    k = int(stop.label.split()[0])
    app = stop.click().run()
    assert not app.exception
    assert field(app.select_slider, "Groups").value == k
    assert f"Preview of {k} groups; nothing is changed yet." in captions(app)
    assert not field(app.button, f"Use {k} groups").disabled
    assert use_cases.last_job(workspace, mapped, "map") is None


def test_answers_have_a_say(mapped: str, workspace: Workspace, open_app: OpenApp) -> None:
    assert "once there are about 20 more" in captions(opened(open_app, mapped))
    answer_many(workspace, mapped, 60)
    said = captions(opened(open_app, mapped))
    assert "The texts alone speak for about" in said
    assert "about 20 more" not in said


def test_using_a_level_starts_the_map_with_ward(
    mapped: str, workspace: Workspace, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[dict[str, object]] = []

    def start(_workspace: Workspace, project: str, kind: str, params: dict[str, object]) -> Job:
        started.append({"project": project, "kind": kind, **params})
        return workspace.store.jobs.add_job(project, kind, params)

    monkeypatch.setattr(use_cases, "start_job", start)
    app = opened(open_app, mapped)
    app = field(app.select_slider, "Groups").set_value(5).run()
    press(app, "Use 5 groups")
    assert started == [{"project": mapped, "kind": "map", "method": "ward", "k": 5}]


def test_hostile_names_are_shown_as_text(
    mapped: str, open_app: OpenApp, hostile: tuple[str, ...]
) -> None:
    app = opened(open_app, mapped)
    app = field(app.select_slider, "Groups").set_value(2).run()
    assert not app.exception
    for element in (*app.caption, *app.markdown):
        assert not any(text in element.value for text in hostile)
