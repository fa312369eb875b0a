"""The jobs table: one live job a project, and no job closed twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from core.adapters.store import Store
from core.domain.errors import BusyError, NotFoundError
from core.domain.jobs import JobStatus
from tests.adapters.conftest import PROJECT


@pytest.fixture
def store(store: Store) -> Store:
    store.projects.add(replace(PROJECT, id="q"))
    return store


def test_a_job_is_queued_with_its_parameters(store: Store) -> None:
    job = store.jobs.add_job("p", "map", {"k": 4, "method": "ward"})

    assert job == store.jobs.job(job.id) == store.jobs.live_job("p")
    assert (job.status, job.params) == (JobStatus.QUEUED, {"k": 4, "method": "ward"})
    assert not job.status.over


def test_a_project_has_one_live_job(store: Store) -> None:
    first = store.jobs.add_job("p", "map", {})
    other = store.jobs.add_job("q", "map", {})
    with pytest.raises(BusyError):
        store.jobs.add_job("p", "retrain", {})

    store.jobs.finish_job(first.id, JobStatus.FAILED, "It failed.")
    again = store.jobs.add_job("p", "retrain", {})

    assert {job.id for job in store.jobs.live_jobs()} == {other.id, again.id}


def test_of_eight_starts_at_once_one_wins(store: Store) -> None:
    def work(_lane: int) -> bool:
        try:
            store.jobs.add_job("p", "map", {})
        except BusyError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 1


def test_a_job_is_claimed_once(store: Store) -> None:
    job = store.jobs.add_job("p", "map", {})

    with ThreadPoolExecutor(4) as pool:
        claims = list(pool.map(lambda pid: store.jobs.claim_job(job.id, pid), range(1, 5)))

    assert sum(claims) == 1
    running = store.jobs.job(job.id)
    assert (running.status, running.pid) == (JobStatus.RUNNING, claims.index(True) + 1)


def test_a_beat_writes_progress_and_hears_a_cancel(store: Store) -> None:
    job = store.jobs.add_job("p", "map", {})
    store.jobs.claim_job(job.id, 1)

    assert not store.jobs.beat(job.id, 0.25, "Embedding", (0.5, 0.25))
    seen = store.jobs.job(job.id)
    store.jobs.request_cancel(job.id)

    assert (seen.fraction, seen.message, seen.series) == (0.25, "Embedding", (0.5, 0.25))
    assert store.jobs.beat(job.id, 0.5, "Embedding", ())
    assert store.jobs.beat("no such job", 0.5, "Embedding", ())


def test_a_closed_job_stays_closed(store: Store) -> None:
    job = store.jobs.add_job("p", "map", {})
    store.jobs.claim_job(job.id, 1)

    assert store.jobs.finish_job(job.id, JobStatus.DONE, result={"clusters": 3})
    assert not store.jobs.finish_job(job.id, JobStatus.INTERRUPTED, "Too late.")
    assert store.jobs.beat(job.id, 0.1, "Still here", ())

    ended = store.jobs.job(job.id)
    assert (ended.status, ended.error, ended.fraction) == (JobStatus.DONE, "", 1.0)
    assert ended.result == {"clusters": 3}
    assert ended.finished_at is not None
    assert ended.message != "Still here"


def test_the_newest_job_of_a_kind_is_found_however_it_ended(store: Store) -> None:
    for kind in ("map", "map", "retrain"):
        job = store.jobs.add_job("p", kind, {"kind": kind})
        store.jobs.finish_job(job.id, JobStatus.CANCELLED)

    found = store.jobs.last_job("p", "retrain")

    assert found is not None
    assert (found.id, found.status) == (job.id, JobStatus.CANCELLED)
    assert store.jobs.last_job("q", "map") is None


def test_a_job_that_is_not_there_is_told(store: Store) -> None:
    with pytest.raises(NotFoundError):
        store.jobs.job("gone")
