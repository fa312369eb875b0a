"""A tree shaped by hand in a real browser, over a server that is killed on the way."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from core.domain.taxonomy import Topic
from core.project.arrays import load_clustering
from core.project.mapping import current
from core.project.workspace import Workspace
from core.steps.taxonomy import assign, leaves
from tests.browser.harness import App, shoot
from tests.browser.project import mapped_project

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def labels(workspace: Workspace, project_id: str) -> set[str]:
    return {topic.label for topic in current(workspace, project_id).taxonomy.topics}


def button(page: Page, name: str):
    return page.get_by_role("button", name=name).first


def last(page: Page, words: str) -> None:
    """Wait until the sidebar names what was done last."""
    expect(page.get_by_test_id("stSidebar").get_by_text(words, exact=False)).to_be_visible()


def choose_none(page: Page) -> None:
    while not page.get_by_text("Select a topic", exact=False).is_visible():
        page.get_by_role("combobox", name="Topics").focus()
        page.keyboard.press("Backspace")
        page.wait_for_timeout(1000)


def choose(page: Page, *topics: Topic) -> None:
    """Choose topics by keyboard alone, in the box above the table."""
    box = page.get_by_role("combobox", name="Topics")
    choose_none(page)
    for topic in topics:
        box.focus()
        page.keyboard.type(f"{topic.label} (")
        page.wait_for_timeout(400)
        page.keyboard.press("Enter")
        page.wait_for_timeout(900)
    page.keyboard.press("Escape")
    page.locator("h1").click()


def shape(page: Page, workspace: Workspace, project_id: str) -> None:
    one, two, three, *_ = leaves(current(workspace, project_id).taxonomy)
    page.keyboard.press("n")
    expect(page.get_by_label("Label")).to_be_visible()
    shoot(page, "5-taxonomy-name")
    choose(page, one)
    expect(page.get_by_label("Label")).to_have_value(one.label)
    page.get_by_label("Label").fill("First of all")
    page.get_by_label("Label").press("Enter")
    last(page, "to 'First of all'")

    choose(page, two, three)
    expect(page.get_by_text("2 topics,", exact=False)).to_be_visible()
    page.keyboard.press("m")
    last(page, f"Merged '{three.label}' into '{two.label}'")

    choose(page, two)
    page.get_by_text("Split", exact=True).click()
    expect(page.get_by_text("Which part stays", exact=False)).to_be_visible()
    shoot(page, "5-taxonomy-split")
    page.get_by_label("Name", exact=True).fill("Left it")
    page.get_by_label("Name", exact=True).press("Enter")
    button(page, "Split into 2 topics").click()
    last(page, "'Left it' left it")
    assert {"First of all", "Left it"} <= labels(workspace, project_id)
    move_texts(page, workspace, project_id, two)


def size(workspace: Workspace, project_id: str, label: str) -> int:
    here = current(workspace, project_id)
    (topic,) = [topic for topic in leaves(here.taxonomy) if topic.label == label]
    clustering = load_clustering(workspace, here.map)
    return assign(here.taxonomy, clustering).topics.count(topic.id)


def move_texts(page: Page, workspace: Workspace, project_id: str, topic: Topic) -> None:
    """Choose two texts of a topic by their boxes, and move them to another."""
    here, there = (size(workspace, project_id, name) for name in (topic.label, "First of all"))
    choose(page, topic)
    page.get_by_test_id("stMain").get_by_role("radio", name="Texts").click()
    expect(page.get_by_text(f"0 of {here} texts")).to_be_visible()
    table = page.get_by_test_id("stDataFrame").last
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    for row in (0, 1):
        page.mouse.click(box["x"] + 18, box["y"] + 53 + 35 * row)
        expect(page.get_by_text(f"{row + 1} of {here} texts")).to_be_visible()
    page.get_by_role("combobox", name="Move to").click()
    page.keyboard.type("First of all")
    page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Move", exact=True).click()
    last(page, "2 texts")
    assert size(workspace, project_id, "First of all") == there + 2
    assert size(workspace, project_id, topic.label) == here - 2


def click_in_the_table(page: Page) -> None:
    """A click on a line's box chooses its topic, and only that."""
    choose_none(page)
    table = page.get_by_test_id("stDataFrame").first
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 18, box["y"] + 88)
    expect(page.get_by_label("Label")).to_be_visible()


def brought_back(page: Page, folder: Path) -> None:
    """Download the workbook, edit it in a spreadsheet, and bring it back."""
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Export").click()
    with page.expect_download() as download:
        button(page, "workbook.xlsx").click()
    path = folder / "workbook.xlsx"
    download.value.save_as(path)
    book = load_workbook(path)
    topics, texts = book["Topics"], book["Texts"]
    columns = [cell.value for cell in topics[1]]
    place = {row[columns.index("label")].value: row for row in topics.iter_rows(min_row=2)}
    place["First of all"][columns.index("new_label")].value = "From the workbook"
    texts["E2"] = place["Left it"][columns.index("topic_id")].value
    assert texts["E1"].value == "reassigned_cluster_id"
    book.save(path)
    page.set_input_files("input[type=file]", path)
    expect(page.get_by_text("The workbook asks for 1 new name", exact=False)).to_be_visible()
    shoot(page, "6-export-workbook")
    button(page, "Make").click()
    expect(page.get_by_text("Undo takes all of it back", exact=False)).to_be_visible()


def test_a_tree_is_shaped_undone_after_a_restart_and_handed_on(
    app: App, page: Page, tmp_path: Path
) -> None:
    workspace, project_id = mapped_project(app.home, 200)
    address = f"{app.url}/taxonomy?project={project_id}"
    before = labels(workspace, project_id)
    page.goto(address)
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    shape(page, workspace, project_id)
    shaped = labels(workspace, project_id)

    app.kill()
    app.start()
    page.goto(address)
    for left in ("'Left it' left it", "Merged", "to 'First of all'", ""):
        button(page, "Undo").click()
        if left:
            last(page, left)
    expect(button(page, "Undo")).to_be_disabled()
    assert labels(workspace, project_id) == before
    for done in ("First of all", "Merged", "Left it", "2 texts"):
        button(page, "Redo").click()
        last(page, done)
    expect(button(page, "Redo")).to_be_disabled()
    assert labels(workspace, project_id) == shaped

    page.keyboard.press("n")
    expect(page.get_by_label("Label")).to_be_visible()
    click_in_the_table(page)
    page.get_by_text("Checks", exact=False).first.click()
    expect(page.get_by_text("Taxonomy score")).to_be_visible()
    shoot(page, "5-taxonomy-checks")

    brought_back(page, tmp_path)
    with page.expect_download() as download:
        button(page, "Download everything").click()
    path = tmp_path / "export.zip"
    download.value.save_as(path)
    archive = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    told = json.dumps(json.loads(archive.read("taxonomy.json")))
    assert "From the workbook" in told and "Left it" in told and "First of all" not in told
    assert "From the workbook" in archive.read("report.html").decode()
