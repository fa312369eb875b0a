"""Worker processes: how they are started, and where they write what they say."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


def wait_asleep() -> None:
    """Let the threads of this process sleep while they wait for each other, where nobody set
    it otherwise; to be called before torch is loaded, for OpenMP looks once.

    By itself it waits at full speed: where anything else runs on the cores, embedding takes
    seven times as long by that.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")


def spawn(
    home: Path,
    threads: int | None,
    job: str | None = None,
    secrets: Mapping[str, str] | None = None,
) -> subprocess.Popen[str]:
    """Start a worker in a session of its own: for one job, or, with `job` None, for those
    whose ids it reads from its standard input until that is closed.

    `secrets` reach it through its environment and nowhere else: parameters are kept in the
    database, and arguments are for every process to see.
    """
    wait_asleep()
    count = str(threads or os.cpu_count() or 1)
    name = "standby" if job is None else job
    folder(home).mkdir(parents=True, exist_ok=True)
    with log_path(home, name).open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "core.jobs.worker", *(["--job", job] if job else [])],
            cwd=Path(__file__).resolve().parents[2],
            env={
                **os.environ,
                "CLADE_HOME": str(home),
                "OMP_NUM_THREADS": count,
                "NUMBA_NUM_THREADS": count,
                **(secrets or {}),
            },
            stdin=subprocess.DEVNULL if job else subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
        )


def folder(home: Path) -> Path:
    """Return where jobs keep their logs, and their locks while they live."""
    return home / "jobs"


def log_path(home: Path, job_id: str) -> Path:
    return folder(home) / f"{job_id}.log"
