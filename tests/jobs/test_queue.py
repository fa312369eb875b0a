"""Starting, settling and stopping jobs from outside."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from core.adapters.store.schema import job as job_table
from core.domain.jobs import Job, JobStatus
from core.jobs import queue
from core.jobs.processes import log_path
from tests.jobs.conftest import Floor


def date_back(floor: Floor, job: Job, column: str, seconds: float) -> None:
    """Make a moment of a job lie in the past."""
    then = datetime.now(UTC) - timedelta(seconds=seconds)
    engine = sa.create_engine(f"sqlite:///{floor.home / 'clade.db'}")
    with engine.begin() as connection:
        connection.execute(
            job_table.update().where(job_table.c.id == job.id).values({column: then})
        )


def test_a_queued_job_is_given_time_to_start(floor: Floor) -> None:
    job = floor.store.jobs.add_job("p", "count", {})

    queue.settle(floor.store.jobs, floor.home)

    assert floor.store.jobs.job(job.id).status is JobStatus.QUEUED


def test_a_worker_that_never_came_up_is_given_up(floor: Floor) -> None:
    job = floor.store.jobs.add_job("p", "count", {})
    date_back(floor, job, "created_at", queue.START_GRACE_SECONDS + 1)

    queue.settle(floor.store.jobs, floor.home)

    ended = floor.store.jobs.job(job.id)
    assert ended.status is JobStatus.INTERRUPTED
    assert "start it again" in ended.error


def test_a_job_cancelled_while_queued_never_runs(floor: Floor) -> None:
    job = floor.store.jobs.add_job("p", "count", {"steps": 1000, "pause": 0.05})
    queue.cancel(floor.store.jobs, floor.home, job.id)

    floor.work(job).wait(30)

    ended = floor.store.jobs.job(job.id)
    assert ended.status is JobStatus.CANCELLED
    assert len(ended.series) < 100


@pytest.mark.skipif(os.name == "nt", reason="stopping a process by signal is POSIX")
def test_a_frozen_worker_is_killed_after_cancel(floor: Floor) -> None:
    job = floor.store.jobs.add_job("p", "count", {"steps": 4000, "pause": 0.02})
    worker = floor.work(job)
    floor.wait_for(job, lambda seen: seen.fraction > 0)
    os.kill(worker.pid, signal.SIGSTOP)
    date_back(floor, job, "heartbeat_at", queue.DEAF_SECONDS + 1)

    queue.cancel(floor.store.jobs, floor.home, job.id)
    worker.wait(10)
    queue.settle(floor.store.jobs, floor.home)

    assert worker.returncode == -signal.SIGKILL
    assert floor.store.jobs.job(job.id).status is JobStatus.CANCELLED


def test_cancelling_a_job_that_is_over_changes_nothing(floor: Floor) -> None:
    job = floor.store.jobs.add_job("p", "count", {"steps": 1, "pause": 0})
    floor.work(job).wait(30)
    ended = floor.store.jobs.job(job.id)

    queue.cancel(floor.store.jobs, floor.home, job.id)

    assert floor.store.jobs.job(job.id) == ended


def test_start_runs_the_real_worker_and_keeps_its_log(floor: Floor) -> None:
    job = queue.start(floor.store.jobs, floor.home, "p", "no such use case", {}, 1)

    ended = floor.wait_for(job, lambda seen: seen.status.over, seconds=60)

    assert ended.status is JobStatus.FAILED
    assert "Traceback" in log_path(floor.home, job.id).read_text("utf-8")
