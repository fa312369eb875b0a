"""The first start: every empty page says what to do next."""

from __future__ import annotations

import pytest

from core.project.workspace import Workspace
from tests.app.screen import PAGES, OpenApp, bring, press, title


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
