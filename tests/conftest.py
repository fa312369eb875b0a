"""What many tests share: a workspace in a temporary folder, and a small project with its map."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest

from core.domain.projects import Project
from core.domain.settings import Settings
from core.jobs.processes import wait_asleep
from core.project import intake
from core.project.mapping import make_map
from core.project.workspace import Workspace, open_workspace

# Workers at hand would outlive the tests that started them; the browser's servers have theirs.
os.environ["CLADE_WORKER_REST_SECONDS"] = "0"
wait_asleep()

DATA = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"

Bring = Callable[[Workspace, pd.DataFrame], Project]


@dataclass
class Listener:
    """A `Progress` that remembers what it was told."""

    reports: list[tuple[float, str]] = field(default_factory=list)
    points: list[float] = field(default_factory=list)

    def report(self, fraction: float, message: str) -> None:
        self.reports.append((fraction, message))

    def point(self, value: float) -> None:
        self.points.append(value)


def _bring(workspace: Workspace, frame: pd.DataFrame) -> Project:
    data = frame.to_csv(index=False).encode()
    table = intake.read_upload(workspace, "texts.csv", data)
    return intake.create_project(workspace, table, intake.guess(table), name="Texts", data=data)


def _bank(topics: int, each: int) -> pd.DataFrame:
    frame = pd.read_csv(DATA / "bank77_test.csv")
    kept = frame[frame["label"].isin(sorted(frame["label"].unique())[:topics])]
    return kept.groupby("label").head(each).reset_index(drop=True)


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture(scope="session")
def bring() -> Bring:
    """Make a project of a table as a person does: through a CSV file."""
    return _bring


@pytest.fixture(scope="session")
def bank() -> pd.DataFrame:
    """200 real texts: twenty of each of ten intents, with their gold label."""
    return _bank(10, 20)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return open_workspace(Settings(home=tmp_path / "home"))


@pytest.fixture(scope="session")
def mapped_home(
    tmp_path_factory: pytest.TempPathFactory, bank: pd.DataFrame, bring: Bring
) -> tuple[Path, str]:
    """The home folder and project id of a finished first map, made once. To be copied only."""
    home = tmp_path_factory.mktemp("mapped") / "home"
    workspace = open_workspace(Settings(home=home))
    project = bring(workspace, bank)
    make_map(workspace, project.id, {}, Listener())
    return home, project.id


@pytest.fixture
def mapped(mapped_home: tuple[Path, str], tmp_path: Path) -> tuple[Workspace, str]:
    """A workspace of its own with a mapped project, and the project's id."""
    home, project_id = mapped_home
    shutil.copytree(home, tmp_path / "mapped")
    return open_workspace(Settings(home=tmp_path / "mapped")), project_id
