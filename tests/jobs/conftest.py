"""A store with one project, and a worker that knows a few use cases of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.adapters.store import Store
from core.domain.jobs import Job
from core.domain.projects import Project
from core.domain.texts import Columns

ROOT = Path(__file__).resolve().parents[2]

# Jobs know nothing of clustering, so neither does this table.
WORKER = """
import logging, sys, time
from pathlib import Path
from core.adapters.store import Store
from core.domain.errors import InputError
from core.jobs.worker import run_job

def count(project, params, progress):
    for step in range(params["steps"]):
        progress.report(step / params["steps"], f"Counting {step}")
        progress.point(step / 2)
        time.sleep(params["pause"])
    return {"project": project, "counted": params["steps"]}

def refuse(project, params, progress):
    raise InputError("The file is empty.", "Choose another file.")

def break_down(project, params, progress):
    raise ZeroDivisionError("secret detail")

def fill_memory(project, params, progress):
    raise MemoryError

def be_deaf(project, params, progress):
    time.sleep(120)

logging.basicConfig(level=logging.INFO)
home = Path(sys.argv[1])
run_job(Store(f"sqlite:///{home / 'clade.db'}").jobs, home, sys.argv[2], {
    "count": count, "refuse": refuse, "break": break_down,
    "memory": fill_memory, "deaf": be_deaf,
})
"""


@dataclass
class Floor:
    """A home with its store, and the workers that were put to work in it."""

    home: Path
    store: Store
    workers: list[subprocess.Popen[str]]

    def work(self, job: Job) -> subprocess.Popen[str]:
        """Start a worker on a queued job."""
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(self.home), job.id],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.workers.append(worker)
        return worker

    def wait_for(self, job: Job, wanted: Callable[[Job], bool], seconds: float = 30) -> Job:
        """Look at a job until it is as wanted."""
        until = time.monotonic() + seconds
        while not wanted(seen := self.store.jobs.job(job.id)):
            assert time.monotonic() < until, f"still {seen}"
            time.sleep(0.02)
        return seen


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    store = Store(f"sqlite:///{tmp_path / 'clade.db'}")
    store.projects.add(
        Project(
            *("p", "Texts", "texts.csv", "0", "a", ("text",), "utf-8", (), Columns("text"), "b", 0),
            head=None,
            created_at=datetime.now(UTC),
        )
    )
    floor = Floor(tmp_path, store, [])
    yield floor
    for worker in floor.workers:
        worker.kill()
        worker.communicate()
