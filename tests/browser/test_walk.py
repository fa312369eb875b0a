"""The whole path on Bank77's test set, as a newcomer walks it."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.domain.settings import Settings
from core.project.workspace import open_workspace
from tests.browser.harness import DATA, App, answer, card_id, shoot

BANK77 = DATA / "bank77_test.csv"
NEW_NAME = "Opening an account for a child"

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=False).first


def open_page(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
    expect(page.locator("h1")).to_have_text(name)


def make_the_map(page: Page) -> None:
    page.set_input_files("input[type=file]", BANK77)
    expect(page.get_by_text("The first rows")).to_be_visible()
    expect(page.get_by_text("3,079")).to_be_visible()
    shoot(page, "1-data")
    button(page, "Make the map").click()
    expect(page.locator("h1")).to_have_text("Map")
    expect(page.get_by_text("Embedding", exact=False)).to_be_visible()
    shoot(page, "2-map-working")
    job = page.url
    page.reload()
    expect(button(page, "Cancel")).to_be_visible()
    assert page.url == job and "job=" in job
    expect(page.get_by_text("topics ·", exact=False)).to_be_visible(timeout=400_000)
    expect(page.locator("canvas").first).to_be_visible()
    shoot(page, "2-map")


def keys_of(page: Page) -> tuple[str, ...]:
    if page.get_by_text("closer to?", exact=False).is_visible():
        return ("ArrowLeft", "ArrowRight", "ArrowDown", "b")
    if page.get_by_text("same category?", exact=False).is_visible():
        return ("y", "n", "n", "y")
    return ("1", "0", "1", "0")


def answer_twenty(page: Page) -> None:
    open_page(page, "Review")
    for count in range(20):
        before = card_id(page)
        if count == 3:
            shoot(page, "3-review")
        if count == 7:
            page.reload()
            assert card_id(page) == before, "a refresh shows the same unanswered card"
            expect(page.get_by_text("7 answered", exact=False)).to_be_visible()
        assert before == answer(page, "Space" if count % 5 == 4 else keys_of(page)[count % 4])
    expect(page.get_by_text("20 answers are saved", exact=False)).to_be_visible()
    shoot(page, "3-review-stop")


def retrain_and_keep(page: Page) -> None:
    button(page, "Retrain the embedder").click()
    expect(page.locator("h1")).to_have_text("Retrain")
    shoot(page, "4-retrain")
    page.get_by_text("Last layers").first.click()
    button(page, "Retrain the embedder").click()
    expect(page.get_by_text("Training, step", exact=False)).to_be_visible(timeout=120_000)
    page.reload()
    expect(button(page, "Cancel")).to_be_visible()
    shoot(page, "4-training")
    expect(button(page, "Keep new")).to_be_visible(timeout=400_000)
    expect(page.locator("canvas").first).to_be_visible()
    shoot(page, "4-proposal")
    button(page, "Keep new").click()
    expect(page.get_by_text("was kept", exact=False)).to_be_visible()
    expect(page.get_by_text("Round 1 ·", exact=False)).to_be_visible()


def rename_a_topic(page: Page) -> None:
    open_page(page, "Taxonomy")
    tree = page.get_by_test_id("stDataFrame").first
    expect(tree).to_be_visible()
    page.wait_for_timeout(1500)
    box = tree.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 20, box["y"] + 88)  # the second line: a leaf
    label = page.get_by_label("Label")
    expect(label).to_be_visible()
    shoot(page, "5-taxonomy")
    label.fill(NEW_NAME)
    label.press("Enter")
    expect(page.get_by_text(f"to '{NEW_NAME}'", exact=False)).to_be_visible()


def exported(page: Page, folder: Path) -> zipfile.ZipFile:
    open_page(page, "Export")
    expect(button(page, "Download everything")).to_be_visible()
    shoot(page, "6-export")
    with page.expect_download() as download:
        button(page, "Download everything").click()
    path = folder / "export.zip"
    download.value.save_as(path)
    return zipfile.ZipFile(path)


def check(archive: zipfile.ZipFile) -> None:
    with BANK77.open(encoding="utf-8") as file:
        original = list(csv.DictReader(file))
    text = archive.read("assignments.csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(original) == 3080
    assert list(rows[0])[:2] == ["text", "label"]
    assert [row["text"].removeprefix("'") for row in rows] == [
        row["text"].removeprefix("'") for row in original
    ]
    assert [row["label"] for row in rows] == [row["label"] for row in original]
    assert [row["tc_row_id"] for row in rows] == [str(n) for n in range(1, 3081)]
    renamed = [row for row in rows if row["tc_label"] == NEW_NAME]
    assert len(renamed) >= 5
    assert sum(bool(row["tc_duplicate_of"]) for row in rows) == 1
    assert "1" in {row["tc_round"] for row in rows} <= {"0", "1"}
    taxonomy = json.loads(archive.read("taxonomy.json"))
    assert NEW_NAME in json.dumps(taxonomy)
    assert NEW_NAME in archive.read("taxonomy.md").decode()
    judgments = archive.read("judgments.jsonl").decode().splitlines()
    assert len(judgments) == 20
    manifest = json.loads(archive.read("manifest.json"))
    assert set(manifest["files"]) == set(archive.namelist()) - {"manifest.json"}


def test_from_upload_to_export(app: App, page: Page, tmp_path: Path) -> None:
    asked_outside: list[str] = []
    page.on("request", lambda r: asked_outside.append(r.url) if app.url not in r.url else None)
    page.goto(app.url)
    expect(page.locator("h1")).to_have_text("Data")
    make_the_map(page)
    answer_twenty(page)
    for heavy in ("libtorch", "libllvmlite", "hdbscan", "tokenizers"):
        assert not app.loaded(heavy), f"{heavy} is the worker's to load"
    retrain_and_keep(page)
    rename_a_topic(page)
    check(exported(page, tmp_path))
    workspace = open_workspace(Settings(home=app.home))
    (project,) = workspace.store.projects.all()
    assert len(workspace.store.reviews.judgments(project.id)) == 20
    outside = [url for url in asked_outside if not url.startswith(("data:", "blob:", "ws://127"))]
    assert outside == [], "nothing leaves this computer"
