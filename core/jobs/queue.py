"""Starting, watching and stopping jobs from outside."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.domain.jobs import Job, JobStatus
from core.domain.ports import JobStore
from core.jobs import standby
from core.jobs.locks import lives
from core.jobs.processes import folder, spawn

START_GRACE_SECONDS = 60.0
"""How long a queued job may take until its worker is up."""

DEAF_SECONDS = 10.0
"""A worker that was cancelled and has not beaten for so long is killed."""


def start(
    jobs: JobStore,
    home: Path,
    project: str,
    kind: str,
    params: Mapping[str, Any],
    threads: int | None,
    rest_seconds: float = 0.0,
    secrets: Mapping[str, str] | None = None,
) -> Job:
    """Queue a job and give it to a worker process. Raises BusyError as `add_job` does.

    With `rest_seconds` the worker stays at hand so long after it, see `core.jobs.standby`.
    A job with `secrets` gets a worker that ends with it: see `core.jobs.processes.spawn`.
    """
    settle(jobs, home)
    job = jobs.add_job(project, kind, params)
    if secrets or not rest_seconds:
        spawn(home, threads, job.id, secrets)
    else:
        standby.give(jobs, home, threads, rest_seconds, job.id)
    return job


def settle(jobs: JobStore, home: Path) -> None:
    """Close the jobs whose worker is gone, and stop those that do not stop.

    A worker holds a lock file for as long as it lives; the system frees it
    however the worker ends, so a free lock is a dead worker, with no guess
    about heartbeats or reused process numbers.
    """
    for job in jobs.live_jobs():
        if not lives(folder(home), job.id):
            if job.status is JobStatus.QUEUED and _age(job.created_at) < START_GRACE_SECONDS:
                continue
            if job.cancel_requested:
                jobs.finish_job(job.id, JobStatus.CANCELLED)
            else:
                jobs.finish_job(
                    job.id,
                    JobStatus.INTERRUPTED,
                    "This job was interrupted before it finished. Nothing of yours is lost: "
                    "start it again.",
                )
        elif job.cancel_requested and job.pid and _age(job.heartbeat_at) > DEAF_SECONDS:
            _kill(job.pid)


def cancel(jobs: JobStore, home: Path, job_id: str) -> None:
    """Ask a job to stop; its worker hears it within a second.

    What a worker writes is renamed into place whole, so stopping it loses only
    its own unfinished work.
    """
    jobs.request_cancel(job_id)
    settle(jobs, home)


def _age(since: datetime | None) -> float:
    return (datetime.now(UTC) - since).total_seconds() if since else float("inf")


def _kill(pid: int) -> None:
    try:
        os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    except ProcessLookupError:
        return
