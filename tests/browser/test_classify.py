"""New texts classified in a real browser: pasted, uploaded, downloaded again."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.harness import DATA, App, shoot
from tests.browser.project import mapped_project

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_paste_upload_and_download(app: App, page: Page, tmp_path: Path) -> None:
    _, project_id = mapped_project(app.home, 300)
    page.goto(f"{app.url}/classify?project={project_id}")
    expect(page.locator("h1")).to_have_text("Classify")

    box = page.get_by_label("Or paste texts, one a line")
    box.fill("My new card has not come yet\nzebra\n¿Dónde está la biblioteca?")
    page.get_by_role("button", name="Use these lines").click()
    expect(page.get_by_text("3 distinct texts")).to_be_visible()
    page.reload()
    expect(page.get_by_text("3 distinct texts")).to_be_visible()
    page.get_by_role("button", name="Classify").last.click()
    expect(page.get_by_text("pasted text, classified")).to_be_visible(timeout=120_000)
    expect(page.get_by_text("Is this batch like your texts?")).to_be_visible()
    for heavy in ("libtorch", "tokenizers"):
        assert not app.loaded(heavy), f"{heavy} is the worker's to load"

    lines = (DATA / "bank77_test.csv").read_text("utf-8").splitlines()
    source = tmp_path / "next month.csv"
    source.write_text("\n".join([lines[0], *lines[2::40]]), "utf-8")
    page.set_input_files("input[type=file]", source)
    expect(page.get_by_text("77 distinct texts").first).to_be_visible()
    page.get_by_role("button", name="Classify").last.click()
    expect(page.get_by_text("next month.csv, classified")).to_be_visible(timeout=120_000)
    page.get_by_text("How good is it?", exact=False).click()
    expect(page.get_by_text("What is taken for what")).to_be_visible()
    shoot(page, "8-classified")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download all rows").click()
    path = tmp_path / "classified.csv"
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with source.open(encoding="utf-8", newline="") as file:
        assert [row["label"] for row in rows] == [row["label"] for row in csv.DictReader(file)]
    assert {row["tc_fits"] for row in rows} <= {"true", "false"}
    assert sum(bool(row["tc_path"]) for row in rows) > len(rows) / 2
