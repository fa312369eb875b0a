"""Handing questions to the LLM: start, pause, go on, cancel, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from threading import Event
from typing import Any
from uuid import uuid4

from pydantic import SecretStr

from core.domain.durations import duration
from core.domain.errors import BusyError, CladeError, InputError
from core.domain.jobs import Job, JobStatus
from core.domain.judging import NANO, Batch, BatchStatus
from core.domain.ports import Progress
from core.jobs import queue
from core.project.judging.asking import ask, wording
from core.project.judging.batch import Run
from core.project.judging.costs import money
from core.project.judging.gate import open_gate
from core.project.judging.liking import Liking
from core.project.judging.plan import (
    allowed,
    begin,
    budget_of,
    in_worker,
    open_judge,
    settings_of,
)
from core.project.judging.secrecy import hide_in_logs
from core.project.workspace import Workspace

KIND = "judge"

MOST_QUESTIONS = 100_000

_AFRESH = {
    "status": BatchStatus.RUNNING.value,
    "message": "",
    "seconds_left": None,
    "cost_left": None,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How the newest batch stands. `done` of `wanted` questions have an answer or an
    abstention; `spent`, `cap` and `dollars_left` (expected, as `seconds_left`) in US
    dollars. `message` is a sentence where there is something to say, else "". `job`
    is the live job to watch, None where none is."""

    batch: str
    status: BatchStatus
    done: int
    wanted: int
    spent: float
    cap: float
    seconds_left: float | None
    dollars_left: float | None
    message: str
    job: Job | None

    @property
    def share(self) -> float:
        """How much of the batch is done, in [0, 1]."""
        return self.done / self.wanted

    @property
    def told(self) -> str:
        """Return in words how far a running batch is, with the time and money left."""
        spent = f"{money(self.spent)} of {money(self.cap)} spent"
        if self.seconds_left is None or self.dollars_left is None:
            begun = self.job.message if self.job else ""
            return f"{begun or 'Starting'} · {self.done:,} of {self.wanted:,} · {spent}"
        left = f"about {duration(self.seconds_left)} and {money(self.dollars_left)} left"
        return f"{self.done:,} of {self.wanted:,} answered · {left} · {spent}"


def start(
    workspace: Workspace, project_id: str, count: int, key: SecretStr | None = None
) -> Standing:
    """Hand `count` questions to the LLM, in a worker process: first those in the queue
    that nobody answered, then new ones. `key` is a typed key, None for the environment's.

    Raises InputError where no LLM is set up or `count` makes no sense, NothingLeaves,
    BusyError while another job of the project is live.
    """
    if not 1 <= count <= MOST_QUESTIONS:
        raise InputError(
            f"{count:,} questions cannot be handed over.", f"Choose 1 to {MOST_QUESTIONS:,}."
        )
    allowed(workspace, project_id, settings_of(workspace, project_id))
    begin(workspace, project_id)
    batches = workspace.store.batches
    new = Batch(
        id=uuid4().hex,
        project=project_id,
        model="",
        base=batches.judged(project_id),
        wanted=count,
        status=BatchStatus.RUNNING,
        message="",
        seconds_left=None,
        cost_left=None,
        created_at=datetime.now(UTC),
    )
    batches.add(new)
    try:
        in_worker(workspace, project_id, KIND, {"batch": new.id}, key)
    except BusyError:
        batches.drop(new.id)
        raise
    return _state(workspace, new)


def resume(workspace: Workspace, project_id: str, key: SecretStr | None = None) -> Standing:
    """Go on with the newest batch where it stopped; what was paid for is not paid again.

    Raises InputError where there is nothing to go on with, and as `start` does.
    """
    newest = workspace.store.batches.newest(project_id)
    if newest is None or not _state(workspace, newest).status.resumable:
        raise InputError("There is no batch to go on with.", "Start a new one on the Review page.")
    allowed(workspace, project_id, settings_of(workspace, project_id))
    # Before the worker starts: it closes the batch only while it runs.
    workspace.store.batches.change(newest.id, **_AFRESH)
    try:
        in_worker(workspace, project_id, KIND, {"batch": newest.id}, key)
    except BusyError:
        workspace.store.batches.change(newest.id, status=newest.status.value)
        raise
    return _state(workspace, newest)


