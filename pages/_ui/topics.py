"""Several topics: made one, or put under a new parent."""

from __future__ import annotations

import streamlit as st

from core.domain.taxonomy import Group, Merge
from core.project.mapping import Current
from core.project.viewing import TreeLine
from pages._ui.press import press
from pages._ui.shaping import apply
from pages._ui.show import plain
from pages._ui.tree import pick


def show_topics(here: Current, chosen: list[TreeLine]) -> None:
    """Show the chosen topics, those that stay out unticked, and what can be done with them."""
    st.markdown(f"#### {len(chosen):,} topics, {sum(line.size for line in chosen):,} texts")
    ticked = [
        line
        for line in chosen
        if st.checkbox(f"{plain(line.topic.label)} ({line.size:,})", True, f"in{line.topic.id}")
    ]
    st.caption("Untick what should stay as it is.")
    _merge(here, ticked)
    _group(here, ticked)


def _merge(here: Current, ticked: list[TreeLine]) -> None:
    st.markdown("##### Make one topic of them")
    labels = {line.topic.id: line.topic.label for line in ticked}
    kept = st.selectbox("It keeps the name of", list(labels), format_func=labels.get)
    parents = [line.topic.label for line in ticked if not line.leaf]
    if parents:
        st.caption(
            f"{plain(parents[0])} has topics under it, and only topics that hold texts can be "
            "merged. Untick it, or choose the topics under it."
        )
    order = tuple(sorted(labels, key=lambda topic: topic != kept))
    press(
        f"Merge {len(ticked):,} into one",
        *(_merged, here, order),
        icon=":material/merge:",
        shortcut="M",
        disabled=len(ticked) < 2 or bool(parents),
    )


def _group(here: Current, ticked: list[TreeLine]) -> None:
    st.markdown("##### Put them under a new parent")
    label = st.text_input("Name of the parent", key="group_label")
    grouping = Group(here.taxonomy.version, tuple(line.topic.id for line in ticked), label)
    press(
        f"Group {len(ticked):,}",
        *(_grouped, here, grouping),
        icon=":material/account_tree:",
        disabled=not ticked,
    )


def _merged(here: Current, order: tuple[str, ...]) -> None:
    if apply(here, Merge(here.taxonomy.version, order)):
        pick(order[:1])


def _grouped(here: Current, grouping: Group) -> None:
    if apply(here, grouping):
        st.session_state["group_label"] = ""
        pick(())
