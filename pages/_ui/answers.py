"""The answers on the map: those that wait to be spread, what they moved, why a text is here."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from core.project import telling
from core.project.grouping import Reasons, moved_by_answers, reasons
from core.project.mapping import Current
from core.project.spread import waiting
from core.project.viewing import View
from pages._ui.cached import grouping, moved, texts, workspace
from pages._ui.people import annotator
from pages._ui.position import put_in_tray, tray
from pages._ui.show import lines, plain, told_errors
from pages._ui.work import start

_ANSWERS_SHOWN = 20


def show_waiting(here: Current) -> None:
    """Say how many answers the current map does not show as they are now, with the way
    to spread them."""
    found = waiting(workspace(), here.map)
    if not found.told:
        return
    label = "Spread it over all texts" if found.new == 1 else "Spread them over all texts"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(found.told, width="content")
        st.button(
            "Spread the answers anew" if found.gone else label,
            icon=":material/hub:",
            help="Names, locks and moves made by hand are carried over; Undo brings all back.",
            on_click=start,
            args=(here.project.id, "regroup", {}),
        )


def show_moves(here: Current) -> None:
    """Show behind a closed lid which answers moved which texts, on a map shaped by answers."""
    if here.map.prior_key is None:
        return
    count = _count(len(moved_by_answers(workspace(), here)))
    lid = st.expander(
        f"What the answers moved: {count}",
        icon=":material/moving:",
        key="moves",
        on_change="rerun",
    )
    if not lid.open:
        return
    with lid:
        found, known = moved(here), texts(here.project)
        if gone := telling.ignored(grouping(here).ignored):
            st.caption(gone)
        if not found.texts:
            st.caption("The answers moved no text: they agree with the map as it was.")
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{count} moved to another group.**", width="content")
            _select("moved", "Select them all", found.texts, width="content")
        # A box of its own height: the tray stays near, however many answers there are.
        with st.container(height=360, border=False):
            for deciding, chosen in found.by_answer[:_ANSWERS_SHOWN]:
                left, right = st.columns([1, 3], vertical_alignment="center")
                with left:
                    _select(f"moved{deciding.number}", f"Select {_count(len(chosen))}", chosen)
                words = telling.told(deciding.judgment, known, annotator())
                right.markdown(plain(f"Answer {deciding.number}. {words}"))
        rest = len(found.by_answer) - _ANSWERS_SHOWN
        if rest > 0:
            st.caption(f"The other {rest:,} answers that moved texts moved no more than these.")


def _select(
    key: str, label: str, chosen: tuple[str, ...], width: Literal["content", "stretch"] = "stretch"
) -> None:
    st.button(label, key=f"select{key}", width=width, on_click=put_in_tray, args=(chosen,))


def why_here(here: Current, shown: View) -> None:
    """Say of the one text in the tray why it is where it is. `shown` is by leaf topic."""
    rows = shown.rows(tray())
    if len(rows) != 1:
        return
    text, known = shown.text_ids[rows[0]], texts(here.project)
    st.markdown("#### Why here?")
    with told_errors():
        found = reasons(workspace(), here.map, grouping(here), text)
        st.markdown(plain(_placed(here, text, found)))
        if found.deciding:
            st.markdown("**The answers that decided**")
            lines(
                f"Answer {deciding.number}. {telling.told(deciding.judgment, known, annotator())}"
                for deciding in found.deciding
            )
        st.markdown("**The nearest texts**")
        names = {i: shown.names.get(int(shown.groups[i])) for i in shown.rows(found.nearest)}
        lines(
            f"{telling.shortened(known[shown.text_ids[row]].body, 200)} ({name or 'unassigned'})"
            for row, name in names.items()
        )


def _placed(here: Current, text: str, found: Reasons) -> str:
    """Return in words what put a text into its group."""
    rival = f" The next likely topic is {found.runner_up}." if found.runner_up else ""
    if text in here.taxonomy.moved:
        return f"It was put here by hand, or a lock keeps it here.{rival}"
    if here.map.prior_key is None:
        return f"No answer shaped this map: the text lies where its neighbours lie.{rival}"
    return f"The chance that this group is right is {found.chance:.0%}.{rival}"


def _count(texts: int) -> str:
    return "1 text" if texts == 1 else f"{texts:,} texts"
