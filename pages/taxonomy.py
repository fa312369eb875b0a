"""The tree: shape it by hand, walk through it, and see what deserves a second look."""

from __future__ import annotations

import streamlit as st

from core.project.checking import Overview
from core.project.mapping import Current
from pages import _ui

SHAPE, CHECKS = "Shape", "Checks"


def look(topic_ids: tuple[str, ...]) -> None:
    """Go from a check to the topics that it is about."""
    _ui.pick(topic_ids)
    st.session_state["taxonomy_view"] = SHAPE


def shape(here: Current, overview: Overview) -> None:
    """The tree beside what is chosen in it."""
    _ui.walk(here, overview)
    left, right = st.columns([6, 5], gap="large")
    with left:
        chosen = _ui.show_tree(overview)
        _ui.show_archived(here, overview)
    with right:
        if not chosen:
            st.info("Select a topic to read, name or move it; several to group or merge them.")
        elif len(chosen) == 1:
            _ui.show_topic(here, overview, chosen[0])
        else:
            _ui.show_topics(here, chosen)


def checks(here: Current, overview: Overview) -> None:
    """What deserves a second look."""
    _ui.show_checks(here, overview, look)


VIEWS = {SHAPE: shape, CHECKS: checks}

_ui.title("Taxonomy")
here = _ui.demand_map()
overview = _ui.overview(here)
_ui.show_stale(here)
_ui.show_growing(here)
_ui.show_naming(here)
doubts = sum(one.kind != "not reviewed" for one in overview.findings)
view = st.segmented_control(
    "View",
    tuple(VIEWS),
    format_func=lambda name: f"{name} ({doubts:,})" if name == CHECKS and doubts else name,
    default=SHAPE,
    required=True,
    key="taxonomy_view",
    label_visibility="collapsed",
)
VIEWS[str(view)](here, overview)
