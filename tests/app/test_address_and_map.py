"""The address of a project, and its map."""

from __future__ import annotations

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import script_runner
from streamlit.testing.v1 import AppTest

from core.project.mapping import current
from core.project.workspace import Workspace
from tests.app.screen import ROOT, OpenApp, field, press, title


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


def test_a_link_into_a_page_while_another_visitor_starts_the_fresh_server(
    mapped: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_alone = script_runner._mpa_v1

    def overtaken(main_script_path: str) -> None:
        # The other's run of app.py says in the meantime that the folder is no page list.
        PagesManager.uses_pages_directory = False
        run_alone(main_script_path)

    monkeypatch.setattr(script_runner, "_mpa_v1", overtaken)
    app = AppTest.from_file(ROOT / "app.py", default_timeout=30)
    app.query_params["project"] = mapped
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
