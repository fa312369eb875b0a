"""The tree over the topics: have it grown again, see it beside the old one, use it or not."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.domain.growing import GrowthSpec, TreeOffer
from core.domain.taxonomy import Topic
from core.project import growing, judging, use_cases
from core.project.mapping import Current
from pages._ui.cached import workspace
from pages._ui.llm import typed_key
from pages._ui.people import annotator
from pages._ui.press import press
from pages._ui.show import plain, told_errors
from pages._ui.work import start, tell_end, watch

_KINDS = (growing.KIND, "regroup")
_INDENT = "\u2003\u2003"
_TALLEST, _ROW = 520, 36  # pixels


def show_growing(here: Current) -> None:
    """Show a tree on offer, or the ways to have one grown."""
    job = use_cases.live_job(workspace(), here.project.id)
    if job is not None and job.kind in _KINDS:
        watch(job)
        return
    with told_errors():
        offered = growing.tree_on_offer(workspace(), here)
        lid = st.expander(
            "Grow the tree again",
            expanded=offered is not None,
            icon=":material/account_tree:",
            key="growing",
            on_change="rerun",
        )
        if not lid.open:
            return
        with lid:
            tell_end(use_cases.newest_job(workspace(), here.project.id, *_KINDS))
            if offered is not None:
                _show_offer(here, offered)
            else:
                _ask(here)


def _show_offer(here: Current, offered: TreeOffer) -> None:
    shown = growing.offered_lines(workspace(), here, offered)
    leaves = [line for line in shown if line.now is not None]
    parents = len(shown) - len(leaves)
    who = f"by {offered.model}" if offered.model else "by linkage"
    st.markdown(
        f"**A new tree {plain(who)}: {parents:,} parents over {len(leaves):,} topics, in "
        f"{1 + max(line.depth for line in shown)} levels**"
    )
    st.dataframe(
        pd.DataFrame(
            {
                "New tree": [_INDENT * line.depth + line.label for line in shown],
                "Texts": [line.size for line in shown],
                "Under now": [_now(line.now) for line in shown],
            }
        ),
        hide_index=True,
        height=min(_TALLEST, _ROW * (1 + len(shown))),
        column_config={
            "New tree": st.column_config.TextColumn(width="large"),
            "Texts": st.column_config.NumberColumn(width=70),
            "Under now": st.column_config.TextColumn(width="medium"),
        },
    )
    with st.container(horizontal=True):
        st.button("Use this tree", type="primary", on_click=_use, args=(here, offered))
        st.button("Put it away", on_click=growing.put_tree_away, args=(workspace(), offered))
    answers = f" {offered.answers:,} answers had a say." if offered.answers else ""
    st.caption(
        f"{offered.moved:,} topics get other topics beside them.{answers} Undo brings the old "
        "tree back."
    )


def _now(label: str | None) -> str:
    if label is None:
        return ""
    return label or "(top level)"


def _use(here: Current, offered: TreeOffer) -> None:
    with told_errors():
        growing.use_tree(workspace(), here, offered, annotator())


def _ask(here: Current) -> None:
    left, middle, right = st.columns([3, 3, 5], vertical_alignment="bottom")
    levels = left.segmented_control(
        "Levels, topics included", [2, 3, 4], default=2, required=True, key="grow_levels"
    )
    parents = middle.number_input(
        "Parents at the top",
        *(2, 500, None),
        placeholder="Clade chooses",
        help="Left empty, as many as stand apart best.",
    )
    keep = right.toggle(
        "Keep parents that people named",
        value=True,
        help="They and all under them stay where they are. Locked parents stay in any case.",
    )
    free = growing.movable(here.taxonomy, keep=keep)
    spec = GrowthSpec(levels=int(levels), parents=parents and int(parents), keep=keep)
    ready = judging.settings_of(workspace(), here.project.id).ready
    with st.container(horizontal=True):
        _button(here, "Grow by linkage", "account_tree", spec)
        if ready:
            _button(here, "Group with the LLM", "smart_toy", GrowthSpec("llm", keep=keep))
    st.caption(
        f"{len(free):,} topics may move. Linkage joins what lies close, and what your answers put "
        "together comes under one parent first; they need not be spread over the map."
        + _llm(here, ready, free)
    )
    loose = growing.unassigned(workspace(), here)
    if loose:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                f"Place {loose:,} texts",
                key="placing",
                on_click=start,
                args=(here.project.id, "regroup", {"placing": True}),
            )
            st.caption(
                "No cluster took them. Placed, each goes to the group that it is nearest to, and a "
                "few others change sides. Undo brings the map back."
            )


def _llm(here: Current, ready: bool, free: tuple[Topic, ...]) -> str:
    """Say what grouping with a language model takes."""
    if not ready:
        return " With an LLM set up in Settings, it can group the topics by what they mean."
    choice = judging.settings_of(workspace(), here.project.id).choice
    if choice.provider == "bundled":
        return " The bundled model cannot group topics; a larger one can."
    expected = growing.expected(workspace(), here.project.id, free).told
    told = plain(f"{expected} {judging.whereabouts(choice)}")
    return f" The LLM reads names and descriptions and makes two levels of them. {told}"


def _button(here: Current, label: str, icon: str, spec: GrowthSpec) -> None:
    press(
        label,
        *(_start, here.project.id, spec),
        type="primary" if spec.by == "linkage" else "secondary",
        icon=f":material/{icon}:",
    )


def _start(project_id: str, spec: GrowthSpec) -> None:
    with told_errors():
        job = growing.start(workspace(), project_id, spec, typed_key())
        st.query_params["job"] = job.id
