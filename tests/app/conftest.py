"""A real workspace under each page test, and the app on top of it."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from core.domain.settings import Settings
from core.project import intake
from core.project.mapping import make_map
from core.project.workspace import Workspace, open_workspace

ROOT = Path(__file__).resolve().parents[2]
BANK77 = ROOT / ".." / "shared" / "data" / "bank77_test.csv"

# A remote image, a script and a spreadsheet formula.
IMAGE = "![pixel](https://example.invalid/pixel.png)"
SCRIPT = "<script>alert('clade')</script>"
FORMULA = '=HYPERLINK("https://example.invalid","card")'


class Silent:
    """A progress that nobody watches."""

    def report(self, fraction: float, message: str) -> None: ...

    def point(self, value: float) -> None: ...


def bank_rows() -> list[list[str]]:
    """Return 147 texts of Bank77 in 7 intents, and 3 hostile ones."""
    with BANK77.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    intents = sorted({label for _, label in rows})[:7]
    found = [row for intent in intents for row in islice((r for r in rows if r[1] == intent), 21)]
    hostile = [[f"{words} why is my card late", IMAGE] for words in (IMAGE, SCRIPT, FORMULA)]
    return found + hostile


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home folder that holds one project with its map, and the project's id."""
    home = tmp_path_factory.mktemp("made")
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["text", IMAGE], *bank_rows()])
    data = buffer.getvalue().encode()
    workspace = open_workspace(Settings(home=home))
    table = intake.read_upload(workspace, "bank.csv", data)
    project = intake.create_project(
        workspace, table, intake.guess(table), name=f"Bank {IMAGE}", data=data
    )
    make_map(workspace, project.id, {"method": "kmeans", "k": 7}, Silent())
    return home, project.id


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home folder for the app, which forgets what it cached of another."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CLADE_HOME", str(folder))
    monkeypatch.delenv("CLADE_DATABASE_URL", raising=False)
    st.cache_resource.clear()
    yield folder
    st.cache_resource.clear()


@pytest.fixture
def mapped(home: Path, made: tuple[Path, str]) -> str:
    """The id of a project with a map, copied into the app's home folder.

    Ask for it before `workspace`, which makes the folder.
    """
    shutil.copytree(made[0], home)
    return made[1]


@pytest.fixture
def workspace(home: Path) -> Workspace:
    """The workspace that the app opens, seen from outside."""
    return open_workspace()


@pytest.fixture
def hostile() -> tuple[str, ...]:
    """What must reach the screen as text and nothing else."""
    return IMAGE, SCRIPT, FORMULA


@pytest.fixture
def running_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each run be one of a server that has shown a page before.

    AppTest begins each run as the very first of a server, where Streamlit takes
    the folder for the page list. That run starts again (see the pages' `title`),
    and a click of the test would be lost with it.
    """
    begin = PagesManager.__init__

    def begun(manager: PagesManager, *args: Any, **kwargs: Any) -> None:
        begin(manager, *args, **kwargs)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", begun)


@pytest.fixture
def open_app(home: Path, running_server: None) -> Callable[..., AppTest]:
    """Return a function that opens a fresh session at a page and a project."""

    def opened(page: str = "data", project: str | None = None) -> AppTest:
        app = AppTest.from_file(ROOT / "app.py", default_timeout=30)
        if project is not None:
            app.query_params["project"] = project
        app.run()
        return app if page == "data" else app.switch_page(f"pages/{page}.py").run()

    return opened
