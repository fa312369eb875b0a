"""A real server and a real Chromium. Screenshots are kept where CLADE_SHOTS names a folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
SHOTS = os.environ.get("CLADE_SHOTS")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]

expect.set_options(timeout=60_000)


def chromium() -> dict[str, Any]:
    """Return how to launch the system's Chromium, or Playwright's own where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    return {"executable_path": found, "args": QUIET}


class App:
    """One `streamlit run` of a script with its own home folder."""

    def __init__(self, home: Path, script: str = "app.py", *options: str) -> None:
        self.home, self.script, self.options = home, script, options
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "streamlit", "run", self.script),
                *(f"--server.port={self.port}", "--server.address=127.0.0.1"),
                *self.options,
            ],
            cwd=ROOT,
            env={**os.environ, "CLADE_HOME": str(self.home), "CLADE_WORKER_REST_SECONDS": "600"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1).read()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the app did not start within 30 s")

    def loaded(self, library: str) -> bool:
        """Return whether the server process has mapped a file of that name."""
        assert self.process is not None
        return library in Path(f"/proc/{self.process.pid}/maps").read_text("utf-8")

    def kill(self) -> None:
        """kill -9: the server hears nothing and cleans up nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def shoot(page: Page, name: str) -> None:
    """Keep a screenshot in light and dark, wide and narrow, if anywhere: a dozen seconds.

    Dark is a second visitor at the same address: charts take the theme that
    the browser has when they are drawn.
    """
    if SHOTS is None:
        return
    _both_widths(page, f"{name}-light")
    assert page.context.browser is not None
    dark = page.context.browser.new_page(color_scheme="dark")
    # The same browser to the app: a stranger would be shown another card, and keep it.
    dark.context.add_cookies(page.context.cookies())
    dark.goto(page.url)
    expect(dark.locator("h1")).to_be_visible()
    dark.wait_for_timeout(2500)
    _both_widths(dark, f"{name}-dark")
    dark.close()


def snap(page: Page, name: str) -> None:
    """Keep a screenshot of the page as it is, if anywhere."""
    if SHOTS is not None:
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


def _both_widths(page: Page, name: str) -> None:
    for width in (700, 1400):
        page.set_viewport_size({"width": width, "height": 1000})
        page.wait_for_timeout(700)
        snap(page, f"{name}-{width}")


# One card alone, and whole; a key pressed while the page is still being drawn may be lost.
_CARD = """() => {
    const cards = document.querySelectorAll("[class*='st-key-S']")
    const drawn = document.querySelector("[data-test-script-state='notRunning']")
    if (cards.length !== 1 || !drawn || !document.querySelector(".st-key-H")) return null
    const id = cards[0].className.match(/st-key-S(\\w{16})/)?.[1]
    return id && document.querySelector(`.st-key-F${id}`) ? id : null
}"""


def card_id(page: Page, *, suggests: bool = True) -> str:
    """Return the id of the question on the screen once its whole card stands, is drawn and
    stays: then every key of the card has its meaning. `suggests`: it has an answer to accept."""
    found, seen = "", None
    while seen != found:
        # A page binds its keys after it has drawn them, and may be about to draw once more.
        found = str(page.wait_for_function(_CARD, timeout=60_000).json_value())
        page.wait_for_timeout(150)
        seen = page.evaluate(_CARD)
    if suggests:
        expect(page.locator(f".st-key-accept{found}")).to_have_count(1)
    return found


def press(page: Page, key: str, gone: Locator) -> None:
    """Press a key until what it does away with is gone: as a person would, again where
    nothing has happened for five seconds, for a page that is being drawn may lose a key."""
    for _ in range(3):
        page.keyboard.press(key)
        with suppress(AssertionError):
            expect(gone).to_have_count(0, timeout=5_000)
            return
    raise AssertionError(f"{key}, pressed three times, did not do away with {gone}")


def answer(page: Page, key: str, *, suggests: bool = True) -> str:
    """Answer the card on the screen by a key, and return its id once it is gone."""
    asked = card_id(page, suggests=suggests)
    press(page, key, page.locator(f".st-key-S{asked}"))
    return asked
