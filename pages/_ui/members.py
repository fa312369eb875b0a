"""The texts of a topic: read them, and move those that belong elsewhere."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core.domain.taxonomy import Topic
from core.project import telling
from core.project.checking import Overview
from core.project.mapping import Current
from core.project.viewing import likeness
from pages._ui.cached import arrays, texts
from pages._ui.moving import offer_move, offer_topic, offer_unassign


def show_texts(here: Current, overview: Overview, topic: Topic) -> None:
    """Show the texts of a leaf, those least like it first where wanted, and move some."""
    members = overview.members(topic.id)
    near = likeness(arrays(here.map.id)[0], overview.middles[topic.id].centre, members)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input("Find", key=f"find{topic.id}", placeholder="words", width=220)
        odd = st.toggle("Least alike first", True, key="odd_first")
    known = texts(here.project)
    order = np.argsort(near if odd else -near, kind="stable").tolist()
    wanted = words.casefold()
    shown = [row for row in order if wanted in known[members[row]].body.casefold()]
    frame = pd.DataFrame(
        {
            "Text": [telling.shortened(known[members[row]].body, 500) for row in shown],
            "Likeness": [float(near[row]) for row in shown],
        }
    )
    event = st.dataframe(
        frame,
        hide_index=True,
        height=330,
        on_select="rerun",
        selection_mode="multi-row",
        # Rows are not texts: after a move, or in another order, nothing is selected.
        key=f"texts{topic.id}v{here.taxonomy.version}{odd}{words}",
        column_config={
            "Text": st.column_config.TextColumn(width="large"),
            "Likeness": st.column_config.NumberColumn(
                format="%.2f", width="small", help="Cosine to the middle of the topic."
            ),
        },
    )
    rows = event["selection"]["rows"]
    chosen = tuple(members[shown[row]] for row in rows if row < len(shown))
    st.caption(
        f"{len(chosen):,} of {len(members):,} texts chosen. By keyboard: arrows, then Shift+Space."
    )
    _actions(here, overview, topic, chosen)


def _actions(here: Current, overview: Overview, topic: Topic, chosen: tuple[str, ...]) -> None:
    names = {
        line.topic.id: line.topic.label
        for line in overview.lines
        if line.leaf and line.topic.id != topic.id
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        offer_move(here, names, chosen)
        offer_unassign(here, chosen)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        offer_topic(here, chosen, 260)
