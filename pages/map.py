"""The map: make it, read it, and select texts on it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.domain.projects import Project
from core.project import intake, pictures, use_cases
from core.project.granularity import Preview
from core.project.mapping import Current, current, describe, expected_seconds
from core.project.viewing import View, view
from pages import _ui

METHODS = {
    "hdbscan": "HDBSCAN: finds how many clusters there are, leaves odd texts unassigned",
    "kmeans": "k-means: a given number of round clusters, every text assigned",
    "ward": "Ward: a given number of clusters, joined step by step",
}
DETAIL = {"leaf": "leaf: many fine clusters", "eom": "eom: fewer, wider clusters"}


def make(project_id: str, **params: Any) -> None:
    _ui.start(project_id, "map", params)


def working(project: Project) -> bool:
    """Show a running job in place of the map; before the first map, how to start it."""
    job = use_cases.live_job(_ui.workspace(), project.id)
    if job is not None:
        _ui.watch(job)
        return True
    _ui.tell_end(use_cases.last_job(_ui.workspace(), project.id, "map"))
    if project.head is not None:
        return False
    count = len(_ui.corpus(project).texts)
    st.markdown(f"**{count:,} texts** are ready to be embedded, laid out, clustered and named.")
    st.caption(f"About {expected_seconds(count)} s on two cores. Nothing leaves this computer.")
    st.button("Make the map", type="primary", on_click=make, args=(project.id,))
    return True


def clustering_settings(here: Current) -> None:
    spec = here.map.spec
    with st.popover("Clustering", icon=":material/tune:"):
        st.caption(f"Now: {describe(spec)}.")
        methods, details = list(METHODS), list(DETAIL)
        method = st.radio(
            "Method", methods, index=methods.index(spec.method), format_func=METHODS.get
        )
        params: dict[str, Any] = {"method": method}
        if method == "hdbscan":
            params["selection"] = st.radio(
                "Detail", details, index=details.index(spec.selection), format_func=DETAIL.get
            )
            params["min_cluster_size"] = st.number_input(
                "Smallest cluster (texts)", 2, 5000, spec.min_cluster_size or 10
            )
        else:
            params["k"] = st.number_input("Clusters", 2, 2000, spec.k or 40)
        st.button(
            "Cluster again", type="primary", on_click=make, args=(here.project.id,), kwargs=params
        )
        st.caption("Names, locks and moves made by hand are carried over; Undo brings all back.")


def search_box(project: Project) -> None:
    query = st.text_input("Search", placeholder="words, or /a regular expression/", width=300)
    if query:
        with _ui.told_errors():
            found = intake.search(_ui.corpus(project), query)
            st.button(
                f"Select all {len(found):,}",
                disabled=not found,
                on_click=_ui.put_in_tray,
                args=(found,),
            )


def ranked(shown: View) -> list[int]:
    """Show the topics by size; return the groups whose lines are selected."""
    counts = shown.counts()
    order = np.argsort(-counts, kind="stable")
    frame = pd.DataFrame({"Topic": [shown.names[i] for i in order], "Texts": counts[order]})
    event = st.dataframe(
        frame, hide_index=True, height=520, on_select="rerun", selection_mode="multi-row"
    )
    total, loose = len(shown.groups), int((shown.groups < 0).sum())
    st.caption(
        f"{len(order):,} topics · {loose:,} of {total:,} texts unassigned ({loose / total:.0%})"
    )
    focus = [int(order[row]) for row in event["selection"]["rows"]]
    if focus:
        chosen = tuple(shown.text_ids[row] for group in focus for row in shown.members(group))
        st.button(f"Select these {len(chosen):,} texts", on_click=_ui.put_in_tray, args=(chosen,))
    return focus


def draw(here: Current, shown: View, color: str, focus: list[int]) -> None:
    chart = pictures.scatter(
        here.project,
        shown,
        _ui.texts(here.project),
        color=color,
        focus=focus,
        keep=_ui.tray(),
        dark=_ui.is_dark(),
    )
    key = f"scatter{here.map.id}{color}"

    def select() -> None:
        _ui.put_in_tray(pictures.selected(shown, st.session_state[key].get("selection", {})))

    st.caption("Drag to select · wheel to zoom · shift-drag to pan · click a point for one text")
    st.altair_chart(chart, key=key, on_select=select, selection_mode=["brush", "pick"])


def draw_level(here: Current, shown: View, level: Preview) -> None:
    chart = pictures.level_map(here.project, shown, level, keep=_ui.tray(), dark=_ui.is_dark())
    st.caption(f"Preview of {len(level.names):,} groups; nothing is changed yet.")
    st.altair_chart(chart, key=f"level{here.map.id}")


_ui.title("Map")
project = _ui.demand_project()
if not working(project):
    here = current(_ui.workspace(), project.id)
    _, layout, clustering = _ui.arrays(here.map.id)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        colors = ["Topic", "Parent", pictures.CONFIDENCE, *project.columns.metadata]
        color = st.selectbox("Colour by", colors, width=200)
        search_box(project)
        clustering_settings(here)
    by_topic = view(here.taxonomy, layout, clustering)
    level = _ui.granularity(here, by_topic)
    shown = view(here.taxonomy, layout, clustering, roots=True) if color == "Parent" else by_topic
    left, right = st.columns([7, 4], gap="medium")
    with right:
        focus = ranked(shown)
    with left:
        if level:
            draw_level(here, by_topic, level)
        else:
            draw(here, shown, color, focus)
    _ui.show_tray(here, by_topic)
