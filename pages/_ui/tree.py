"""The tree as a table, and which of its topics are chosen."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from core.domain.taxonomy import SetArchived, SetReviewed
from core.project.checking import Overview
from core.project.mapping import Current
from core.project.viewing import TreeLine
from pages._ui.shaping import apply
from pages._ui.show import plain

_PICKED, _TURN = "picked", "tree_turn"
_HEIGHT = 560


def pick(topic_ids: Iterable[str]) -> None:
    """Choose topics; the table and the box above it show them."""
    st.session_state[_PICKED] = list(topic_ids)
    _redraw()


def picked(overview: Overview) -> list[TreeLine]:
    """Return the lines of the chosen topics that are there."""
    place = {line.topic.id: line for line in overview.lines}
    return [place[topic] for topic in st.session_state.get(_PICKED, ()) if topic in place]


def walk(here: Current, overview: Overview) -> None:
    """Show how many topics are reviewed, and the way to the next that is not."""
    ends = overview.ends
    done = sum(topic.reviewed for topic in ends)
    st.progress(done / max(len(ends), 1), text=f"{done:,} of {len(ends):,} topics reviewed")
    chosen = picked(overview)
    at = chosen[0].topic if len(chosen) == 1 else None
    following = overview.next_unreviewed(at.id if at else None)
    with st.container(horizontal=True):
        if at is not None and not at.reviewed:
            st.button(
                "Reviewed, next",
                type="primary",
                icon=":material/check:",
                shortcut="Y",
                on_click=_reviewed,
                args=(here, at.id, following),
            )
        st.button(
            "Next unreviewed",
            icon=":material/arrow_downward:",
            shortcut="N",
            disabled=following is None,
            on_click=pick,
            args=((following,) if following else (),),
        )


def _reviewed(here: Current, topic_id: str, following: str | None) -> None:
    if apply(here, SetReviewed(here.taxonomy.version, topic_id, True)):
        pick((following or topic_id,))


def show_tree(overview: Overview) -> list[TreeLine]:
    """Show the tree with what can be chosen in it; return the chosen lines."""
    lines = overview.lines
    ids = [line.topic.id for line in lines]
    st.session_state[_PICKED] = [t for t in st.session_state.get(_PICKED, ()) if t in set(ids)]
    named = {line.topic.id: f"{line.topic.label} ({line.size:,})" for line in lines}
    st.multiselect(
        "Topics",
        ids,
        format_func=lambda topic: named.get(topic, topic),
        key=_PICKED,
        on_change=_redraw,
        placeholder="Choose here by typing, or in the table",
        filter_mode="contains",
        select_all=False,
        label_visibility="collapsed",
    )
    # Rows are not topics: another order of the tree, or another choice, is another table.
    key = f"tree{st.session_state.get(_TURN, 0)}{'.'.join(ids)}"
    rows = [ids.index(topic) for topic in st.session_state[_PICKED]]

    def choose() -> None:
        selected = st.session_state[key]["selection"]["rows"]
        st.session_state[_PICKED] = [ids[row] for row in selected if row < len(ids)]

    st.dataframe(
        _frame(overview),
        hide_index=True,
        height=_HEIGHT,
        on_select=choose,
        selection_mode="multi-row",
        selection_default={"selection": {"rows": rows, "columns": [], "cells": []}},
        key=key,
        column_config={
            "Topic": st.column_config.TextColumn(width="medium"),
            "Texts": st.column_config.NumberColumn(format="localized", width=60),
            "Cohesion": st.column_config.NumberColumn(
                format="%.2f",
                width=80,
                help="How alike its texts are: their mean cosine to their middle, 1 at most.",
            ),
            "Reviewed": st.column_config.CheckboxColumn(width=80),
            "Locked": st.column_config.CheckboxColumn(width=70),
            "Status": st.column_config.TextColumn(width=150),
            "Description": st.column_config.TextColumn(width="medium"),
        },
    )
    return picked(overview)


def _redraw() -> None:
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def _frame(overview: Overview) -> pd.DataFrame:
    lines, held = overview.lines, overview.middles
    doubts: dict[str, list[str]] = {line.topic.id: [] for line in lines}
    for one in overview.findings:
        for topic in one.topics if one.kind != "not reviewed" else ():
            if one.kind not in doubts[topic]:
                doubts[topic].append(one.kind)
    return pd.DataFrame(
        {
            "Topic": ["\u2003\u2003" * line.depth + line.topic.label for line in lines],
            "Texts": [line.size for line in lines],
            "Cohesion": [
                held[line.topic.id].cohesion if line.topic.id in held else None for line in lines
            ],
            "Reviewed": [line.topic.reviewed for line in lines],
            "Locked": [line.topic.locked for line in lines],
            "Status": [_status(line, doubts[line.topic.id]) for line in lines],
            "Description": [line.topic.description for line in lines],
        }
    )


def _status(line: TreeLine, doubts: list[str]) -> str:
    named = {
        "human": "named by a person",
        "keywords": "keywords as name",
        "llm": "named by a language model",
    }
    return ", ".join(doubts) or named.get(line.topic.named_by, "")


def show_archived(here: Current, overview: Overview) -> None:
    """Show what is set aside, with the way back."""
    if not overview.archived:
        return
    count = len(overview.archived)
    with st.expander(f"{count:,} archived {'topic' if count == 1 else 'topics'}"):
        st.caption("Their texts count as unassigned. Nothing of them is lost.")
        for line in overview.archived:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.button(
                    "Restore",
                    key=f"restore{line.topic.id}",
                    icon=":material/unarchive:",
                    on_click=apply,
                    args=(here, SetArchived(here.taxonomy.version, line.topic.id, False)),
                )
                st.markdown(f"{plain(line.topic.label)} ({line.size:,})")
