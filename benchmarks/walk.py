"""From upload to map, and from key press to next card, in a real browser.

    python -m benchmarks.walk

Upload to map: Bank77's test set, from the moment the file is chosen until the
map is drawn, after one uncounted walk (the first import of umap ever compiles);
beside it the same libraries called plainly in a fresh process. The two take
turns. Key press to next card: 40 answers by Space on that project, beside a
bare Streamlit page with one button. Medians and ranges.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.report import DATA, keep
from tests.browser.harness import App, chromium

BANK77 = DATA / "bank77_test.csv"
TURNS = 2
PRESSES = 40

NEXT_CARD = """(key) => new Promise((done) => {
  const accept = () => [...document.querySelectorAll("[class*='st-key-accept']")]
      .map((e) => /st-key-(accept\\w+)/.exec(e.className)[1]);
  const before = accept()[0];
  const started = performance.now();
  const look = () => accept().some((id) => id !== before)
      ? done(performance.now() - started) : requestAnimationFrame(look);
  document.body.dispatchEvent(new KeyboardEvent(
      "keydown", {key: " ", code: "Space", keyCode: 32, which: 32, bubbles: true}));
  look();
})"""


def upload_to_map(page: Page, url: str) -> float:
    """Return seconds from choosing the file to the drawn map."""
    page.goto(url)
    page.wait_for_selector("input[type=file]", state="attached")
    started = time.perf_counter()
    page.set_input_files("input[type=file]", BANK77)
    page.get_by_role("button", name="Make the map").click()
    page.wait_for_selector("[data-testid=stVegaLiteChart] canvas", timeout=600_000)
    return time.perf_counter() - started


def plain_map() -> float:
    """Return seconds of the plain libraries in a fresh process."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.plain_map", str(BANK77)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def key_to_card(page: Page) -> list[float]:
    """Return milliseconds from each key press to the next card."""
    page.wait_for_selector("[class*='st-key-accept']")
    page.wait_for_timeout(1500)
    times: list[float] = []
    while len(times) < PRESSES:
        go_on = page.get_by_role("button", name="Go on")
        if go_on.count():
            go_on.click()
            page.wait_for_selector("[class*='st-key-accept']")
        page.wait_for_timeout(250)
        if page.get_by_text("· 1 to the next stop").count():
            page.keyboard.press("Space")
            page.wait_for_selector("button:has-text('Go on')")
            continue
        times.append(page.evaluate(NEXT_CARD))
    return times


def row(what: str, way: str, unit: str, values: Sequence[float]) -> dict[str, Any]:
    return {
        "what": what,
        "way": way,
        "unit": unit,
        "median": statistics.median(values),
        "lowest": min(values),
        "highest": max(values),
        "times": len(values),
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium())
        # A home of its own for each turn: nothing embedded before is found again.
        apps = [App(Path(folder) / f"home{turn}") for turn in range(TURNS + 1)]
        bare = App(Path(folder) / "bare", "benchmarks/bare_card.py")
        for server in (*apps, bare):
            server.start()
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(60_000)
        walked, plain = [], []
        for app in apps:
            walked.append(upload_to_map(page, app.url))
            plain.append(plain_map())
        page.get_by_test_id("stSidebarNav").get_by_role("link", name="Review").click()
        answered = key_to_card(page)
        page.goto(bare.url)
        pressed = key_to_card(page)
        browser.close()
        for server in (*apps, bare):
            server.kill()
    walked, plain = walked[1:], plain[1:]  # the first turn compiles
    keep(
        "walk",
        [
            row("upload to map, Bank77 test", "Clade, in the browser", "s", walked),
            row("upload to map, Bank77 test", "the libraries, plainly", "s", plain),
            row("key press to next card", "Clade, answer on disk", "ms", answered),
            row("key press to next card", "bare Streamlit button", "ms", pressed),
        ],
    )


if __name__ == "__main__":
    main()
