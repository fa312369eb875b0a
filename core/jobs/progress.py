"""How a running job tells how far it is, and hears that it should stop."""

from __future__ import annotations

import os
import threading
import time
from types import TracebackType
from typing import Self

from core.domain.errors import Cancelled
from core.domain.jobs import JobStatus
from core.domain.ports import JobStore

BEAT_SECONDS = 0.5

CANCEL_GRACE_SECONDS = 4.0
"""How long a cancelled job may go on computing before its process ends itself."""


class JobProgress:
    """The port `Progress` over the jobs table.

    A thread writes the newest state every half second, so that reporting is
    free for the work and a heartbeat comes even while it computes.
    """

    def __init__(self, jobs: JobStore, job_id: str) -> None:
        self._jobs = jobs
        self._job_id = job_id
        self._state = (0.0, "Starting")
        self._series: tuple[float, ...] = ()
        self._stop = threading.Event()
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def report(self, fraction: float, message: str) -> None:
        """See `domain.ports.Progress.report`."""
        self._state = (min(max(fraction, 0.0), 1.0), message)
        self._check()

    def point(self, value: float) -> None:
        """See `domain.ports.Progress.point`."""
        self._series = (*self._series, value)
        self._check()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._beat()

    def _check(self) -> None:
        if self._cancelled.is_set():
            raise Cancelled

    def _beat(self) -> None:
        fraction, message = self._state
        if self._jobs.beat(self._job_id, fraction, message, self._series):
            self._cancelled.set()

    def _run(self) -> None:
        asked: float | None = None
        while not self._stop.wait(BEAT_SECONDS):
            self._beat()
            if self._cancelled.is_set():
                asked = asked or time.monotonic()
                if time.monotonic() - asked > CANCEL_GRACE_SECONDS:
                    # The work is inside one long native call and cannot hear us.
                    self._jobs.finish_job(self._job_id, JobStatus.CANCELLED)
                    os._exit(0)