def pause(workspace: Workspace, project_id: str) -> None:
    """Stop the batch so that it can go on later. Calls under way may still end."""
    _stop(workspace, project_id, BatchStatus.PAUSED)


def cancel(workspace: Workspace, project_id: str) -> None:
    """End the batch; the answers so far are kept."""
    _stop(workspace, project_id, BatchStatus.CANCELLED)


def state(workspace: Workspace, project_id: str) -> Standing | None:
    """Return how the newest batch stands, None where there never was one."""
    newest = workspace.store.batches.newest(project_id)
    return None if newest is None else _state(workspace, newest)


def _state(workspace: Workspace, batch: Batch) -> Standing:
    queue.settle(workspace.store.jobs, workspace.settings.home)
    job = workspace.store.jobs.last_job(batch.project, KIND)
    if job and job.params.get("batch") != batch.id:
        job = None
    # Read again: a job closes its batch before it ends.
    batch = workspace.store.batches.get(batch.id)
    live = job if job and not job.status.over else None
    status, message = batch.status, batch.message
    if status is BatchStatus.RUNNING and live is None:
        status, message = _broken_off(job)
    budget = budget_of(workspace, batch.project)
    done = workspace.store.batches.judged(batch.project) - batch.base
    left = batch.cost_left if live else None
    return Standing(
        batch=batch.id,
        status=status,
        done=max(0, min(done, batch.wanted)),
        wanted=batch.wanted,
        spent=budget.spent / NANO,
        cap=budget.cap / NANO,
        seconds_left=batch.seconds_left if live else None,
        dollars_left=None if left is None else left / NANO,
        message=message,
        job=live,
    )


def _broken_off(job: Job | None) -> tuple[BatchStatus, str]:
    """Return how a batch stands whose worker ended without closing it."""
    if job is None:
        return BatchStatus.INTERRUPTED, "The batch had not begun when Clade stopped."
    if job.status is JobStatus.CANCELLED:
        return BatchStatus.CANCELLED, ""
    failed = job.status is JobStatus.FAILED
    return BatchStatus.FAILED if failed else BatchStatus.INTERRUPTED, job.error


def judge(
    workspace: Workspace, project_id: str, params: Mapping[str, Any], progress: Progress
) -> Mapping[str, Any]:
    """The use case of the worker: judge the batch that `params["batch"]` names."""
    settings, key = settings_of(workspace, project_id), workspace.settings.llm_key
    hide_in_logs(key)
    batch = workspace.store.batches.get(params["batch"])
    progress.report(0.0, "Opening the model")
    stop = Event()
    try:
        model = open_judge(workspace, project_id, settings, key)
        with open_gate(workspace, project_id, model, settings, key=key, stop=stop) as gate:
            workspace.store.batches.change(batch.id, model=gate.name)
            words = wording(workspace, project_id, settings)
            run = Run(
                workspace,
                workspace.store.batches.get(batch.id),
                partial(ask, gate, words, Liking(gate, words.templates, words.aim)),
                at_once=settings.concurrency,
                stop=stop,
            )
            return {"status": run.work(progress).value}
    except CladeError as error:
        workspace.store.batches.close(batch.id, BatchStatus.FAILED, str(error))
        raise


def _stop(workspace: Workspace, project_id: str, status: BatchStatus) -> None:
    newest = workspace.store.batches.newest(project_id)
    if newest is None:
        return
    stands = _state(workspace, newest)
    if stands.job is not None:
        workspace.store.batches.close(newest.id, status)
        queue.cancel(workspace.store.jobs, workspace.settings.home, stands.job.id)
    elif status is BatchStatus.CANCELLED and stands.status.resumable:
        workspace.store.batches.change(newest.id, status=status.value, message="")
