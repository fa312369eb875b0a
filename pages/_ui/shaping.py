"""Edits of the taxonomy from any page: made at once, or kept until a person decides."""

from __future__ import annotations

import streamlit as st

from core.domain.errors import StaleEditError
from core.domain.taxonomy import Edit
from core.project import shaping
from core.project.mapping import Current
from pages._ui.cached import workspace
from pages._ui.people import annotator
from pages._ui.show import plain, told_errors

_STALE = "stale_edit"


def apply(here: Current, change: Edit) -> bool:
    """Make an edit, or say why not; one that was made on an older version is kept for
    `show_stale`. Return whether it was made."""
    with told_errors():
        try:
            shaping.edit(workspace(), here.project.id, change, annotator())
        except StaleEditError:
            st.session_state[_STALE] = (here.project.id, change)
        else:
            return True
    return False


def show_stale(here: Current) -> None:
    """Show an edit that somebody else's came before, and let the person choose."""
    project_id, change = st.session_state.get(_STALE, ("", None))
    if change is None or project_id != here.project.id:
        return
    kept = shaping.waiting(workspace(), project_id, change)
    st.warning(
        f"Your change is not made yet: {plain(kept.would)}.  \nThe taxonomy changed before it "
        f"({plain(kept.meanwhile)}). Make your change on the taxonomy as it is now, or drop it.",
        icon=":material/history:",
    )
    with st.container(horizontal=True):
        st.button("Make it now", type="primary", on_click=_again, args=(project_id, change))
        st.button("Drop it", on_click=_drop)


def _again(project_id: str, change: Edit) -> None:
    _drop()
    with told_errors():
        try:
            shaping.edit_again(workspace(), project_id, change, annotator())
        except StaleEditError:
            st.session_state[_STALE] = (project_id, change)


def _drop() -> None:
    st.session_state.pop(_STALE, None)
