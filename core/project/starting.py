"""Putting a use case to work in a worker process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.domain.jobs import Job
from core.jobs import queue, standby
from core.jobs.processes import wait_asleep
from core.project.workspace import Workspace

__all__ = ["expect_job", "start_job", "wait_asleep"]


def start_job(
    workspace: Workspace,
    project_id: str,
    kind: str,
    params: Mapping[str, Any],
    secrets: Mapping[str, str] | None = None,
) -> Job:
    """Start a use case in a worker process, which alone learns `secrets`. Raises BusyError
    while a job of the project is live."""
    settings = workspace.settings
    return queue.start(
        workspace.store.jobs,
        settings.home,
        project_id,
        kind,
        params,
        settings.worker_threads,
        settings.worker_rest_seconds,
        secrets,
    )


def expect_job(workspace: Workspace) -> None:
    """Let a worker load its programs while a person still reads what a job will do."""
    settings = workspace.settings
    if settings.worker_rest_seconds:
        standby.make_ready(
            workspace.store.jobs,
            settings.home,
            settings.worker_threads,
            settings.worker_rest_seconds,
        )
