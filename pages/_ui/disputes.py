"""Disagreements: questions on which people differ, settled by one more answer."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.domain.projects import Project
from core.domain.reviewing import Both, Handed, Terms
from core.project import cards, people
from pages._ui.actions import take_back
from pages._ui.cached import texts, workspace
from pages._ui.desk import show_choices
from pages._ui.question import show_question
from pages._ui.show import plain


def show_disputes(project: Project, terms: Terms) -> None:
    """Show how far people agree, and the first question on which they do not."""
    for together in people.agreements(workspace(), project.id):
        st.caption(plain(together.told))
    found = people.in_dispute(workspace(), project.id)
    if not found:
        st.info(
            "No disagreement waits to be settled. Some questions are asked of two people; "
            "where their answers differ, they appear here.",
            icon=":material/handshake:",
        )
    else:
        place = st.session_state.get("dispute", 0) % len(found)
        st.markdown(f"**{_waiting(len(found))}**")
        _dispute(project, found[place])
    with st.container(horizontal=True):
        if len(found) > 1:
            st.button("Skip", shortcut="S", on_click=_next)
        st.button("Undo", shortcut="Backspace", on_click=take_back, args=(project.id, terms))


def _dispute(project: Project, both: Both) -> None:
    asked = workspace().store.reviews.asked(project.id, both.question.id)
    # No suggestion: two people have thought about it, a machine adds nothing now.
    bare = Handed(replace(asked, guess=None))
    card = replace(cards.show(workspace(), project.id, bare), sight="others")
    show_question(card, texts(project))
    said = " · ".join(
        f"**{plain(answer.annotator)}** said {plain(card.label(answer.verdict))}"
        for answer in both.answers
    )
    st.markdown(said)
    show_choices(card, bare, (project.id, both.question.id))
    st.caption("The answer of one more person decides, or one of the two changes theirs.")


def _waiting(count: int) -> str:
    return "1 question in dispute" if count == 1 else f"{count:,} questions in dispute"


def _next() -> None:
    st.session_state["dispute"] = st.session_state.get("dispute", 0) + 1
