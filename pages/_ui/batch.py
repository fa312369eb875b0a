"""Questions handed to the LLM: what it would take, how it goes, what it came to."""

from __future__ import annotations

import streamlit as st

from core.domain.judging import BatchStatus
from core.domain.projects import Project
from core.project import judging
from pages._ui.cached import workspace
from pages._ui.llm import typed_key
from pages._ui.position import go_to
from pages._ui.show import plain, told_errors

_WATCHED = "watched_batch"
_CHECK = "Check its answers: the blind checks say how good it is."


def at_work(project: Project) -> bool:
    """Return whether a batch is at work."""
    stands = judging.state(workspace(), project.id)
    return stands is not None and stands.job is not None


def show_llm(project: Project) -> None:
    """Show above the cards what the last batch came to, and behind a lid how to start one."""
    stands = judging.state(workspace(), project.id)
    waits = stands is not None and stands.status.resumable
    if stands is not None and not waits and st.session_state.get(_WATCHED) == stands.batch:
        told = judging.outcome(workspace(), project.id, stands)
        left, right = st.columns([9, 1], vertical_alignment="center")
        left.success(plain(f"{told} {_CHECK}"), icon=":material/smart_toy:")
        right.button("Close", on_click=st.session_state.pop, args=(_WATCHED,))
    lid = st.expander(
        "Let the LLM answer the many",
        expanded=waits,
        icon=":material/smart_toy:",
        key="llm",
        on_change="rerun",
    )
    if lid.open:
        with lid:
            show_batch(project)


def show_batch(project: Project, most: int = 200) -> None:
    """Show the LLM's batch: how it stands, or what a new one would take."""
    stands = judging.state(workspace(), project.id)
    if stands is not None and stands.job is not None:
        st.fragment(show_at_work, run_every=1.0)(project)
        return
    if stands is not None and stands.status.resumable:
        told = judging.outcome(workspace(), project.id, stands)
        st.warning(plain(told), icon=":material/pause_circle:")
        with st.container(horizontal=True):
            st.button("Go on with the LLM", type="primary", on_click=_resume, args=(project.id,))
            st.button("End this batch", on_click=_cancel, args=(project.id,))
        return
    if not judging.settings_of(workspace(), project.id).ready:
        st.caption("With an LLM set up in Settings, it can answer the many for you to check.")
        if st.button("Set up an LLM", icon=":material/settings:", key="setup"):
            go_to("pages/settings.py")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        count = st.number_input("Questions for the LLM", 1, 100_000, most, 50, key="to_llm")
        st.button("Hand over", icon=":material/smart_toy:", on_click=_start, args=(project.id,))
    st.caption(plain(judging.estimate(workspace(), project.id, int(count)).told))
    if stands is not None:
        told = judging.outcome(workspace(), project.id, stands)
        st.caption(plain(f"{told} {_CHECK}"))


def show_at_work(project: Project) -> None:
    """Show a batch at work, with the ways to stop it; rerun the page when it is over.

    Draw it in a fragment that polls: on a page that has no other one whose elements
    change, or in that one. Of two fragments that run at once, Streamlit leaves elements
    of the one standing that it should have taken away.
    """
    stands = judging.state(workspace(), project.id)
    if stands is None or stands.job is None:
        st.query_params.pop("job", None)
        st.rerun(scope="app")
    st.session_state[_WATCHED] = stands.batch
    st.query_params["job"] = stands.job.id
    stopping = stands.status is not BatchStatus.RUNNING
    st.progress(stands.share, text=plain(f"The LLM at work: {stands.told}"))
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, icon, stop in (("Pause", "pause", _pause), ("End", "stop", _cancel)):
            st.button(
                label,
                key=f"{label}batch",
                icon=f":material/{icon}:",
                disabled=stopping,
                on_click=stop,
                args=(project.id,),
            )
        told = "It stops at the next answer." if stopping else "You may go on or leave meanwhile."
        st.caption(told)


def _start(project_id: str) -> None:
    with told_errors():
        count = int(st.session_state["to_llm"])
        judging.start(workspace(), project_id, count, typed_key())


def _resume(project_id: str) -> None:
    with told_errors():
        judging.resume(workspace(), project_id, typed_key())


def _pause(project_id: str) -> None:
    judging.pause(workspace(), project_id)


def _cancel(project_id: str) -> None:
    judging.cancel(workspace(), project_id)
