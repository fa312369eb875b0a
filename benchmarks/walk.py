"""From upload to map, and from key press to next card, in a real browser.

    python -m benchmarks.walk

Upload to map: Bank77's test set, from the moment the file is chosen until the
map is drawn, after one uncounted walk (the first import of umap ever compiles);
beside it the same libraries called plainly in a fresh process. The two take
turns. Key press to next card: 40 answers on that project, alone, and again while
a batch of questions is with a model on loopback that takes 300 ms, 16 calls at
once; beside it a bare Streamlit page with one button. Then sixty cards as fast as
they come, their three stops included. Medians and ranges.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.report import DATA, keep
from core.domain.judging import JudgeSettings
from core.domain.llm import Price
from core.domain.settings import Settings
from core.project import judging
from core.project.intake import all_projects
from core.project.workspace import open_workspace
from tests.browser.harness import App, chromium
from tests.servers.scripted import Answer, Request, first_offered, serving

BANK77 = DATA / "bank77_test.csv"
TURNS = 2
PRESSES = 40
SECONDS, AT_ONCE, QUESTIONS = 0.3, 16, 20_000

CLADE, BARE = "st-key-S", "st-key-accept"
"""What the class of a card's own button begins with; its id follows."""

# Accepts the suggestion, or says that one cannot tell where there is none to accept.
NEXT_CARD = """(prefix) => new Promise((done) => {
  const card = () => [...document.querySelectorAll(`[class*='${prefix}']`)]
      .map((e) => new RegExp(`${prefix}([0-9a-f]+)`).exec(e.className)[1]);
  const press = () => {
    // A card that is just being replaced is none to answer.
    if (card().length !== 1) return requestAnimationFrame(press);
    const before = card()[0];
    const accept = document.querySelector("[class*='st-key-accept']");
    const key = accept ? {key: " ", code: "Space", keyCode: 32, which: 32}
        : {key: "ArrowDown", code: "ArrowDown", keyCode: 40, which: 40};
    const started = performance.now();
    const look = () => card().some((id) => id !== before)
        ? done(performance.now() - started) : requestAnimationFrame(look);
    document.body.dispatchEvent(new KeyboardEvent("keydown", {...key, bubbles: true}));
    look();
  };
  press();
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


def key_to_card(page: Page, prefix: str, presses: int = PRESSES, pause: float = 250) -> list[float]:
    """Return milliseconds from each key press to the next card, with so many in between
    for a person to read. Stops are passed, and not counted among the times."""
    page.wait_for_selector(f"[class*='{prefix}']")
    page.wait_for_timeout(1500 if pause else 0)
    times: list[float] = []
    while len(times) < presses:
        page.wait_for_timeout(pause)
        if page.get_by_text("· 1 to the next stop").count():
            _pass_stop(page, prefix)
        else:
            times.append(page.evaluate(NEXT_CARD, prefix))
    return times


def _pass_stop(page: Page, prefix: str) -> None:
    """Give the last answer of a batch, and go on."""
    accept = page.locator("[class*='st-key-accept']").count()
    page.keyboard.press("Space" if accept else "ArrowDown")
    page.wait_for_selector("button:has-text('Go on')")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"[class*='{prefix}']")


def sixty_cards(page: Page) -> float:
    """Return the seconds that sixty cards take who knows every answer at once: 57
    and the three that a stop follows."""
    page.wait_for_selector(f"[class*='{CLADE}']")
    started = time.perf_counter()
    key_to_card(page, CLADE, 57, pause=0)
    return time.perf_counter() - started


def slowly(call: int, request: Request) -> Answer:
    time.sleep(SECONDS)
    return first_offered(call, request)


@contextmanager
def batch_beside(home: Path) -> Iterator[None]:
    """Keep a batch at work on the one project of a home folder until the block ends."""
    with serving(slowly) as server:
        workspace = open_workspace(Settings(home=home))
        (project,) = all_projects(workspace)
        settings = JudgeSettings(
            *("openai", "m", f"{server.url}/v1"), price=Price(0.15, 0.6), concurrency=AT_ONCE
        )
        judging.save(workspace, project.id, settings, cap=100.0, nothing_leaves=False)
        stands = judging.start(workspace, project.id, QUESTIONS)
        while stands.done == 0:
            time.sleep(0.5)
            stands = judging.state(workspace, project.id) or stands
            assert stands.job is not None, stands
        yield
        now = judging.state(workspace, project.id)
        assert now is not None and now.job is not None, f"the batch ended too early: {now}"
        print(f"the model answered {now.done - stands.done:,} questions meanwhile")
        judging.cancel(workspace, project.id)
        while now is not None and now.job is not None:
            time.sleep(0.2)
            now = judging.state(workspace, project.id)


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
        answered = key_to_card(page, CLADE)
        sixty = sixty_cards(page)
        with batch_beside(apps[-1].home):
            page.reload()
            beside = key_to_card(page, CLADE)
        page.goto(bare.url)
        pressed = key_to_card(page, BARE)
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
            row("key press to next card", "Clade, an LLM batch beside it", "ms", beside),
            row("key press to next card", "bare Streamlit button", "ms", pressed),
            row("60 cards by keyboard", "Clade, three stops included", "s", [sixty]),
        ],
    )


if __name__ == "__main__":
    main()
