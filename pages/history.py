"""What has been done so far, and the way back to any state."""

from __future__ import annotations

import streamlit as st

from core.domain.projects import Project
from core.project import history
from pages import _ui

PAGE = 25


def went_back(project: Project, number: int, expected: int) -> None:
    with _ui.told_errors():
        history.go_back(_ui.workspace(), project.id, number, _ui.annotator(), expected=expected)


def line(project: Project, state: history.State, expected: int) -> None:
    left, right = st.columns([4, 1], vertical_alignment="center")
    with left:
        here = " · **you are here**" if state.current else ""
        here = " · set aside" if state.aside else here
        st.markdown(f"{state.number}\\. {_ui.plain(state.sentence)}{here}")
        answers = f", learned from {state.learned:,} answers" if state.learned else ""
        st.caption(
            f"{_ui.plain(state.author)} · {_ui.when(state.at)} · round {state.round} · "
            f"{_ui.plain(state.encoder)}{answers}"
        )
    if not state.current:
        right.button(
            "Return here",
            key=f"back{project.id}{state.number}-{expected}",
            on_click=went_back,
            args=(project, state.number, expected),
        )


_ui.title("History")
here = _ui.demand_map()
project = here.project
states = history.states(_ui.workspace(), project.id)
st.caption(
    "Each line is a whole state: map, embedder, tree, names and locks. Returning to one makes it "
    "the newest state; nothing is lost, and your answers stay as they are."
)
ahead = history.ahead(_ui.workspace(), project.id)
if ahead:
    st.warning(
        f"{'1 change is' if ahead == 1 else f'{ahead:,} changes are'} undone, and Redo makes them "
        "again. A new change now would go another way: Redo would no longer lead to them, and "
        "they would stay in this list alone.",
        icon=":material/alt_route:",
    )
pages = -(-len(states) // PAGE)
shown = st.pagination(pages, key=f"page{project.id}") if pages > 1 else 1
expected = next(state.number for state in states if state.current)
for state in states[(shown - 1) * PAGE : shown * PAGE]:
    line(project, state, expected)
_ui.show_recipe(here)
