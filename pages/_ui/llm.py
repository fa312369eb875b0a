"""The language model on the screen: its key, its meter, what it was used for."""

from __future__ import annotations

from dataclasses import astuple

import pandas as pd
import streamlit as st
from pydantic import SecretStr

from core.domain.judging import NANO
from core.domain.projects import Project
from core.project import judging
from pages._ui.cached import workspace
from pages._ui.show import plain

_USAGE = (
    *("Model", "Calls", "From cache", "Failed", "Cut off"),
    *("Tokens read", "Tokens written", "US$"),
)


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
