"""What is around every page: the style and the sidebar."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from core.domain.projects import Project, VersionNote
from core.project import shaping
from pages._ui.cached import workspace
from pages._ui.llm import show_meter
from pages._ui.position import chosen_project
from pages._ui.press import do_pressed
from pages._ui.show import is_dark, plain, told_errors

_STYLE = Path(__file__).resolve().parents[2] / "assets" / "style.css"
_FRAMED = "framed"


def frame() -> None:
    """Draw what every page has, after what a button was pressed for is done."""
    st.session_state[_FRAMED] = True
    do_pressed()
    # Beside a mark: Streamlit sends bare style to where toasts go, and a toast would replace it.
    theme = "dark" if is_dark() else "light"
    style = _STYLE.read_text("utf-8")
    st.html(f'<i class="clade-style {theme}"></i><style>{style}</style>')
    with st.sidebar, told_errors():
        project = chosen_project()
        if project is None:
            st.caption("No project open.")
            if st.session_state.pop("lost", False):
                st.warning("The project of this link is not here. The Data page lists yours.")
        else:
            _project(project)
        show_meter(project)


def title(text: str) -> None:
    """Draw a page's title.

    A link into a page of a server that has just started runs that page alone:
    Streamlit takes the folder for the page list until app.py has run once, for
    anybody. Such a run starts again, through app.py.
    """
    if not st.session_state.pop(_FRAMED, False):
        PagesManager.uses_pages_directory = False
        st.rerun()
    st.title(text)


def _project(project: Project) -> None:
    st.markdown(f"**{plain(project.name)}**")
    standing = shaping.standing(workspace(), project)
    st.caption(f"Round {standing.round} · Saved {_ago(standing.saved_at)} ago")
    with st.container(horizontal=True):
        _step("Undo", ":material/undo:", project, standing.undo)
        _step("Redo", ":material/redo:", project, standing.redo)
    if standing.undo:
        st.caption(f"Last: {plain(standing.undo.sentence)}")


def _step(label: str, icon: str, project: Project, note: VersionNote | None) -> None:
    move = shaping.undo if label == "Undo" else shaping.redo
    help_text = f"{label}: {plain(note.sentence)}" if note else f"Nothing to {label.lower()}"
    if note and label == "Redo":
        help_text += ". A new change sets it aside; History keeps it."
    if st.button(label, icon=icon, disabled=note is None, help=help_text) and note:
        move(workspace(), project.id, note)
        st.rerun()


def _ago(at: datetime) -> str:
    seconds = max(0, int((datetime.now(UTC) - at).total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
