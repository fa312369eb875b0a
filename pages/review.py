"""One question at a time; each answer is on disk before the next is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import streamlit as st

from core.domain.judgments import Verdict
from core.domain.projects import Project
from core.domain.questions import Asked
from core.project import cards, review, telling
from pages import _ui

HELP = Path(__file__).resolve().parents[1] / "assets" / "help" / "review.md"


def record(project_id: str, question_id: str, verdict: Verdict) -> None:
    with _ui.told_errors():
        review.answer(_ui.workspace(), project_id, question_id, verdict, _ui.annotator())


def skip(project_id: str, question_id: str) -> None:
    review.skip(_ui.workspace(), project_id, question_id, _ui.annotator())


def take_back(project_id: str) -> None:
    undone = review.undo_answer(_ui.workspace(), project_id, _ui.annotator())
    st.toast("Your last answer was taken back." if undone else "There is no answer to take back.")


def flag(project_id: str, question_id: str) -> None:
    left = review.remark_on(_ui.workspace(), project_id, question_id, _ui.annotator())
    review.leave_remark(_ui.workspace(), project_id, replace(left, flagged=not left.flagged))


def note(project_id: str, question_id: str, key: str) -> None:
    with _ui.told_errors():
        left = review.remark_on(_ui.workspace(), project_id, question_id, _ui.annotator())
        review.leave_remark(_ui.workspace(), project_id, replace(left, note=st.session_state[key]))
    st.session_state["noting"] = None


@st.dialog("Keys")
def show_help() -> None:
    st.markdown(HELP.read_text("utf-8"))


def show_choices(card: cards.Card, asked: Asked, where: tuple[str, str]) -> None:
    few = len(card.choices) <= 4
    with st.container(horizontal=True):
        for choice in card.choices:
            # The card's id in key and args: a key pressed too early answers no other card.
            st.button(
                _ui.plain(choice.label),
                key=f"{choice.verdict}{where[1]}",
                shortcut=choice.key,
                width="stretch" if few else "content",
                on_click=record,
                args=(*where, choice.verdict),
            )
    if card.suggestion and asked.guess:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                f"Accept: {_ui.plain(card.suggestion.label)}",
                key=f"accept{where[1]}",
                shortcut="Space",
                type="primary",
                on_click=record,
                args=(*where, card.suggestion.verdict),
            )
            st.caption(
                f"The embedder's own guess: **{_ui.plain(card.suggestion.label)}**. "
                f"{_ui.plain(asked.guess.reason)}"
            )
    st.caption(f"Asked because: {_ui.plain(asked.why)} Touches {asked.touches:,} texts.")


def show_actions(where: tuple[str, str]) -> None:
    project_id, question_id = where
    left = review.remark_on(_ui.workspace(), project_id, question_id, _ui.annotator())
    with st.container(horizontal=True):
        for label, key, action, args in (
            ("Skip", "S", skip, where),
            ("Undo", "Backspace", take_back, (project_id,)),
            ("Unflag" if left.flagged else "Flag", "F", flag, where),
        ):
            st.button(label, key=f"{key}{question_id}", shortcut=key, on_click=action, args=args)
        if st.button("Note", key="T", shortcut="T"):
            st.session_state["noting"] = question_id
        if st.button("Help", key="H", shortcut="H"):
            show_help()
    if left.note or st.session_state.get("noting") == question_id:
        key = f"note{question_id}"
        st.text_input("Note", left.note, key=key, on_change=note, args=(*where, key))


def stopped(project: Project, standing: review.Standing) -> bool:
    """After each batch, say what to do now. True until the person goes on."""
    stop = (project.id, standing.answered)
    if not standing.batch_done or st.session_state.get("went_on") == stop:
        return False
    st.success(
        f"{standing.answered:,} answers are saved. Go on, spread them over all texts to see "
        "what they change, or retrain: more answers make a better judged retraining.",
        icon=":material/check:",
    )
    with st.container(horizontal=True):
        if st.button("Go on", type="primary", shortcut="Enter"):
            st.session_state["went_on"] = stop
            st.rerun()
        if st.button("Spread the answers over all texts", icon=":material/hub:"):
            _ui.start(project.id, "regroup", {})
            _ui.go_to("pages/map.py")
        if st.button("Retrain the embedder", icon=":material/model_training:"):
            _ui.go_to("pages/retrain.py")
        st.button("Undo", shortcut="Backspace", on_click=take_back, args=(project.id,))
    return True


def ask(project: Project) -> None:
    asked = review.next_question(_ui.workspace(), project.id, _ui.annotator())
    if asked is None:
        st.info(cards.NOTHING_LEFT)
        return
    card, where = cards.show(_ui.workspace(), project.id, asked), (project.id, asked.question.id)
    _ui.show_question(card, _ui.texts(project))
    show_choices(card, asked, where)
    show_actions(where)


@st.fragment
def desk(project: Project) -> None:
    """Where answers are given: a fragment, so that a key redraws the card alone."""
    standing = review.standing(_ui.workspace(), project.id, _ui.annotator())
    st.progress(standing.batch_share, text=standing.progress)
    st.caption(standing.told)
    if not stopped(project, standing):
        ask(project)


_ui.title("Review")
project = _ui.demand_map().project
for doubt in telling.doubts(_ui.workspace(), project.id):
    st.caption(_ui.plain(doubt))
desk(project)
