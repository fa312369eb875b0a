"""The jobs table: progress, heartbeat, cancel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from core.adapters.store.database import Database
from core.adapters.store.schema import job
from core.domain.errors import BusyError, NotFoundError
from core.domain.jobs import Job, JobStatus

_LIVE = job.c.status.in_([JobStatus.QUEUED.value, JobStatus.RUNNING.value])


class Jobs:
    """Reads and writes jobs (the port `JobStore`)."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add_job(self, project: str, kind: str, params: Mapping[str, Any]) -> Job:
        """Queue a job. Raises BusyError while another of this project is live."""
        job_id = uuid4().hex
        try:
            with self._db.write() as connection:
                connection.execute(
                    job.insert().values(
                        id=job_id,
                        project_id=project,
                        kind=kind,
                        params=dict(params),
                        status=JobStatus.QUEUED.value,
                        fraction=0.0,
                        message="Starting",
                        series=[],
                        error="",
                        result={},
                        cancel_requested=False,
                        created_at=datetime.now(UTC),
                    )
                )
        except sa.exc.IntegrityError as error:
            if self.live_job(project) is None:
                raise
            raise BusyError(
                "This project is busy with another job.",
                "Wait until it is done, or cancel it, then start again.",
            ) from error
        return self.job(job_id)

    def job(self, job_id: str) -> Job:
        with self._db.read() as connection:
            row = connection.execute(sa.select(job).where(job.c.id == job_id)).first()
        if row is None:
            raise NotFoundError("This job does not exist (any more).", "Start it again.")
        return _job(row)

    def live_jobs(self) -> tuple[Job, ...]:
        with self._db.read() as connection:
            return tuple(_job(row) for row in connection.execute(sa.select(job).where(_LIVE)))

    def live_job(self, project: str) -> Job | None:
        """Return the project's queued or running job: there is at most one."""
        with self._db.read() as connection:
            row = connection.execute(
                sa.select(job).where(_LIVE, job.c.project_id == project)
            ).first()
        return _job(row) if row else None

    def last_job(self, project: str, kind: str, *, done: bool = False) -> Job | None:
        """Return the project's newest job of a kind, or the newest that ended well."""
        wanted = sa.select(job).where(job.c.project_id == project, job.c.kind == kind)
        if done:
            wanted = wanted.where(job.c.status == JobStatus.DONE.value)
        with self._db.read() as connection:
            row = connection.execute(wanted.order_by(job.c.created_at.desc())).first()
        return _job(row) if row else None

    def claim_job(self, job_id: str, pid: int) -> bool:
        """Turn a queued job into a running one; False where it is not queued."""
        now = datetime.now(UTC)
        with self._db.write() as connection:
            claimed = connection.execute(
                job.update()
                .where(job.c.id == job_id, job.c.status == JobStatus.QUEUED.value)
                .values(status=JobStatus.RUNNING.value, pid=pid, started_at=now, heartbeat_at=now)
            )
        return bool(claimed.rowcount)

    def beat(self, job_id: str, fraction: float, message: str, series: tuple[float, ...]) -> bool:
        """Write progress and heartbeat; return whether the job should stop."""
        with self._db.write() as connection:
            connection.execute(
                job.update()
                .where(job.c.id == job_id, _LIVE)
                .values(
                    fraction=fraction,
                    message=message,
                    series=list(series),
                    heartbeat_at=datetime.now(UTC),
                )
            )
            row = connection.execute(
                sa.select(job.c.cancel_requested, job.c.status).where(job.c.id == job_id)
            ).first()
        # A job that is gone or was closed by somebody else has nothing left to do.
        return row is None or row.cancel_requested or JobStatus(row.status).over

    def finish_job(
        self,
        job_id: str,
        status: JobStatus,
        error: str = "",
        result: Mapping[str, Any] | None = None,
    ) -> bool:
        """Close a live job; False where it was closed already."""
        values: dict[str, Any] = {
            "status": status.value,
            "error": error,
            "result": dict(result or {}),
            "finished_at": datetime.now(UTC),
        }
        if status is JobStatus.DONE:
            values["fraction"] = 1.0
        with self._db.write() as connection:
            closed = connection.execute(
                job.update().where(job.c.id == job_id, _LIVE).values(**values)
            )
        return bool(closed.rowcount)

    def decide(self, job_id: str, decision: str) -> bool:
        """Write down in the result of a finished job what a person made of it; False where
        that was done before."""
        with self._db.write() as connection:
            result = connection.scalar(sa.select(job.c.result).where(job.c.id == job_id)) or {}
            if "decision" in result:
                return False
            values = {"result": {**result, "decision": decision}}
            connection.execute(job.update().where(job.c.id == job_id).values(**values))
        return True

    def request_cancel(self, job_id: str) -> None:
        with self._db.write() as connection:
            connection.execute(
                job.update().where(job.c.id == job_id, _LIVE).values(cancel_requested=True)
            )


def _job(row: Any) -> Job:
    values = dict(row._mapping)
    return Job(
        **{
            **{k: v for k, v in values.items() if k != "project_id"},
            "project": values["project_id"],
            "status": JobStatus(values["status"]),
            "series": tuple(values["series"]),
        }
    )
