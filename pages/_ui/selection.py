"""The tray: the selected texts, and what can be done with them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.domain.taxonomy import NewTopic, Reassign
from core.project import exporting
from core.project.mapping import Current
from core.project.viewing import View
from pages._ui.cached import texts
from pages._ui.position import put_in_tray, tray
from pages._ui.shaping import apply, show_stale


def show_tray(here: Current, shown: View) -> None:
    """Show the selected texts and the ways to move them. `shown` is by leaf topic."""
    show_stale(here)
    rows = shown.rows(tray())
    if not rows:
        st.caption("Select on the map, in the list or by search: the texts appear here.")
        return
    known = texts(here.project)
    frame = pd.DataFrame(
        {
            "Text": [known[shown.text_ids[row]].body for row in rows],
            "Topic": [shown.names.get(int(shown.groups[row]), "(unassigned)") for row in rows],
            "Confidence": shown.strength[rows].round(2),
        }
    )
    st.markdown(f"**{len(rows):,} selected**")
    wide = st.column_config.TextColumn(width="large")
    share = st.column_config.NumberColumn(format="%.2f", width="small")
    columns = {"Text": wide, "Confidence": share}
    st.dataframe(frame, hide_index=True, height=280, column_config=columns)
    _actions(here, shown, tuple(shown.text_ids[row] for row in rows), frame)


def _actions(here: Current, shown: View, chosen: tuple[str, ...], frame: pd.DataFrame) -> None:
    version, names = here.taxonomy.version, {topic.id: topic.label for topic in shown.topics}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        target = st.selectbox(
            "Move to",
            list(names),
            format_func=names.get,
            index=None,
            placeholder="a topic",
            width=260,
        )
        move = Reassign(version, chosen, target or "")
        st.button("Move", disabled=target is None, on_click=apply, args=(here, move))
        label = st.text_input("New topic", placeholder="its name", width=200)
        make = NewTopic(version, chosen, label)
        st.button("Create", disabled=not label.strip(), on_click=apply, args=(here, make))
        st.button("Unassign", on_click=apply, args=(here, Reassign(version, chosen, "")))
        st.download_button(
            "Download",
            exporting.selection_csv(frame),
            "selected.csv",
            "text/csv",
            on_click="ignore",
        )
        st.button("Clear", on_click=put_in_tray, args=((),))
