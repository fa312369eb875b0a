"""The tree: read it, rename, describe, merge, group, move, lock, mark as reviewed."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.domain.taxonomy import Describe, Edit, Group, Merge, Move, Rename, SetLock, SetReviewed
from core.project import shaping
from core.project.mapping import Current
from core.project.viewing import TreeLine, View, examples, tree, view
from pages import _ui


def apply(here: Current, change: Edit) -> None:
    with _ui.told_errors():
        shaping.edit(_ui.workspace(), here.project.id, change, _ui.annotator())


def rename(here: Current, topic: str, key: str) -> None:
    apply(here, Rename(here.taxonomy.version, topic, st.session_state[key]))


def describe(here: Current, topic: str, key: str) -> None:
    apply(here, Describe(here.taxonomy.version, topic, st.session_state[key]))


def move(here: Current, topic: str, key: str) -> None:
    apply(here, Move(here.taxonomy.version, topic, st.session_state[key]))


def show_tree(lines: tuple[TreeLine, ...]) -> list[TreeLine]:
    """Show the tree; return the selected lines."""
    frame = pd.DataFrame(
        {
            "Topic": ["\u2003\u2003" * line.depth + line.topic.label for line in lines],
            "Texts": [line.size for line in lines],
            "Reviewed": [line.topic.reviewed for line in lines],
            "Locked": [line.topic.locked for line in lines],
        }
    )
    event = st.dataframe(
        frame,
        hide_index=True,
        height=640,
        on_select="rerun",
        selection_mode="multi-row",
        # Another tree shape starts with nothing selected: rows are not topics.
        key="tree" + "".join(line.topic.id for line in lines),
    )
    return [lines[row] for row in event["selection"]["rows"] if row < len(lines)]


def names(here: Current, line: TreeLine, lines: tuple[TreeLine, ...]) -> None:
    """Label, description and place of one topic."""
    topic, key = line.topic, f"{line.topic.id}v{here.taxonomy.version}"
    st.text_input(
        "Label",
        topic.label,
        key=f"label{key}",
        on_change=rename,
        args=(here, topic.id, f"label{key}"),
        max_chars=200,
    )
    st.text_area(
        "Description",
        topic.description,
        key=f"about{key}",
        on_change=describe,
        args=(here, topic.id, f"about{key}"),
        height=90,
        placeholder="What belongs here, in a sentence or two",
    )
    labels = {None: "(top level)"} | {
        other.topic.id: other.topic.label
        for other in lines
        if not other.leaf and other.topic.id != topic.id
    }
    st.selectbox(
        "Under",
        list(labels),
        index=list(labels).index(topic.parent),
        format_func=labels.get,
        key=f"under{key}",
        on_change=move,
        args=(here, topic.id, f"under{key}"),
    )


def one(here: Current, line: TreeLine, lines: tuple[TreeLine, ...], shown: View) -> None:
    """Everything about one topic."""
    topic, version = line.topic, here.taxonomy.version
    names(here, line, lines)
    review, lock = SetReviewed(version, topic.id, not topic.reviewed), not topic.locked
    with st.container(horizontal=True):
        st.button(
            "Mark as not reviewed" if topic.reviewed else "Mark as reviewed",
            type="secondary" if topic.reviewed else "primary",
            icon=":material/check:",
            on_click=apply,
            args=(here, review),
        )
        st.button(
            "Unlock" if topic.locked else "Lock",
            icon=":material/lock:",
            on_click=apply,
            args=(here, SetLock(version, topic.id, lock)),
            help="A locked topic keeps exactly its texts when the map is clustered again.",
        )
    if topic.keywords:
        st.caption("Keywords: " + _ui.plain(", ".join(topic.keywords)))
    if line.leaf and line.size:
        group = next(i for i, other in enumerate(shown.topics) if other.id == topic.id)
        near, far = examples(_ui.arrays(here.map.id)[0], shown, group)
        for title, ids in (("Central examples", near), ("Diverse examples", far)):
            st.markdown(f"**{title}**")
            _ui.lines(_ui.texts(here.project)[i].body for i in ids)


def several(here: Current, chosen: list[TreeLine]) -> None:
    """What can be done with several topics at once."""
    version, ids = here.taxonomy.version, tuple(line.topic.id for line in chosen)
    st.markdown(f"**{len(chosen)} topics, {sum(line.size for line in chosen):,} texts**")
    _ui.lines(f"{line.topic.label} ({line.size:,})" for line in chosen)
    label = st.text_input("Group under a new parent", placeholder="its name", max_chars=200)
    grouping, merging = Group(version, ids, label), Merge(version, ids)
    st.button("Group", disabled=not label.strip(), on_click=apply, args=(here, grouping))
    if all(line.leaf for line in chosen):
        st.caption("Or make one topic of them; it keeps the first one's name.")
        st.button("Merge into one", on_click=apply, args=(here, merging))


_ui.title("Taxonomy")
here = _ui.demand_map()
_, layout, clustering = _ui.arrays(here.map.id)
shown = view(here.taxonomy, layout, clustering)
lines = tree(here.taxonomy, shown.assignment)
ends = [line for line in lines if line.leaf]
done = sum(line.topic.reviewed for line in ends)
st.progress(done / max(len(ends), 1), text=f"{done} of {len(ends)} topics reviewed")
_ui.show_growing(here)
_ui.show_naming(here)
left, right = st.columns([6, 5], gap="large")
with left:
    chosen = show_tree(lines)
with right:
    if not chosen:
        st.info("Select a topic to read, name or move it; several to group or merge them.")
    elif len(chosen) == 1:
        one(here, chosen[0], lines, shown)
    else:
        several(here, chosen)
