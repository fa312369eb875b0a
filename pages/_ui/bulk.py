"""The table mode: filter a model's answers, read them, untick some, approve the rest."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.domain.ids import content_id
from core.domain.projects import Project
from core.domain.reviewing import Row, Terms
from core.project import bulk, telling
from pages._ui.actions import take_back
from pages._ui.cached import texts, workspace
from pages._ui.people import seat
from pages._ui.position import go_to
from pages._ui.show import told_errors

_SHOWN = 500
_READ = 400  # characters of a text in a cell
# In pixels. Streamlit breaks lines in cells from a certain height on.
_TALLEST, _HEAD, _ROW = 460, 38, 68
_EMBEDDER = {True: "differs", False: "agrees", None: "silent"}


def show_bulk(project: Project, terms: Terms) -> None:
    """Show the table of what may be approved together."""
    found = bulk.listed(workspace(), project.id, seat(), terms)
    if found.rows:
        rows = bulk.filtered(found.rows, _filter(found.rows))
        _count(len(rows), found)
        ticked = _ticked(project, rows[:_SHOWN]) if rows else []
    else:
        ticked = []
        st.info(
            "No answer of an LLM waits for approval. Let an LLM answer questions first, "
            "or answer them one at a time.",
            icon=":material/table_rows:",
        )
        if st.button("Set up an LLM", icon=":material/settings:"):
            go_to("pages/settings.py")
    with st.container(horizontal=True):
        if found.rows:
            # A callback, not `press`: what was shown is approved, no answer that came since.
            st.button(
                f"Approve {len(ticked):,} answers" if len(ticked) != 1 else "Approve 1 answer",
                key="approve",
                type="primary",
                shortcut="Mod+Enter",
                disabled=not ticked,
                on_click=_approve,
                args=(project, ticked, terms),
            )
        st.button("Undo", shortcut="Backspace", on_click=take_back, args=(project.id, terms))


def _filter(rows: Sequence[Row]) -> bulk.Filter:
    kinds = sorted({bulk.kind(row.asked.question) for row in rows})
    answers = sorted({bulk.answer_name(row.told.judgment.verdict) for row in rows})
    left, middle, right = st.columns([1, 1, 1], vertical_alignment="bottom")
    sure = right.slider("The LLM is sure at least", 0, 100, 0, 5, format="%d%%", key="sure")
    chosen = left.multiselect("Kind", kinds, placeholder="All kinds", key="kinds")
    said = middle.multiselect("The LLM says", answers, placeholder="All answers", key="said")
    with st.container(horizontal=True):
        differing = st.toggle("Only where the embedder guesses otherwise", key="differing")
        flagged = st.toggle("Only flagged", key="flagged")
    return bulk.Filter(tuple(chosen), tuple(said), sure / 100, differing, flagged)


def _count(passing: int, found: bulk.Listed) -> None:
    told = f"{passing:,} of {len(found.rows):,} answers pass the filter."
    if passing > _SHOWN:
        told += f" The {_SHOWN} surest are shown."
    if found.kept_back:
        told += f" {found.kept_back:,} more are kept back for blind checks."
    st.caption(told)


def _ticked(project: Project, rows: Sequence[Row]) -> list[Row]:
    """Show the rows and return those that are ticked."""
    known = texts(project)
    frame = pd.DataFrame(
        {
            "Approve": True,
            "Question": [telling.asked(row.asked.question, known, _READ) for row in rows],
            "The LLM says": [telling.said(row.told.judgment, known, _READ) for row in rows],
            "Sure": [100 * row.told.judgment.confidence for row in rows],
            "Embedder": [_EMBEDDER[bulk.differs(row)] for row in rows],
            "Texts": [row.asked.touches for row in rows],
            "Flag": ["⚑" if row.flagged else "" for row in rows],
            "Because": [row.told.reason for row in rows],
        }
    )
    edited = st.data_editor(
        frame,
        # Ticks belong to these rows and to no others.
        key=f"rows{content_id(*(row.asked.question.id for row in rows))}",
        hide_index=True,
        disabled=[name for name in frame.columns if name != "Approve"],
        height=min(_TALLEST, _HEAD + _ROW * len(rows)),
        row_height=_ROW,
        column_config={
            "Approve": st.column_config.CheckboxColumn(width=95),
            "Question": st.column_config.TextColumn(width="large"),
            "The LLM says": st.column_config.TextColumn(width="medium"),
            "Sure": st.column_config.NumberColumn(format="%d%%", width=65),
            "Embedder": st.column_config.TextColumn(width=85),
            "Texts": st.column_config.NumberColumn(width=65),
            "Flag": st.column_config.TextColumn(width=55),
        },
    )
    st.caption("Double-click a cell, or press Enter on it, to read all of it.")
    return [row for row, tick in zip(rows, edited["Approve"], strict=True) if tick]


def _approve(project: Project, rows: Sequence[Row], terms: Terms) -> None:
    with told_errors():
        count = bulk.approve(workspace(), project.id, rows, seat(), terms)
        left = len(rows) - count
        rest = f" {left:,} were answered by somebody else meanwhile." if left else ""
        st.toast(f"{count:,} answers approved.{rest} Undo takes them all back.")
