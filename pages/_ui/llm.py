"""The language model on the screen: its key, its meter, its batches."""

from __future__ import annotations

from dataclasses import astuple

import pandas as pd
import streamlit as st
from pydantic import SecretStr

from core.domain.judging import NANO, BatchStatus
from core.domain.projects import Project
from core.project import judging
from pages._ui.cached import workspace
from pages._ui.show import plain, told_errors
from pages._ui.work import watch

_USAGE = (
    *("Model", "Calls", "From cache", "Failed", "Cut off"),
    *("Tokens read", "Tokens written", "US$"),
)

_ENDED = {
    BatchStatus.PAUSED: "Paused",
    BatchStatus.CAPPED: "Stopped at the cap",
    BatchStatus.INTERRUPTED: "Interrupted",
    BatchStatus.FAILED: "Stopped",
}


def typed_key() -> SecretStr | None:
    """Return the key typed in this tab: held in its memory and nowhere else."""
    return st.session_state.get("llm_key")


def show_key() -> None:
    """Let the person type a key."""
    if typed_key() is not None:
        st.caption("A typed key is in use, in the memory of this tab only.")
        st.button("Forget the key", on_click=_forget)
        return
    outside = workspace().settings.llm_key is not None
    st.text_input(
        "Key",
        type="password",
        key="typing_key",
        on_change=_remember,
        placeholder="In use from the environment" if outside else "",
        help="Held in memory until this tab is closed. It is never saved, shown or exported. "
        "To keep one, set CLADE_LLM_KEY in the environment or in Streamlit's secrets.",
    )


def _remember() -> None:
    typed = st.session_state.pop("typing_key", "").strip()
    if typed:
        st.session_state["llm_key"] = SecretStr(typed)


def _forget() -> None:
    st.session_state.pop("llm_key", None)


def show_meter(project: Project | None) -> None:
    """Say in one line what the LLM has cost, or that nothing leaves."""
    if project is None:
        found = judging.Meter("No LLM: nothing leaves this computer.", leaves=False)
    else:
        found = judging.meter(workspace(), project.id)
    icon = "cloud_upload" if found.leaves else "lock"
    st.caption(f":material/{icon}: {plain(found.told)}")


def show_usage(project: Project) -> None:
    """Show tokens and cost by model."""
    used = judging.usage(workspace(), project.id)
    if not used:
        return
    st.markdown("#### Spent so far")
    frame = pd.DataFrame([astuple(one) for one in used], columns=list(_USAGE))
    frame["US$"] /= NANO
    st.dataframe(frame, hide_index=True)
    st.caption("Calls that broke off count at the most that they can have cost.")


def show_batch(project: Project, most: int = 200) -> None:
    """Show the LLM's batch: how it stands, or what a new one would take."""
    stands = judging.state(workspace(), project.id)
    if stands is not None and stands.job is not None:
        st.button("Pause", icon=":material/pause:", on_click=_pause, args=(project.id,))
        watch(stands.job)
        return
    if stands is not None and stands.status.resumable:
        told = f"{_ENDED[stands.status]} at {stands.done:,} of {stands.wanted:,}."
        st.warning(plain(f"{told} {stands.message}"), icon=":material/pause_circle:")
        with st.container(horizontal=True):
            st.button("Go on with the LLM", type="primary", on_click=_resume, args=(project.id,))
            st.button("End this batch", on_click=_cancel, args=(project.id,))
        return
    if not judging.settings_of(workspace(), project.id).ready:
        st.caption("With an LLM set up in Settings, it can answer the many for you to check.")
        return
    _offer(project, most)
    if stands is not None and stands.status is BatchStatus.DONE:
        told = f"The last batch has answered {stands.done:,} of {stands.wanted:,} questions."
        st.caption(plain(f"{told} {stands.message} Check its answers on the Review page."))


def _offer(project: Project, most: int) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        count = st.number_input("Questions for the LLM", 1, 100_000, most, 50, key="to_llm")
        st.button("Hand over", icon=":material/smart_toy:", on_click=_start, args=(project.id,))
    st.caption(plain(judging.estimate(workspace(), project.id, int(count)).told))


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
