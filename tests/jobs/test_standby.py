"""The worker at hand: it takes one job after the other, and nothing is lost where it dies."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from core.domain.jobs import Job, JobStatus
from core.jobs import queue, standby
from core.jobs.processes import log_path, wait_asleep
from tests.jobs.conftest import Floor

REST = 60.0


@pytest.fixture
def home(floor: Floor) -> Iterator[Floor]:
    yield floor
    standby.dismiss(floor.home)


def run(floor: Floor, rest: float = REST) -> Job:
    """Start a job that the worker's table does not know, and wait for its end."""
    job = queue.start(floor.store.jobs, floor.home, "p", "unknown", {}, 1, rest)
    return floor.wait_for(job, lambda seen: seen.status.over, seconds=90)


def alive(pid: int | None) -> bool:
    assert pid is not None
    try:
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False


def gone(pid: int | None, seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not alive(pid)


def test_one_worker_takes_job_after_job_and_each_has_its_own_log(home: Floor) -> None:
    first, second = run(home), run(home)

    assert first.pid == second.pid
    assert alive(first.pid)
    assert {first.status, second.status} == {JobStatus.FAILED}
    for job in (first, second):
        assert log_path(home.home, job.id).read_text("utf-8").count("Traceback") == 1


def test_a_worker_made_ready_takes_the_job_that_comes(home: Floor) -> None:
    standby.make_ready(home.store.jobs, home.home, 1, REST)
    standby.make_ready(home.store.jobs, home.home, 1, REST)
    hired = standby._hands[home.home].process.pid

    assert run(home).pid == hired


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX")
def test_where_it_was_killed_the_next_job_gets_another(home: Floor) -> None:
    first = run(home)
    assert first.pid is not None
    os.kill(first.pid, signal.SIGKILL)
    assert gone(first.pid)

    second = run(home)

    assert second.status is JobStatus.FAILED  # it ran: nobody knows this kind of job
    assert second.pid != first.pid


def test_while_it_is_at_work_a_second_job_gets_a_worker_that_ends_with_it(home: Floor) -> None:
    first = run(home)
    hand = standby._hands[home.home]
    # The job that it has is not over: so a second one cannot wait for it.
    job = home.store.jobs.add_job("p", "count", {})
    hand.job = job.id
    standby.give(home.store.jobs, home.home, 1, REST, job.id)

    ended = home.wait_for(job, lambda seen: seen.status.over, seconds=90)

    assert ended.pid != first.pid
    assert gone(ended.pid)
    assert alive(first.pid)


def test_it_is_dismissed_when_no_job_came_for_long(home: Floor) -> None:
    ended = run(home, rest=1.0)

    assert gone(ended.pid)
    assert home.home not in standby._hands


def test_without_time_to_rest_and_with_secrets_it_ends_with_the_job(home: Floor) -> None:
    assert gone(run(home, rest=0.0).pid)
    job = queue.start(home.store.jobs, home.home, "p", "unknown", {}, 1, REST, {"KEY": "secret"})
    assert gone(home.wait_for(job, lambda seen: seen.status.over, seconds=90).pid)
    assert home.home not in standby._hands


@pytest.mark.parametrize(("set_by_hand", "found"), [(None, "passive"), ("active", "active")])
def test_threads_sleep_while_they_wait_unless_set_otherwise(
    monkeypatch: pytest.MonkeyPatch, set_by_hand: str | None, found: str
) -> None:
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    if set_by_hand is not None:
        monkeypatch.setenv("OMP_WAIT_POLICY", set_by_hand)

    wait_asleep()

    assert os.environ["OMP_WAIT_POLICY"] == found
