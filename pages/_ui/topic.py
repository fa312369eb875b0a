"""One topic: its name and place, its flags, and the texts that show what it holds."""

from __future__ import annotations

import streamlit as st

from core.domain.taxonomy import Describe, Move, Rename, SetArchived, SetLock, SetReviewed
from core.project import telling
from core.project.checking import Overview, within
from core.project.mapping import Current
from core.project.viewing import TreeLine, examples
from pages._ui.cached import arrays, texts
from pages._ui.members import show_texts
from pages._ui.shaping import apply
from pages._ui.show import lines, plain
from pages._ui.splitting import show_split

_NAME, _TEXTS, _SPLIT = "Name and place", "Texts", "Split"


def show_topic(here: Current, overview: Overview, line: TreeLine) -> None:
    """Show everything about one topic, and what can be done with it."""
    topic = line.topic
    st.markdown(f"#### {plain(topic.label)}")
    _flags(here, line)
    for one in overview.about(topic.id):
        if one.kind != "not reviewed":
            st.caption(f":material/info: {plain(one.why)}")
    part = _NAME
    if line.leaf and line.size:
        part = st.segmented_control(
            "What to do",
            (_NAME, _TEXTS, _SPLIT),
            default=_NAME,
            required=True,
            key="topic_part",
            label_visibility="collapsed",
        )
    if part == _TEXTS:
        show_texts(here, overview, topic)
    elif part == _SPLIT:
        show_split(here, overview, topic)
    else:
        _names(here, overview, line)
        _examples(here, overview, line)


def _flags(here: Current, line: TreeLine) -> None:
    topic, version = line.topic, here.taxonomy.version
    with st.container(horizontal=True):
        if topic.reviewed:
            st.button(
                "Not reviewed",
                icon=":material/undo:",
                on_click=apply,
                args=(here, SetReviewed(version, topic.id, False)),
            )
        st.button(
            "Unlock" if topic.locked else "Lock",
            icon=":material/lock_open:" if topic.locked else ":material/lock:",
            shortcut="L",
            on_click=apply,
            args=(here, SetLock(version, topic.id, not topic.locked)),
            help="A locked topic keeps exactly its texts when the map is clustered again.",
        )
        st.button(
            "Archive",
            icon=":material/archive:",
            on_click=apply,
            args=(here, SetArchived(version, topic.id, True)),
            help="Set it aside with all under it; its texts count as unassigned until you "
            "restore it.",
        )


def _names(here: Current, overview: Overview, line: TreeLine) -> None:
    """Let label, description and place be changed."""
    topic, key = line.topic, f"{line.topic.id}v{here.taxonomy.version}"
    st.text_input(
        "Label", topic.label, key=f"label{key}", on_change=_rename, args=(here, topic.id, key)
    )
    st.text_area(
        "Description",
        topic.description,
        key=f"about{key}",
        on_change=_describe,
        args=(here, topic.id, key),
        height=90,
        placeholder="What belongs here, in a sentence or two",
    )
    inside = within(here.taxonomy, topic.id)
    labels = {"": "(top level)"} | {
        other.topic.id: other.topic.label
        for other in overview.lines
        if not other.leaf and other.topic.id not in inside
    }
    st.selectbox(
        "Under",
        list(labels),
        index=list(labels).index(topic.parent or ""),
        format_func=labels.get,
        key=f"under{key}",
        on_change=_move,
        args=(here, topic.id, key),
        help="A topic goes under one that has topics. To put two topics that hold texts under "
        "one, choose both and group them.",
    )


def _examples(here: Current, overview: Overview, line: TreeLine) -> None:
    if line.topic.keywords:
        st.caption("Keywords: " + plain(", ".join(line.topic.keywords)))
    if not line.leaf or not line.size:
        return
    near, far = examples(arrays(here.map.id)[0], overview.members(line.topic.id))
    known = texts(here.project)
    for title, ids in (("Central examples", near), ("Diverse examples", far)):
        if ids:
            st.markdown(f"**{title}**")
            lines(telling.shortened(known[i].body, 300) for i in ids)


def _rename(here: Current, topic: str, key: str) -> None:
    apply(here, Rename(here.taxonomy.version, topic, st.session_state[f"label{key}"]))


def _describe(here: Current, topic: str, key: str) -> None:
    apply(here, Describe(here.taxonomy.version, topic, st.session_state[f"about{key}"]))


def _move(here: Current, topic: str, key: str) -> None:
    apply(here, Move(here.taxonomy.version, topic, st.session_state[f"under{key}"] or None))
