"""Trying the model: where texts would go, its key, one question, what came of it."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from core.domain.projects import Project
from core.project import judging, use_cases
from pages._ui.cached import workspace
from pages._ui.llm import show_key, typed_key
from pages._ui.show import plain, told_errors


def try_model(project: Project) -> None:
    """Let the person try the model that is set up; say so where none is."""
    now = judging.settings_of(workspace(), project.id)
    if not now.ready:
        st.info("No LLM is set up. People answer, and the embedder's guess is shown as one.")
        return
    with told_errors():
        st.markdown(f":material/route: {plain(judging.whereabouts(now.choice))}")
    if now.choice.leaves and not (now.price.prompt and now.price.completion):
        st.warning("Without the model's prices, its calls count as free: the cap cannot hold.")
    if now.provider not in ("bundled", "transformers"):
        show_key()
    trial = judging.newest_try(workspace(), project.id)
    if trial is not None and not trial.job.status.over:
        _at_work(project.id)
        return
    st.button("Test", icon=":material/network_check:", on_click=_begin, args=(project.id,))
    if trial is not None and trial.found:
        (st.success if trial.found.usable else st.warning)(plain(trial.found.told))
    elif trial is not None and trial.job.error:
        st.error(plain(trial.job.error), icon=":material/info:")


@st.fragment(run_every=0.5)
def _at_work(project_id: str) -> None:
    """Show a try at work. What it will find is unknown, how long it takes mostly not."""
    trial = judging.newest_try(workspace(), project_id)
    if trial is None or use_cases.watch_job(workspace(), trial.job.id).status.over:
        st.rerun(scope="app")
    spent = (datetime.now(UTC) - trial.job.created_at).total_seconds()
    told = f"{trial.job.message} · {spent:.0f} s of about {trial.expected:.0f} s"
    st.progress(min(max(spent / trial.expected, 0.0), 0.97), text=told)
    st.button("Stop", key="stop_try", on_click=_stop, args=(trial.job.id,))


def _begin(project_id: str) -> None:
    with told_errors():
        judging.begin_try(workspace(), project_id, typed_key())


def _stop(job_id: str) -> None:
    use_cases.cancel_job(workspace(), job_id)
