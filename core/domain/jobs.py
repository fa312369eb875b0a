"""Long work, seen from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class JobStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"

    @property
    def over(self) -> bool:
        return self not in (JobStatus.QUEUED, JobStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class Job:
    """One run of a use case in a worker process.

    `fraction` in [0, 1]; times are UTC. `series` holds numbers reported on the
    way (live loss). `error` is a sentence that names the next move, or "".
    """

    id: str
    project: str
    kind: str
    params: Mapping[str, Any]
    status: JobStatus
    fraction: float
    message: str
    series: tuple[float, ...]
    error: str
    result: Mapping[str, Any]
    cancel_requested: bool
    pid: int | None
    created_at: datetime
    started_at: datetime | None
    heartbeat_at: datetime | None
    finished_at: datetime | None
