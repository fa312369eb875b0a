"""What the Map page costs a browser and the server, at 100,000 and 250,000 texts.

    python -m benchmarks.map_page

Real Chromium, no GPU, beside a real server; made-up projects (`benchmarks.blobs`). Paint: CPU
seconds of all of Chromium's processes from a click on Map (Streamlit's own code is loaded by
then) until they are at rest; beside it the same for Settings, which draws no chart.
Bytes: what the chart's message holds on the socket, data included. Zoom: CPU of ten turns of the
wheel, by ten. Brush: seconds on the clock from the pointer's release until the tray counts the
texts. Memory: what each further session adds to the server once it has opened the map and
brushed; none is closed meanwhile. Medians and ranges.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.blobs import blobs
from benchmarks.report import keep
from tests.browser.harness import App, chromium

INTERACTIVE, EVERY = 100_000, 250_000
VISITS, WHEELS, BRUSHES, SESSIONS = 5, 10, 8, 6
_TICKS = os.sysconf("SC_CLK_TCK")
_VIEW = {"width": 1400, "height": 1000}

# From the pointer's release until the tray counts other texts than before.
_WATCH_TRAY = """() => {
  const count = () => [...document.querySelectorAll("[data-testid=stMarkdown] strong")]
      .map((e) => e.textContent).find((text) => text.endsWith(" selected"));
  const before = count();
  window.tray = new Promise((done) => addEventListener("pointerup", () => {
    const started = performance.now();
    const look = () => count() && count() !== before
        ? done([performance.now() - started, count()]) : requestAnimationFrame(look);
    look();
  }, {once: true, capture: true}));
}"""


def cpu() -> float:
    """Return the CPU seconds that this process's Chromium has used, ended children included."""
    ticks = 0
    for pid in _family(os.getpid()):
        try:
            name, fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)
        except OSError:  # it has just ended; its parent has its time
            continue
        if "chrom" in name or "headless" in name:
            ticks += sum(int(field) for field in fields.split()[11:15])
    return ticks / _TICKS


def _family(pid: int) -> Iterator[int]:
    for task in Path("/proc").glob(f"{pid}/task/*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in map(int, children):
            yield child
            yield from _family(child)


def rest(quiet: int = 4, pause: float = 0.25) -> None:
    """Wait until Chromium has done nearly nothing for `quiet` pauses in a row."""
    still, before = 0, cpu()
    while still < quiet:
        time.sleep(pause)
        now = cpu()
        still = still + 1 if now - before <= 0.02 else 0
        before = now


@contextmanager
def visitor(browser: Browser, url: str) -> Iterator[tuple[Page, list[bytes]]]:
    """Yield a new visitor on the History page of a project, and what the server sends."""
    context = browser.new_context(viewport=_VIEW)
    page = context.new_page()
    page.set_default_timeout(120_000)
    frames: list[bytes] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda f: frames.append(f)))
    page.goto(url)
    page.wait_for_selector("h1:has-text('History')")
    rest()
    yield page, frames
    context.close()


def go(page: Page, to: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=to).click()


def sent(frames: Sequence[bytes], kind: str) -> int:
    """Return the bytes of the largest message that draws an element of that kind."""
    found = [0]
    for frame in frames:
        message = ForwardMsg.FromString(frame)
        if message.delta.new_element.WhichOneof("type") == kind:
            found.append(len(frame))
    return max(found)


def painted(page: Page, frames: list[bytes], canvas: str, kind: str) -> tuple[float, int, int]:
    """Return CPU seconds from another page to a drawn map, and bytes: of the chart, of all."""
    frames.clear()
    started = cpu()
    go(page, "Map")
    page.wait_for_selector(canvas)
    rest()
    return cpu() - started, sent(frames, kind), sum(map(len, frames))


def control(page: Page) -> float:
    """Return CPU seconds from a page without a chart to another."""
    started = cpu()
    go(page, "Settings")
    page.wait_for_selector("h1:has-text('Settings')")
    rest()
    return cpu() - started


def zoomed(page: Page, canvas: str) -> float:
    """Return the CPU milliseconds of one turn of the wheel."""
    box = page.locator(canvas).first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    rest()
    started = cpu()
    for number in range(WHEELS):
        page.mouse.wheel(0, -120 if number % 2 == 0 else 120)
        page.wait_for_timeout(700)
    rest()
    return (cpu() - started) / WHEELS * 1000


def brushed(page: Page, low: float, high: float) -> tuple[float, int]:
    """Brush from `low` to `high` of the map's width and height; return the seconds until the
    tray counts the texts, and how many they are."""
    canvas = page.locator("canvas.marks").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    rest(2)
    ends = [
        (box["x"] + box["width"] * part, box["y"] + box["height"] * part) for part in (low, high)
    ]
    page.mouse.move(*ends[0])
    page.mouse.down()
    page.mouse.move(*ends[1], steps=8)
    page.wait_for_timeout(400)
    page.evaluate(_WATCH_TRAY)
    page.mouse.up()
    milliseconds, told = page.evaluate("() => window.tray")
    return milliseconds / 1000, int(told.split()[0].replace(",", ""))


