"""The map: make it, read it, and select texts on it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core.domain.projects import Project
from core.project import comparing, intake, judging, pictures, use_cases
from core.project.granularity import Preview
from core.project.mapping import Current, current
from core.project.viewing import View
from pages import _ui


def working(project: Project) -> bool:
    """Show a running job in place of the map; before the first map, how to start it."""
    job = use_cases.live_job(_ui.workspace(), project.id)
    # While a model is asked or the map is compared, it stands.
    if job is not None and job.kind not in (judging.KIND, judging.TRY, comparing.KIND):
        _ui.watch(job)
        return True
    _ui.tell_end(use_cases.newest_job(_ui.workspace(), project.id, "map", "regroup", "add"))
    if project.head is not None:
        return False
    work = _ui.work_of(project)
    st.markdown(
        f"**{work.texts:,} texts** are ready to be embedded, laid out, clustered and named."
    )
    if not _ui.many_texts(project):
        st.caption(f"This takes {work.told}. Nothing leaves this computer.")
    _ui.first_embedder(project)
    return True


def search_box(project: Project) -> None:
    # Over the list, not among the settings: what is found needs the room of one more button.
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        query = st.text_input(
            "Search", placeholder="Search words, or /a pattern/", label_visibility="collapsed"
        )
        if query:
            with _ui.told_errors():
                found = intake.search(_ui.corpus(project), query)
                label = f"Select all {len(found):,}"
                _ui.press(label, _ui.put_in_tray, found, disabled=not found)


def ranked(shown: View) -> list[int]:
    """Show the topics by size; return the groups whose lines are selected."""
    counts = shown.counts()
    order = np.argsort(-counts, kind="stable")
    frame = pd.DataFrame({"Topic": [shown.names[i] for i in order], "Texts": counts[order]})
    event = st.dataframe(
        frame,
        hide_index=True,
        height=480,
        on_select="rerun",
        selection_mode="multi-row",
        column_config={"Texts": st.column_config.NumberColumn(format="localized")},
    )
    total, loose = len(shown.groups), int((shown.groups < 0).sum())
    st.caption(
        f"{len(order):,} topics · {loose:,} of {total:,} texts unassigned ({loose / total:.0%})"
    )
    focus = [int(order[row]) for row in event["selection"]["rows"]]
    if focus:
        chosen = tuple(shown.text_ids[row] for group in focus for row in shown.members(group))
        _ui.press(f"Select these {len(chosen):,} texts", _ui.put_in_tray, chosen)
    return focus


def moved_texts(here: Current, color: str) -> tuple[str, ...]:
    if color == pictures.RETRAINED:
        return _ui.rounds(here).moved
    return _ui.moved(here).texts if color == pictures.MOVED else ()


def draw(here: Current, shown: View, color: str, focus: list[int]) -> None:
    chart = pictures.scatter(
        here.project,
        shown,
        _ui.texts(here.project),
        color=color,
        focus=focus,
        keep=_ui.ringed(),
        dark=_ui.is_dark(),
        moved=moved_texts(here, color),
        rounds=_ui.rounds(here).of if color == pictures.ROUND else None,
        row_ids=_ui.row_ids(here.project),
    )
    key = f"scatter{here.map.id}{color}{_ui.drawing()}"

    def select() -> None:
        _ui.take_from_map(pictures.selected(shown, st.session_state[key].get("selection", {})))

    # The tray may be below the screen's edge; one line always, or the map would jump.
    found = len(_ui.tray())
    told = f"{found:,} selected, listed below" if found else "Drag or click a point to select"
    st.caption(f"{told} · wheel to zoom · shift-drag to pan")
    st.altair_chart(chart, key=key, on_select=select, selection_mode=["brush", "pick"])


def draw_level(here: Current, shown: View, level: Preview) -> None:
    chart = pictures.level_map(here.project, shown, level, keep=_ui.ringed(), dark=_ui.is_dark())
    st.caption(f"Preview of {len(level.names):,} groups; nothing is changed yet.")
    st.altair_chart(chart, key=f"level{here.map.id}")


_ui.title("Map")
project = _ui.demand_project()
if not working(project):
    here = current(_ui.workspace(), project.id)
    _ui.show_waiting(here)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shaped = [] if here.map.prior_key is None else [pictures.MOVED]
        shaped += [pictures.ROUND, pictures.RETRAINED] if here.map.round else []
        colors = ["Topic", "Parent", pictures.CONFIDENCE, *shaped, *project.columns.metadata]
        color = st.selectbox("Colour by", colors, width=170)
        every = st.toggle("All points", key="every", help="Draw every text, by topic.")
        _ui.clustering_settings(here)
        _ui.other_embedder(here)
        by_topic = _ui.viewed(here)
        _ui.download_map(here, by_topic)
    level = _ui.granularity(here, by_topic)
    shown = _ui.viewed(here, roots=True) if color == "Parent" else by_topic
    left, right = st.columns([7, 4], gap="medium")
    with right:
        search_box(project)
        focus = ranked(shown)
    with left:
        if level:
            draw_level(here, by_topic, level)
        elif every:
            _ui.all_points(here, shown, focus)
        else:
            draw(here, shown, color, focus)
    _ui.show_moves(here)
    _ui.show_tray(here, by_topic)
    _ui.why_here(here, by_topic)
    _ui.show_likeness(here, by_topic, focus if shown is by_topic else [])
    _ui.show_duplicates(here)
    _ui.show_over_time(here, shown, focus)
    _ui.show_condensed(here)
    _ui.show_comparison(here, by_topic)
