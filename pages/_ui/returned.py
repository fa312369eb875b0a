"""An edited workbook comes back: what it would change, then all of it or nothing."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.project import importing
from core.project.importing import Offer
from core.project.mapping import Current
from pages._ui.cached import workspace
from pages._ui.people import annotator
from pages._ui.show import plain, told_errors

_SHOWN = 500


def show_import(here: Current) -> None:
    """Show where an edited workbook is brought back, and what it would change."""
    st.markdown("#### Bring an edited workbook back")
    st.caption(
        "Edit workbook.xlsx in Excel or LibreOffice: new names, other parents, other clusters for "
        "texts, in the coloured columns. Every change is shown here before it is made."
    )
    done = st.session_state.pop("took_over", "")
    if done:
        st.success(plain(done), icon=":material/check:")
    turn = st.session_state.setdefault("returned_turn", 0)
    file = st.file_uploader("Edited workbook", type="xlsx", key=f"returned{turn}")
    if file is None:
        return
    with told_errors():
        book = importing.read(workspace(), here.project.id, file.name, file.getvalue())
        _offer(here, importing.offer(workspace(), here, book))


def _offer(here: Current, found: Offer) -> None:
    st.markdown(f"**{plain(found.told)}**")
    if found.left_out:
        st.caption(plain(found.left_out))
    if found.stale:
        st.warning(plain(found.stale), icon=":material/history:")
    if not found.lines:
        return
    frame = pd.DataFrame(
        {
            "What": [line.what for line in found.lines[:_SHOWN]],
            "Which": [line.which for line in found.lines[:_SHOWN]],
            "Now": [line.now for line in found.lines[:_SHOWN]],
            "Then": [line.then for line in found.lines[:_SHOWN]],
        }
    )
    st.dataframe(
        frame,
        hide_index=True,
        column_config={
            "What": st.column_config.TextColumn(width="small"),
            "Which": st.column_config.TextColumn(width="large"),
        },
    )
    if len(found.lines) > _SHOWN:
        st.caption(f"The first {_SHOWN} of {len(found.lines):,} changes are shown.")
    sure = True
    if found.stale:
        sure = st.checkbox("I have read the changes; make them on the taxonomy as it is now")
    with st.container(horizontal=True):
        st.button(
            "Make this change"
            if len(found.lines) == 1
            else f"Make all {len(found.lines):,} changes",
            type="primary",
            icon=":material/check:",
            disabled=not sure,
            on_click=_take_over,
            args=(here, found),
        )
        st.button("Leave everything as it is", on_click=_put_away)


def _take_over(here: Current, found: Offer) -> None:
    with told_errors():
        importing.take_over(workspace(), here.project.id, found, annotator())
        count = len(found.lines)
        made = "1 change was" if count == 1 else f"{count:,} changes were"
        st.session_state["took_over"] = f"{made} made. Undo takes all of it back."
        _put_away()


def _put_away() -> None:
    """Empty the uploader: it is another one from now on."""
    st.session_state["returned_turn"] += 1
