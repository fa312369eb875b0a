"""Long work: start it, watch it, hear how it ended. The job's id lives in the URL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import streamlit as st

from core.domain.durations import duration
from core.domain.jobs import Job, JobStatus
from core.project import pictures, use_cases
from pages._ui.cached import workspace
from pages._ui.show import plain, told_errors

OLD_NEWS = timedelta(hours=1)


def start(project_id: str, kind: str, params: Mapping[str, Any]) -> None:
    """Start a job of a kind, or say why not."""
    with told_errors():
        job = use_cases.start_job(workspace(), project_id, kind, params)
        st.query_params["job"] = job.id


def watch(job: Job) -> None:
    """Show a live job with its time left and a way to cancel it; rerun when it is over."""
    st.query_params["job"] = job.id
    _live(job.id)


@st.fragment(run_every=0.7)
def _live(job_id: str) -> None:
    job = use_cases.watch_job(workspace(), job_id)
    if job.status.over:
        st.query_params.pop("job", None)
        st.rerun(scope="app")
    st.progress(job.fraction, text=f"{job.message} · {_time_left(job)}")
    if len(job.series) > 1:
        st.altair_chart(pictures.losses(job.series), height=180)
    label = "Cancelling…" if job.cancel_requested else "Cancel"
    st.button(label, disabled=job.cancel_requested, on_click=_cancel, args=(job.id,))
    st.caption("You may leave this page, refresh or close it: the work goes on.")


def _cancel(job_id: str) -> None:
    use_cases.cancel_job(workspace(), job_id)


def _time_left(job: Job) -> str:
    if job.started_at is None or job.fraction < 0.03:
        return "working out how long it takes"
    spent = (datetime.now(UTC) - job.started_at).total_seconds()
    return f"about {duration(spent * (1 - job.fraction) / job.fraction)} left"


def tell_end(job: Job | None) -> None:
    """Say how a job ended when it did not end well."""
    st.query_params.pop("job", None)
    if job is None or not job.status.over or job.status is JobStatus.DONE:
        return
    if job.finished_at and datetime.now(UTC) - job.finished_at > OLD_NEWS:
        return
    if job.status is JobStatus.CANCELLED:
        st.info("The last run was cancelled. Nothing was changed.", icon=":material/block:")
    else:
        st.warning(plain(job.error), icon=":material/warning:")
