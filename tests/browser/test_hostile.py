"""Other people's text is shown as text: nothing in it is fetched, run or formatted."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.domain.settings import Settings
from core.domain.taxonomy import Group, Rename
from core.project.intake import bring
from core.project.mapping import current, make_map
from core.project.shaping import edit
from core.project.workspace import open_workspace
from tests.browser.harness import App, card_id
from tests.browser.project import Silent

pytestmark = pytest.mark.browser

BEACON = "![x](http://beacon.invalid/x.png)"
IMAGE = '<img src="http://beacon.invalid/y.png" onerror="window.hit=1">'
SCRIPT = "<script>window.hit = 1</script>"


def hostile_project(home: Path) -> str:
    """Make a mapped project that is hostile in texts, columns, values and names."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["text", f"image {BEACON}", IMAGE])
    for n in range(60):
        tail = (BEACON, IMAGE, SCRIPT, "=1+1", "$x$ **bold**")[n % 5]
        writer.writerow(
            [f"{('my card is lost', 'the app is slow')[n % 2]} {n} {tail}", tail, n % 3]
        )
    workspace = open_workspace(Settings(home=home))
    project = bring(workspace, f"{BEACON}.csv", out.getvalue().encode())
    make_map(workspace, project.id, {"method": "kmeans", "k": 4}, Silent())
    topics = current(workspace, project.id).taxonomy.topics
    first, second = [topic.id for topic in topics if topic.clusters][:2]
    edit(workspace, project.id, Rename(1, first, f"{BEACON} {IMAGE}"), "me")
    edit(workspace, project.id, Group(2, (first, second), f"{SCRIPT} {BEACON}"), "me")
    return project.id


def test_no_page_fetches_or_runs_uploaded_text(app: App, page: Page) -> None:
    project_id = hostile_project(app.home)
    outside: list[str] = []
    page.on("request", lambda r: outside.append(r.url) if "beacon" in r.url else None)
    for name in ("", "map", "review", "retrain", "taxonomy", "export"):
        page.goto(f"{app.url}/{name}?project={project_id}")
        expect(page.locator("h1")).to_be_visible()
        page.wait_for_timeout(2500)
        if name == "review":
            card_id(page)
        for box in page.get_by_test_id("stSelectbox").all():
            box.click()
            page.wait_for_timeout(300)
            page.keyboard.press("Escape")
        if name == "map":
            search = page.get_by_placeholder("words", exact=False)
            search.fill("card")
            search.press("Enter")
            page.get_by_role("button", name="Select all").click()
            page.wait_for_timeout(1000)
        if name == "taxonomy":
            box = page.get_by_test_id("stDataFrame").first.bounding_box()
            assert box is not None
            page.mouse.click(box["x"] + 20, box["y"] + 88)
            expect(page.get_by_label("Label")).to_be_visible()
        assert page.evaluate("() => window.hit") is None
    assert outside == []
