"""The table of use cases that a worker may run, and how to start one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from importlib import import_module
from pathlib import Path

from core.adapters.hardware import give_back_memory
from core.domain.jobs import Job
from core.domain.ports import JobStore
from core.jobs import queue
from core.jobs.worker import UseCase
from core.project import adding, classifying, comparing, generating, growing, judging, naming
from core.project.grouping import regroup
from core.project.mapping import make_map
from core.project.retraining import retrain
from core.project.starting import expect_job, start_job
from core.project.workspace import Workspace, open_workspace

__all__ = [
    "PROGRAMS",
    "cancel_job",
    "expect_job",
    "job_table",
    "last_job",
    "live_job",
    "load_programs",
    "newest_job",
    "rest",
    "settle_jobs",
    "start_job",
    "watch_job",
]

PROGRAMS = ("sentence_transformers", "umap", "hdbscan")
"""What embeds, lays out and clusters: seconds to import."""


def job_table() -> tuple[JobStore, Path, Mapping[str, UseCase]]:
    """Return the jobs store, the home folder and the use cases by kind."""
    workspace = open_workspace()
    table: dict[str, UseCase] = {
        "map": partial(make_map, workspace),
        "regroup": partial(regroup, workspace),
        "retrain": partial(retrain, workspace),
        adding.KIND: partial(adding.add, workspace),
        comparing.KIND: partial(comparing.compare, workspace),
        generating.KIND: partial(generating.generate, workspace),
        growing.KIND: partial(growing.grow_tree, workspace),
        naming.KIND: partial(naming.name_topics, workspace),
        classifying.TRAIN: partial(classifying.train, workspace),
        classifying.CLASSIFY: partial(classifying.classify, workspace),
        judging.KIND: partial(judging.judge, workspace),
        judging.TRY: partial(judging.run_try, workspace),
    }
    return workspace.store.jobs, workspace.settings.home, table


def load_programs() -> None:
    """Load the programs that most jobs need, which takes longer than many a job."""
    for name in PROGRAMS:
        import_module(name)


def rest() -> None:
    """Do what a server does between the runs of its pages, and a worker between its jobs."""
    give_back_memory()


def settle_jobs(workspace: Workspace) -> None:
    """Mark the jobs of an earlier life whose worker is gone."""
    queue.settle(workspace.store.jobs, workspace.settings.home)


def watch_job(workspace: Workspace, job_id: str) -> Job:
    """Return a job as it stands now, closed if its worker is gone."""
    settle_jobs(workspace)
    return workspace.store.jobs.job(job_id)


def cancel_job(workspace: Workspace, job_id: str) -> None:
    """Ask a job to stop."""
    queue.cancel(workspace.store.jobs, workspace.settings.home, job_id)


def live_job(workspace: Workspace, project_id: str) -> Job | None:
    """Return the project's live job, if any."""
    settle_jobs(workspace)
    return workspace.store.jobs.live_job(project_id)


def newest_job(workspace: Workspace, project_id: str, *kinds: str) -> Job | None:
    """Return the project's newest job of several kinds, however it ended."""
    found = (last_job(workspace, project_id, kind) for kind in kinds)
    return max((job for job in found if job), key=lambda job: job.created_at, default=None)


def last_job(workspace: Workspace, project_id: str, kind: str) -> Job | None:
    """Return the project's newest job of a kind, however it ended."""
    return workspace.store.jobs.last_job(project_id, kind)
