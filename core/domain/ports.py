"""What the core asks of the outside world, as protocols."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from core.domain.jobs import Job, JobStatus
from core.domain.judgments import Judgment
from core.domain.questions import Question
from core.domain.spaces import Floats, Space


class Encoder(Protocol):
    """Turns texts into vectors of one space."""

    @property
    def space(self) -> Space: ...

    @property
    def max_words(self) -> int:
        """Words beyond which the tail of a text is likely not read."""
        ...

    def encode(
        self, bodies: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> Floats:
        """Return float32 (n, d), unit rows, in the order of `bodies`.

        `on_batch(done)` is called after each batch and may raise Cancelled.
        """
        ...


class Judge(Protocol):
    """Answers questions: an LLM, or a simulation of one in a benchmark."""

    def judge(self, questions: Sequence[Question]) -> tuple[Judgment, ...]:
        """Return an answer a question, in their order."""
        ...


class Progress(Protocol):
    """Where long work reports. Each method raises Cancelled once a person asked."""

    def report(self, fraction: float, message: str) -> None:
        """`fraction` in [0, 1] of the whole job; `message` a short present participle."""
        ...

    def point(self, value: float) -> None:
        """Append a number to the job's series (a training loss)."""
        ...


class JobStore(Protocol):
    """What `jobs` needs of the store."""

    def add_job(self, project: str, kind: str, params: Mapping[str, Any]) -> Job:
        """Queue a job; raises BusyError while another of the project is live."""
        ...

    def job(self, job_id: str) -> Job: ...

    def live_jobs(self) -> tuple[Job, ...]: ...

    def claim_job(self, job_id: str, pid: int) -> bool:
        """Turn a queued job into a running one; False where it is not queued."""
        ...

    def beat(self, job_id: str, fraction: float, message: str, series: tuple[float, ...]) -> bool:
        """Write progress and heartbeat; return whether the job should stop."""
        ...

    def finish_job(
        self,
        job_id: str,
        status: JobStatus,
        error: str = "",
        result: Mapping[str, Any] | None = None,
    ) -> bool:
        """Close a live job; False where it was closed already."""
        ...

    def request_cancel(self, job_id: str) -> None: ...