def memory(app: App) -> float:
    """Return the server's resident megabytes."""
    assert app.process is not None
    status = Path(f"/proc/{app.process.pid}/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1000


def row(what: str, unit: str, values: Sequence[float], at_most: float | None) -> dict[str, Any]:
    median = statistics.median(values)
    return {
        "what": what,
        "unit": unit,
        "median": float(median),
        "lowest": float(min(values)),
        "highest": float(max(values)),
        "times": len(values),
        "at most": at_most,
        "held": "" if at_most is None else "yes" if median <= at_most else "NO",
    }


def interactive(browser: Browser, url: str) -> list[dict[str, Any]]:
    paints, bare, charts, pages, zooms = [], [], [], [], []
    few, many, counts = [], [], set()
    for visit in range(VISITS + 1):
        with visitor(browser, url) as (page, frames):
            other = control(page)
            paint, chart, all_bytes = painted(page, frames, "canvas.marks", "vega_lite_chart")
            if visit == 0:
                continue  # the server reads the project
            paints.append(paint), bare.append(other)
            charts.append(chart / 1e6), pages.append(all_bytes / 1e6)
            if visit <= 3:
                zooms.append(zoomed(page, "canvas.marks"))
            if visit == VISITS:
                for number in range(BRUSHES):
                    shift = number / 100
                    seconds, found = brushed(page, 0.45 + shift, 0.6 + shift)
                    few.append(seconds), counts.add(found)
                for number in range(BRUSHES):
                    seconds, found = brushed(page, 0.1 + number / 100, 0.9)
                    many.append(seconds), counts.add(found)
    told = sorted(counts)
    name = f"10,000 points over {INTERACTIVE:,} texts"
    half = f"{told[0]:,} to {told[BRUSHES - 1]:,}", f"{told[-BRUSHES]:,} to {told[-1]:,}"
    return [
        row(f"{name}: the chart", "MB", charts, 0.4),
        row(f"{name}: all of the page", "MB", pages, None),
        row(f"{name}: paint", "CPU s", paints, 2.0),
        row("a page without a chart (Settings): paint", "CPU s", bare, None),
        row(f"{name}: zoom, a step", "CPU ms", zooms, 200.0),
        row(f"brush to tray, {half[0]} texts", "s", few, 0.5),
        row(f"brush to tray, {half[1]} texts", "s", many, 0.5),
    ]


def every_point(browser: Browser, url: str) -> list[dict[str, Any]]:
    paints, charts, zooms = [], [], []
    for visit in range(VISITS + 1):
        with visitor(browser, url) as (page, frames):
            go(page, "Map")
            page.wait_for_selector("canvas.marks")
            rest()
            frames.clear()
            started = cpu()
            page.get_by_text("All points", exact=True).click()
            page.wait_for_selector("[data-testid=stEChartsChart] canvas")
            rest()
            if visit == 0:
                continue
            paints.append(cpu() - started)
            charts.append(sent(frames, "echarts_chart") / 1e6)
            if visit <= 3:
                zooms.append(zoomed(page, "[data-testid=stEChartsChart] canvas"))
    name = f"all points, {EVERY:,}"
    return [
        row(f"{name}: the chart", "MB", charts, 2.5),
        row(f"{name}: paint", "CPU s", paints, 2.0),
        row(f"{name}: zoom, a step", "CPU ms", zooms, None),
    ]


def sessions(browser: Browser, app: App, url: str) -> list[dict[str, Any]]:
    contexts, held = [], []
    for _ in range(SESSIONS + 1):
        context = browser.new_context(viewport=_VIEW)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.goto(url)
        page.wait_for_selector("canvas.marks")
        rest()
        for number in range(3):
            brushed(page, 0.45 + number / 100, 0.6)
        rest()
        time.sleep(1)
        held.append(memory(app))
    for context in contexts:
        context.close()
    print("server, MB:", " ".join(f"{one:.1f}" for one in held))
    added = [after - before for before, after in pairwise(held)]
    return [row(f"server's memory, each further session, {INTERACTIVE:,} texts", "MB", added, 5.0)]


def main() -> None:
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder) / "home"
        few, many = blobs(home, INTERACTIVE), blobs(home, EVERY)
        browser = playwright.chromium.launch(**chromium())
        app = App(home)
        app.start()
        rows += interactive(browser, f"{app.url}/history?project={few}")
        rows += every_point(browser, f"{app.url}/history?project={many}")
        app.kill()
        app.start()  # a server that knows no other project
        rows += sessions(browser, app, f"{app.url}/map?project={few}")
        app.kill()
        browser.close()
        keep("map_page", rows)


if __name__ == "__main__":
    main()
