"""The tray: the selected texts, and what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.project import exporting, telling
from core.project.mapping import Current
from core.project.viewing import View
from pages._ui.cached import texts
from pages._ui.moving import offer_move, offer_topic, offer_unassign
from pages._ui.position import clear_tray, tray
from pages._ui.shaping import show_stale

_MOST = 1_000  # texts listed: a brush may hold all


def show_tray(here: Current, shown: View) -> None:
    """Show the selected texts and the ways to move them. `shown` is by leaf topic."""
    show_stale(here)
    rows = shown.rows(tray())
    if not rows:
        st.caption("Select on the map, in the list or by search: the texts appear here.")
        return
    st.markdown(f"**{len(rows):,} selected**")
    wide = st.column_config.TextColumn(width="large")
    share = st.column_config.NumberColumn(format="%.2f", width="small")
    columns = {"Text": wide, "Confidence": share}
    frame = _table(here, shown, rows[:_MOST])
    # Shown short, downloaded whole.
    short = frame.assign(Text=[telling.shortened(body, 500) for body in frame["Text"]])
    st.dataframe(short, hide_index=True, height=280, column_config=columns)
    if len(rows) > _MOST:
        st.caption(f"The first {_MOST:,} are listed; the buttons are for all.")
    _actions(here, shown, tuple(shown.text_ids[row] for row in rows))


def _table(here: Current, shown: View, rows: Sequence[int]) -> pd.DataFrame:
    known, names = texts(here.project), shown.names
    return pd.DataFrame(
        {
            "Text": [known[shown.text_ids[row]].body for row in rows],
            "Topic": [names.get(int(shown.groups[row]), "(unassigned)") for row in rows],
            "Confidence": shown.strength[rows].round(2),
        }
    )


def _actions(here: Current, shown: View, chosen: tuple[str, ...]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        offer_move(here, {topic.id: topic.label for topic in shown.topics}, chosen)
        offer_topic(here, chosen, 200)
        offer_unassign(here, chosen)
        st.download_button(
            "Download",
            lambda: exporting.selection_csv(_table(here, shown, shown.rows(chosen))),
            "selected.csv",
            "text/csv",
            on_click="ignore",
        )
        st.button("Clear", on_click=clear_tray)
