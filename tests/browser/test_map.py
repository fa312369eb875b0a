"""The map in a real browser: a brush fills the tray, and all points are drawn at once."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Locator, Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.harness import App, shoot, snap
from tests.browser.project import mapped_project

pytestmark = pytest.mark.browser


def brush(page: Page) -> float:
    """Draw a brush over the middle of the map; return the seconds until the tray shows it."""
    canvas = page.locator("canvas.marks").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5, steps=4)
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.8, steps=4)
    started = time.monotonic()
    page.mouse.up()
    expect(page.get_by_text(" selected", exact=False).first).to_be_visible()
    return time.monotonic() - started


def charts(frames: list[bytes]) -> set[bytes]:
    """Return the different maps among the messages of the server."""
    elements = [ForwardMsg.FromString(frame).delta.new_element for frame in frames]
    return {
        element.vega_lite_chart.SerializeToString(deterministic=True)
        for element in elements
        if element.WhichOneof("type") == "vega_lite_chart"
    }


def test_a_brush_fills_the_tray_and_all_points_are_drawn(app: App, page: Page) -> None:
    _, project_id = mapped_project(app.home, 300)
    sent: list[bytes] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda f: sent.append(f)))
    page.goto(f"{app.url}/map?project={project_id}")
    expect(page.locator("canvas.marks").first).to_be_visible()
    page.wait_for_timeout(1000)
    assert sum(map(len, sent)) < 600_000  # of 300 texts; the whole page
    drawn = charts(sent)
    # Loose: a busy machine. The figure that is told comes from the benchmark.
    assert brush(page) < 15
    assert charts(sent) == drawn, "a brush changes nothing on the map"
    expect(page.get_by_text("Why here?")).to_have_count(0)
    shoot(page, "6-map-brushed")

    page.get_by_text("How alike they are").click()
    expect(page.get_by_text("The cosines between", exact=False)).to_be_visible()
    page.get_by_text("How the clusters were found").click()
    expect(page.get_by_text("condensed tree", exact=False)).to_be_visible()
    page.wait_for_timeout(1500)
    shoot(page, "6-map-likeness")

    page.get_by_text("All points", exact=True).click()
    expect(page.get_by_text("Every text is drawn", exact=False)).to_be_visible()
    expect(page.locator("canvas").first).to_be_visible()
    page.wait_for_timeout(1500)
    shoot(page, "6-map-all")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="HTML").click()
    path = waiting.value.path()
    assert page.context.browser is not None
    alone = page.context.browser.new_page()
    errors: list[str] = []
    alone.on("pageerror", lambda error: errors.append(str(error)))
    alone.set_content(path.read_text("utf-8"))
    alone.get_by_role("searchbox").fill("card")
    expect(alone.locator("#said")).to_contain_text("found")
    alone.locator("aside button").first.click()
    shoot_file(alone)
    assert not errors


def shoot_file(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.wait_for_timeout(500)
    snap(page, "6-map-file")


def test_a_search_moves_nothing(app: App, page: Page) -> None:
    _, project_id = mapped_project(app.home, 120)
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.goto(f"{app.url}/map?project={project_id}")
    canvas = page.locator("canvas.marks").first
    expect(canvas).to_be_visible()
    page.wait_for_timeout(1000)
    places = [canvas.bounding_box(), page.get_by_test_id("stDataFrame").bounding_box()]
    search = page.get_by_role("textbox", name="Search")
    search.fill("card")
    search.press("Enter")
    found = page.get_by_role("button", name="Select all")
    expect(found).to_be_visible()
    page.wait_for_timeout(1000)
    assert places == [canvas.bounding_box(), page.get_by_test_id("stDataFrame").bounding_box()]
    boxes = [one.bounding_box() for one in (search, found)]
    assert boxes[0] and boxes[1] and abs(boxes[0]["y"] - boxes[1]["y"]) < 10, "on one line"
    tools = [page.get_by_role("button", name=name) for name in ("Clustering", "Embedder", "HTML")]
    assert len({round(tool.bounding_box()["y"]) for tool in tools}) == 1  # type: ignore[index]
    found.click()
    expect(page.get_by_text("selected, listed below", exact=False)).to_be_visible()


def edges(canvas: Locator) -> list[int]:
    """Return how many pixels are drawn in the leftmost and in the rightmost column."""
    counted: list[int] = canvas.evaluate(
        """canvas => [0, canvas.width - 1].map(x => {
            const column = canvas.getContext("2d").getImageData(x, 0, 1, canvas.height).data;
            return column.filter((value, place) => place % 4 === 3 && value > 0).length;
        })"""
    )
    return counted


def test_names_at_the_edge_stay_inside_at_any_width(app: App, page: Page) -> None:
    _, project_id = mapped_project(app.home, 300)
    page.goto(f"{app.url}/map?project={project_id}")
    canvas = page.locator("canvas.marks").first
    expect(canvas).to_be_visible()
    for width in (760, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 1000})
        page.wait_for_timeout(1500)
        assert edges(canvas) == [0, 0], width
    page.set_viewport_size({"width": 760, "height": 1000})
    page.get_by_text("All points", exact=True).click()
    expect(page.get_by_text("Every text is drawn", exact=False)).to_be_visible()
    page.wait_for_timeout(2000)
    assert edges(page.locator("canvas").first) == [0, 0]
    with page.expect_download() as waiting:
        page.get_by_role("button", name="HTML").click()
    page.set_viewport_size({"width": 480, "height": 900})
    page.set_content(waiting.value.path().read_text("utf-8"))
    expect(page.get_by_role("searchbox")).to_be_visible()
    assert edges(page.locator("canvas")) == [0, 0]
