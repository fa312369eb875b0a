"""One question at a time: what may be answered, and what is suggested."""

from __future__ import annotations

import streamlit as st

from core.domain.calibration import Calibration
from core.domain.judgments import Verdict
from core.domain.projects import Project
from core.domain.reviewing import Handed, Sight, Terms, Told
from core.project import cards, review, trust
from pages._ui.actions import Where, show_actions
from pages._ui.cached import calibration, texts, workspace
from pages._ui.people import seat
from pages._ui.question import show_question
from pages._ui.show import plain, told_errors


def ask(project: Project, terms: Terms, checks: int) -> None:
    """Show the question on this seat's screen, with all that may be done about it.

    `checks` counts the blind checks: with each new one the model is believed anew.
    """
    here = seat()
    handed = review.next_question(workspace(), project.id, here, terms)
    if handed is None:
        st.info(cards.NOTHING_LEFT)
        show_left(project)
        return
    card, where = (
        cards.show(workspace(), project.id, handed),
        (project.id, handed.asked.question.id),
    )
    show_question(card, texts(project))
    show_choices(card, handed, where)
    _suggestion(card, handed, where, calibration(project.id, checks))
    asked = handed.asked
    touched = "1 text" if asked.touches == 1 else f"{asked.touches:,} texts"
    st.caption(f"Asked because: {plain(asked.why)} Touches {touched}.")
    show_actions(where, here, terms)


def show_left(project: Project) -> None:
    """Say how many wrong answers of models are to be expected, and whether to stop."""
    left = trust.left_wrong(workspace(), project.id)
    if left is not None:
        (st.success if left.stop else st.markdown)(plain(left.told))


def show_choices(card: cards.Card, handed: Handed, where: Where) -> None:
    """Show a button with its key for each answer."""
    few = len(card.choices) <= 4
    with st.container(horizontal=True):
        for choice in card.choices:
            # The card's id in key and args: a key pressed too early answers no other card.
            st.button(
                plain(choice.label),
                key=f"{choice.verdict}{where[1]}",
                shortcut=choice.key,
                width="stretch" if few else "content",
                on_click=_record,
                args=(*where, choice.verdict, card.sight, _revealed(card, handed, choice.verdict)),
            )


def _suggestion(card: cards.Card, handed: Handed, where: Where, believed: Calibration) -> None:
    if handed.blind:
        st.caption(
            ":material/visibility_off: Blind check: the LLM has answered this one, too. "
            "You will see its answer once you have given yours."
        )
        return
    if card.suggestion is None:
        if handed.told:
            st.caption(_abstained(handed.told))
        return
    label = plain(card.suggestion.label)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Accept: {label}",
            key=f"accept{where[1]}",
            shortcut="Space",
            type="primary",
            on_click=_record,
            args=(*where, card.suggestion.verdict, card.sight, ""),
        )
        st.caption(_told(card, handed, label, believed))


def _told(card: cards.Card, handed: Handed, label: str, believed: Calibration) -> str:
    """Return whose suggestion it is, how sure, and why."""
    told, guess = handed.told, handed.asked.guess
    if card.sight == "llm" and told:
        sure = f"{told.judgment.confidence:.0%} sure"
        if believed.compared >= trust.FEWEST:
            chance = believed.chance(told.judgment.confidence)
            sure += f" (right about {chance:.0%} of the time it says so)"
        return f"The LLM says **{label}**, {sure}. {plain(told.reason)}"
    silent = f"{_abstained(told)}  \n" if told else ""
    return f"{silent}The embedder's own guess: **{label}**. {plain(guess.reason) if guess else ''}"


def _abstained(told: Told) -> str:
    return f"The LLM could not tell. {plain(told.reason)}"


def _revealed(card: cards.Card, handed: Handed, verdict: Verdict) -> str:
    """Return what to show after a blind check, "" where there was none."""
    if not (handed.blind and handed.told):
        return ""
    theirs = handed.told.judgment.verdict
    reason = f" {plain(handed.told.reason)}" if handed.told.reason else ""
    said = (
        f"You said **{plain(card.label(verdict))}**, the LLM said **{plain(card.label(theirs))}**"
    )
    return f"{said}.{reason}"


def _record(
    project_id: str, question_id: str, verdict: Verdict, sight: Sight, revealed: str
) -> None:
    with told_errors():
        name = seat().annotator
        review.answer(workspace(), project_id, question_id, verdict, name, sight)
        if revealed:
            st.toast(revealed, icon=":material/visibility:")
