"""The ways in: a file, pasted lines, the sample, a project that is here already."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.domain.errors import CladeError
from core.domain.projects import Project
from core.project import intake, use_cases
from pages._ui.cached import workspace
from pages._ui.position import choose_project
from pages._ui.show import plain, told_errors, when
from pages._ui.uploading import upload

_REFUSED = "refused"


def _opened(project_id: str) -> None:
    st.session_state.pop(_REFUSED, None)
    choose_project(project_id)


def _bring(name: str | None, data: bytes) -> None:
    """Make a project of what was brought, at once, so that a refresh loses nothing."""
    try:
        use_cases.expect_job(workspace())
        with st.spinner("Reading the texts…"):
            _opened(intake.bring(workspace(), name, data).id)
    except CladeError as error:
        st.session_state[_REFUSED] = error


def _pasted() -> None:
    _bring(None, st.session_state["pasted"].encode())


def ways_in() -> None:
    """Show the ways to bring texts, and why what was brought last was refused."""
    left, middle, right = st.columns([5, 3, 4], gap="large")
    with left:
        upload("upload", _bring)
        with st.popover("Paste lines instead", icon=":material/content_paste:"):
            st.text_area("One text a line", key="pasted", height=200)
            st.button("Use these lines", on_click=_pasted, type="primary")
    with middle:
        st.markdown("**No file at hand?**")
        st.caption("About 600 customer messages of an outdoor shop, written for trying Clade.")
        icon = ":material/play_arrow:"
        st.button("Try the sample", wrap=True, icon=icon, on_click=_bring, args=intake.sample())
    with right:
        st.markdown("**Recent projects**")
        known = intake.all_projects(workspace())
        _recent(known[:5])
        if len(known) > 5:
            with st.popover(f"All {len(known):,} projects"):
                _recent(known[5:])
        if not known:
            st.caption("None yet.")
    if _REFUSED in st.session_state:
        with told_errors():
            raise st.session_state[_REFUSED]


def _recent(projects: Sequence[Project]) -> None:
    for project in projects:
        label = f"{plain(project.name[:40])} · {when(project.created_at)}"
        st.button(label, project.id, type="tertiary", on_click=_opened, args=(project.id,))
