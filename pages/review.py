"""Review: one question at a time, many in a table, and what people disagree about."""

from __future__ import annotations

import streamlit as st

from core.domain.projects import Project
from core.domain.reviewing import Terms
from core.project import review, summing_up, telling
from pages import _ui

ONE, MANY, DISPUTES = "One at a time", "Table", "Disagreements"


def stopped(project: Project, terms: Terms, standing: review.Standing) -> bool:
    """After each batch, say what it came to and what to do now. True until the person goes on."""
    stop = (project.id, standing.answered)
    if not standing.batch_done or st.session_state.get("went_on") == stop:
        return False
    st.success(
        f"{standing.answered:,} answers are saved. Go on, spread them over all texts to see "
        "what they change, or retrain: more answers make a better judged retraining.",
        icon=":material/check:",
    )
    name = _ui.annotator()
    st.markdown(_ui.plain(summing_up.sum_up(_ui.workspace(), project.id, name).told))
    _ui.show_left(project)
    with st.container(horizontal=True):
        if st.button("Go on", type="primary", shortcut="Enter"):
            st.session_state["went_on"] = stop
            st.rerun()
        if st.button("Spread the answers over all texts", icon=":material/hub:"):
            _ui.start(project.id, "regroup", {})
            _ui.go_to("pages/map.py")
        if st.button("Retrain the embedder", icon=":material/model_training:"):
            _ui.go_to("pages/retrain.py")
        st.button("Undo", shortcut="Backspace", on_click=_ui.take_back, args=(project.id, terms))
    return True


def desk(project: Project, terms: Terms) -> None:
    """Where answers are given."""
    standing = review.standing(_ui.workspace(), project.id, _ui.annotator())
    st.progress(standing.batch_share, text=standing.progress)
    st.caption(standing.told)
    if not stopped(project, terms, standing):
        _ui.ask(project, terms, standing.checks)


def body(project: Project, terms: Terms, chosen: str, busy: bool) -> None:
    """What is drawn again at each answer, and by itself while the LLM is at work: a
    fragment, so that a key redraws the card alone."""
    if busy:
        _ui.show_at_work(project)
    {ONE: desk, MANY: _ui.show_bulk, DISPUTES: _ui.show_disputes}[chosen](project, terms)


def mode() -> str:
    """Let the person choose how to review; the choice lives in the URL."""
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        chosen = st.segmented_control(
            "How to review",
            (ONE, MANY, DISPUTES),
            default=ONE,
            required=True,
            key="mode",
            bind="query-params",
            label_visibility="collapsed",
        )
        _ui.show_name()
    return str(chosen)


_ui.title("Review")
project = _ui.demand_map().project
chosen = mode()
busy = _ui.at_work(project)
for doubt in telling.doubts(_ui.workspace(), project.id):
    st.caption(_ui.plain(doubt))
with _ui.told_errors():
    if not busy:
        _ui.show_llm(project)
    terms = review.terms(_ui.workspace(), project.id)
    # A table that changed by itself would lose the ticks of who reads it.
    every = 2.0 if busy and chosen == ONE else None
    st.fragment(body, run_every=every)(project, terms, chosen, busy)
