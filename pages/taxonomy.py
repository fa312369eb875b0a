"""The tree: read it, rename, describe, merge, group, move, lock, mark as reviewed."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from pages import _ui

from core.domain.taxonomy import Describe, Edit, Group, Merge, Move, Rename, SetLock, SetReviewed
from core.project import shaping
from core.project.mapping import Current
from core.project.viewing import TreeLine, tree, view
from core.steps.taxonomy import central, diverse


def apply(here: Current, change: Edit) -> None:
    with _ui.told_errors():
        shaping.edit(_ui.workspace(), here.project.id, change, _ui.annotator())


def rename(here: Current, topic: str, key: str) -> None:
    apply(here, Rename(here.taxonomy.version, topic, st.session_state[key]))


def describe(here: Current, topic: str, key: str) -> None:
    apply(here, Describe(here.taxonomy.version, topic, st.session_state[key]))


def show_tree(lines: tuple[TreeLine, ...], key: str) -> list[TreeLine]:
    """Show the tree; return the selected lines."""
    frame = pd.DataFrame(
        {
            "Topic": ["\u2003\u2003" * line.depth + line.topic.label for line in lines],
            "Texts": [line.size for line in lines],
            "Locked": [line.topic.locked for line in lines],
            "Reviewed": [line.topic.reviewed for line in lines],
            "Named by": [line.topic.named_by for line in lines],
        }
    )
    event = st.dataframe(
        frame, hide_index=True, height=620, on_select="rerun", selection_mode="multi-row", key=key
    )
    return [lines[row] for row in event["selection"]["rows"] if row < len(lines)]


def one(here: Current, line: TreeLine, lines: tuple[TreeLine, ...]) -> None:
    """Everything about one topic."""
    topic, version = line.topic, here.taxonomy.version
    key = f"{topic.id}v{version}"
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
        height=80,
        placeholder="What belongs here, in a sentence or two",
    )
    parents = [
        None,
        *(other.topic for other in lines if not other.leaf and other.topic.id != topic.id),
    ]
    now = next((i for i, parent in enumerate(parents) if parent and parent.id == topic.parent), 0)
    target = st.selectbox(
        "Under",
        parents,
        index=now,
        format_func=lambda parent: parent.label if parent else "(top level)",
        key=f"under{key}",
    )
    if (target.id if target else None) != topic.parent:
        apply(here, Move(version, topic.id, target.id if target else None))
        st.rerun()
    with st.container(horizontal=True):
        st.button(
            "Not reviewed" if topic.reviewed else "Mark as reviewed",
            type="secondary" if topic.reviewed else "primary",
            icon=":material/check:",
            on_click=apply,
            args=(here, SetReviewed(version, topic.id, not topic.reviewed)),
        )
        st.button(
            "Unlock" if topic.locked else "Lock",
            icon=":material/lock:",
            on_click=apply,
            args=(here, SetLock(version, topic.id, not topic.locked)),
            help="A locked topic keeps exactly its texts when the map is clustered again.",
        )
    if topic.keywords:
        st.caption("Keywords: " + _ui.plain(", ".join(topic.keywords)))
    if line.leaf:
        examples(here, topic.id)


def examples(here: Current, topic_id: str) -> None:
    embedding, layout, clustering = _ui.map_arrays(here.map)
    shown = view(here.taxonomy, layout, clustering)
    group = next(i for i, topic in enumerate(shown.topics) if topic.id == topic_id)
    members = shown.members(group).tolist()
    known = _ui.texts(here.project)
    near, far = central(embedding, members, 5), diverse(embedding, members, 5)
    st.markdown("**Central examples**")
    _ui.lines([known[shown.text_ids[row]].body for row in near])
    st.markdown("**Diverse examples**")
    _ui.lines([known[shown.text_ids[row]].body for row in far if row not in near])


def several(here: Current, chosen: list[TreeLine]) -> None:
    """What can be done with several topics at once."""
    version, ids = here.taxonomy.version, tuple(line.topic.id for line in chosen)
    st.markdown(f"**{len(chosen)} topics, {sum(line.size for line in chosen):,} texts**")
    _ui.lines([f"{line.topic.label} ({line.size:,})" for line in chosen])
    label = st.text_input("Group under a new parent", placeholder="its name", max_chars=200)
    st.button(
        "Group", disabled=not label.strip(), on_click=apply, args=(here, Group(version, ids, label))
    )
    if all(line.leaf for line in chosen):
        st.caption("Or make one topic of them; it keeps the first one's name.")
        st.button(
            "Merge into one",
            icon=":material/merge:",
            on_click=apply,
            args=(here, Merge(version, ids)),
        )


st.title("Taxonomy")
here = _ui.demand_map()
_, layout, clustering = _ui.map_arrays(here.map)
lines = tree(here.taxonomy, view(here.taxonomy, layout, clustering).assignment)
done = sum(line.topic.reviewed for line in lines if line.leaf)
total = sum(line.leaf for line in lines)
st.progress(
    done / total if total else 0.0,
    text=f"{done} of {total} topics reviewed · version {here.taxonomy.version}",
)
left, right = st.columns([6, 5], gap="large")
with left:
    chosen = show_tree(lines, key=f"tree{len(lines)}")
with right:
    if not chosen:
        st.info(
            "Select a topic to read, rename or move it; select several to group or merge them.",
            icon=":material/arrow_back:",
        )
    elif len(chosen) == 1:
        one(here, chosen[0], lines)
    else:
        several(here, chosen)
