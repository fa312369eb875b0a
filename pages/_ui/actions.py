"""What may be done about a question besides answering it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import streamlit as st

from core.domain.reviewing import Seat, Terms
from core.project import review
from pages._ui.cached import workspace
from pages._ui.people import seat
from pages._ui.show import told_errors

_KEYS = Path(__file__).resolve().parents[2] / "assets" / "help" / "review.md"
_NOTING, _HELPING = "noting", "helping"

Where = tuple[str, str]
"""Project and question."""


def show_actions(where: Where, here: Seat, terms: Terms) -> None:
    """Show a button with its key for each, and below them the note and the keys, if wanted.

    The keys stand in the page: a dialog that opens while the page is drawn again
    by itself can leave all of it inert.
    """
    project_id, question_id = where
    left = review.remark_on(workspace(), project_id, question_id, here.annotator)
    with st.container(horizontal=True):
        st.button("Skip", key=f"S{question_id}", shortcut="S", on_click=_skip, args=where)
        # One key for all cards: pressed twice in a hurry, it takes two answers back.
        undone = (project_id, terms)
        st.button("Undo", key="U", shortcut="Backspace", on_click=take_back, args=undone)
        flag = "Unflag" if left.flagged else "Flag"
        st.button(flag, key=f"F{question_id}", shortcut="F", on_click=_flag, args=where)
        if st.button("Note", key="T", shortcut="T"):
            st.session_state[_NOTING] = question_id
        st.button("Help", key="H", shortcut="H", on_click=_help)
    if left.note or st.session_state.get(_NOTING) == question_id:
        key = f"note{question_id}"
        st.text_input("Note", left.note, key=key, on_change=_note, args=(*where, key))
    if st.session_state.get(_HELPING):
        st.container(border=True, key="keys").markdown(_KEYS.read_text("utf-8"))


def take_back(project_id: str, terms: Terms) -> None:
    """Take the newest answer back, or the newest bulk approval, and say so."""
    undone = review.undo_answer(workspace(), project_id, seat(), terms)
    if len(undone) > 1:
        st.toast(f"Your approval of {len(undone):,} answers was taken back.")
    else:
        st.toast(
            "Your last answer was taken back." if undone else "There is no answer to take back."
        )


def _skip(project_id: str, question_id: str) -> None:
    review.skip(workspace(), project_id, question_id, seat())


def _flag(project_id: str, question_id: str) -> None:
    left = review.remark_on(workspace(), project_id, question_id, seat().annotator)
    review.leave_remark(workspace(), project_id, replace(left, flagged=not left.flagged))


def _note(project_id: str, question_id: str, key: str) -> None:
    with told_errors():
        left = review.remark_on(workspace(), project_id, question_id, seat().annotator)
        review.leave_remark(workspace(), project_id, replace(left, note=st.session_state[key]))
    st.session_state[_NOTING] = None


def _help() -> None:
    st.session_state[_HELPING] = not st.session_state.get(_HELPING)
