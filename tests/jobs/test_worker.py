"""One job in one real process: how it ends, and what is seen of it on the way."""

from __future__ import annotations

import time

import pytest

from core.domain.errors import BusyError
from core.domain.jobs import Job, JobStatus
from core.jobs import queue
from core.jobs.processes import log_path
from tests.jobs.conftest import Floor

pytestmark = pytest.mark.alone


def running(job: Job) -> bool:
    return job.status is JobStatus.RUNNING


def over(job: Job) -> bool:
    return job.status.over


def test_a_job_ends_as_done_with_its_result(floor: Floor) -> None:
    job = floor.store.jobs.add_job("p", "count", {"steps": 3, "pause": 0})

    log, _ = floor.work(job).communicate(timeout=30)

    ended = floor.store.jobs.job(job.id)
    assert (ended.status, ended.error, ended.fraction) == (JobStatus.DONE, "", 1.0), log
    assert ended.result == {"project": "p", "counted": 3}
    assert ended.series == (0.0, 0.5, 1.0)
    assert ended.started_at and ended.finished_at
    assert ended.created_at <= ended.started_at <= ended.finished_at


def test_progress_and_series_are_seen_from_outside(floor: Floor) -> None:
    job = floor.store.jobs.add_job("p", "count", {"steps": 400, "pause": 0.02})
    worker = floor.work(job)

    first = floor.wait_for(job, lambda seen: len(seen.series) > 0)
    later = floor.wait_for(job, lambda seen: seen.fraction > first.fraction)

    assert running(first) and first.pid == worker.pid
    assert first.message.startswith("Counting")
    assert later.series[: len(first.series)] == first.series
    assert later.heartbeat_at and first.heartbeat_at
    assert later.heartbeat_at > first.heartbeat_at


def test_an_error_for_people_is_told_in_its_own_words(floor: Floor) -> None:
    job = floor.store.jobs.add_job("p", "refuse", {})

    floor.work(job).wait(30)

    ended = floor.store.jobs.job(job.id)
    assert ended.status is JobStatus.FAILED
    assert ended.error == "The file is empty. Choose another file."


@pytest.mark.parametrize("kind", ["break", "no such use case"])
def test_an_unexpected_error_is_logged_whole_and_told_in_a_sentence(
    floor: Floor, kind: str
) -> None:
    job = floor.store.jobs.add_job("p", kind, {})

    log, _ = floor.work(job).communicate(timeout=30)

    ended = floor.store.jobs.job(job.id)
    assert ended.status is JobStatus.FAILED
    assert "nothing of yours is lost" in ended.error
    assert log_path(floor.home, job.id).name in ended.error
    assert "Traceback" in log
    assert "Error" not in ended.error


def test_a_full_memory_is_told(floor: Floor) -> None:
    job = floor.store.jobs.add_job("p", "memory", {})

    floor.work(job).wait(30)

    ended = floor.store.jobs.job(job.id)
    assert ended.status is JobStatus.FAILED
    assert "memory" in ended.error


def test_a_job_that_reports_stops_soon_after_cancel(floor: Floor) -> None:
    job = floor.store.jobs.add_job("p", "count", {"steps": 4000, "pause": 0.02})
    worker = floor.work(job)
    floor.wait_for(job, lambda seen: seen.fraction > 0)

    asked = time.monotonic()
    queue.cancel(floor.store.jobs, floor.home, job.id)
    worker.wait(30)

    assert time.monotonic() - asked < 3.5
    assert floor.store.jobs.job(job.id).status is JobStatus.CANCELLED


def test_a_job_that_never_reports_ends_itself_after_cancel(floor: Floor) -> None:
    job = floor.store.jobs.add_job("p", "deaf", {})
    worker = floor.work(job)
    floor.wait_for(job, running)

    asked = time.monotonic()
    queue.cancel(floor.store.jobs, floor.home, job.id)
    worker.wait(30)

    assert time.monotonic() - asked < 8
    assert floor.store.jobs.job(job.id).status is JobStatus.CANCELLED


def test_a_killed_worker_leaves_an_interrupted_job_and_room_for_the_next(floor: Floor) -> None:
    job = floor.store.jobs.add_job("p", "count", {"steps": 4000, "pause": 0.02})
    worker = floor.work(job)
    floor.wait_for(job, running)
    queue.settle(floor.store.jobs, floor.home)
    assert running(floor.store.jobs.job(job.id))

    worker.kill()
    worker.wait()
    queue.settle(floor.store.jobs, floor.home)

    ended = floor.store.jobs.job(job.id)
    assert ended.status is JobStatus.INTERRUPTED
    assert "start it again" in ended.error
    assert floor.store.jobs.add_job("p", "count", {}).status is JobStatus.QUEUED


def test_a_second_start_while_one_runs_is_refused(floor: Floor) -> None:
    job = floor.store.jobs.add_job("p", "count", {"steps": 4000, "pause": 0.02})
    floor.work(job)
    floor.wait_for(job, running)

    with pytest.raises(BusyError) as caught:
        queue.start(floor.store.jobs, floor.home, "p", "count", {}, 1)

    assert "cancel" in caught.value.next_move
    assert floor.store.jobs.live_jobs() == (floor.store.jobs.job(job.id),)


def test_two_workers_on_one_job_run_it_once(floor: Floor) -> None:
    job = floor.store.jobs.add_job("p", "count", {"steps": 20, "pause": 0.05})

    workers = [floor.work(job), floor.work(job)]
    for worker in workers:
        worker.wait(30)
    ended = floor.store.jobs.job(job.id)

    assert ended.status is JobStatus.DONE
    assert len(ended.series) == 20


def test_a_job_that_was_closed_elsewhere_stops_by_itself(floor: Floor) -> None:
    job = floor.store.jobs.add_job("p", "count", {"steps": 4000, "pause": 0.02})
    worker = floor.work(job)
    floor.wait_for(job, running)

    floor.store.jobs.finish_job(job.id, JobStatus.INTERRUPTED, "Closed.")

    assert worker.wait(10) == 0
    ended = floor.store.jobs.job(job.id)
    assert (ended.status, ended.error) == (JobStatus.INTERRUPTED, "Closed.")
