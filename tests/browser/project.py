"""A small finished project on disk, for tests that begin in the middle."""

from __future__ import annotations

from pathlib import Path

from core.domain.settings import Settings
from core.project.intake import create_project, guess, read_upload
from core.project.mapping import make_map
from core.project.workspace import Workspace, open_workspace
from tests.browser.harness import DATA


class Silent:
    """A `Progress` that nobody watches."""

    def report(self, fraction: float, message: str) -> None: ...

    def point(self, value: float) -> None: ...


def mapped_project(home: Path, rows: int) -> tuple[Workspace, str]:
    """Make a project of the first `rows` of every tenth Bank77 text, with its map."""
    lines = (DATA / "bank77_test.csv").read_text("utf-8").splitlines()
    data = "\n".join([lines[0], *lines[1::10][:rows]]).encode()
    workspace = open_workspace(Settings(home=home))
    table = read_upload(workspace, "messages.csv", data)
    project = create_project(workspace, table, guess(table), name="messages", data=data)
    make_map(workspace, project.id, {}, Silent())
    return workspace, project.id
