"""Trying the model: where texts would go, its key, one question, what came of it."""

from __future__ import annotations

import streamlit as st

from core.domain.projects import Project
from core.project import judging
from pages._ui.cached import workspace
from pages._ui.llm import show_key, typed_key
from pages._ui.show import plain, told_errors

_TRIED = "tried"


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
    show_key()
    of = (project.id, now)
    if st.button("Test", icon=":material/network_check:"):
        st.session_state.pop(_TRIED, None)
        with told_errors(), st.spinner("Asking one question about made-up texts…"):
            found = judging.try_out(workspace(), project.id, typed_key())
            st.session_state[_TRIED] = (of, found)
    # It stands until the settings are others: what is below must not jump.
    tried, found = st.session_state.get(_TRIED, (None, None))
    if tried == of:
        (st.success if found.usable else st.warning)(plain(found.told))
