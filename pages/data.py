"""Bring texts: upload, paste, or try the sample; look at their health; name the columns."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.domain.projects import Project
from core.domain.texts import Table
from core.project import intake, pictures
from pages import _ui

ENCODINGS = ["utf-8", "cp1252", "utf-16", "iso-8859-15", "cp1250", "cp1251", "shift_jis", "gb18030"]


def renamed(project: Project, key: str) -> None:
    intake.rename_project(_ui.workspace(), project, st.session_state[key])
    # An empty name changes nothing, so the box must not stay empty.
    st.session_state[key] = project.name


def columns_form(project: Project, table: Table) -> None:
    names, chosen, fixed = list(table.frame), project.columns, project.head is not None
    left, middle, right = st.columns([3, 3, 5])
    # The project and its columns in the keys: a choice is meant for what it was made on.
    key = f"{project.id}{chosen}"
    text = left.selectbox("Text", names, names.index(chosen.text), key=f"t{key}", disabled=fixed)
    ids = {None: "Row numbers"} | {name: name for name in names}
    at = list(ids).index(chosen.id)
    id_column = middle.selectbox("Row id", list(ids), at, ids.get, f"id{key}", disabled=fixed)
    label, old = "Metadata (to colour by)", chosen.metadata
    metadata = right.multiselect(label, names, old, key=f"metadata{key}", disabled=fixed)
    kept = tuple(name for name in metadata if name not in (text, id_column))
    wanted = replace(chosen, text=text, id=id_column, metadata=kept)
    if fixed:
        st.caption("Fixed since the map was made; bring the file again to change the columns.")
    elif wanted != chosen:
        intake.change_columns(_ui.workspace(), project, wanted)
        st.rerun()


def health_card(project: Project) -> None:
    health = _ui.health(project)
    with st.container(border=True):
        counts = (
            ("Rows", health.rows, "Rows of the file."),
            ("Texts", health.texts, "Distinct texts: each is embedded and asked about once."),
            ("Empty", health.empty, "Rows without a text; they stay in the export."),
            ("Duplicates", health.duplicates, "Grouped now, restored at export."),
            ("Near duplicates", health.near_duplicates, "Equal but for case and punctuation."),
            ("Long", health.long, f"Over {health.long_words} words: the rest is not read."),
        )
        with st.container(horizontal=True, gap="large"):  # wraps where the page is narrow
            for label, value, about in counts:
                st.metric(label, f"{value:,}", help=about, width="content")
        st.altair_chart(pictures.lengths(health), height=190)
        for notice in health.notices:
            st.caption(f":material/info: {_ui.plain(notice)}")
        if health.encoding and project.head is None:
            options = list(dict.fromkeys([health.encoding, *ENCODINGS]))
            key = f"encoding{project.id}{health.encoding}"
            encoding = st.selectbox("Encoding", options, key=key, width=220)
            if encoding != health.encoding:
                intake.change_encoding(_ui.workspace(), project, encoding)
                st.rerun()


_ui.title("Data")
_ui.ways_in()
project = _ui.chosen_project()
if project is not None:
    st.divider()
    many = _ui.many_texts(project)
    head, action = st.columns([3, 1], vertical_alignment="bottom")
    # The name in the key: after a rename, here or in another tab, the box shows it afresh.
    st.session_state.setdefault(key := f"name{project.id}{project.name}", project.name)
    head.text_input("Project", key=key, max_chars=200, on_change=renamed, args=(project, key))
    label = "Make the map" if project.head is None else "Open the map"
    if not many and action.button(
        label, type="primary", icon=":material/arrow_forward:", width="stretch"
    ):
        if project.head is None:
            _ui.start(project.id, "map", {})
        _ui.go_to("pages/map.py")
    table = _ui.table(project)
    with _ui.told_errors():
        columns_form(project, table)
        health_card(project)
    _ui.add_texts(project)
    st.caption("The first rows")
    st.dataframe(table.frame.head(50), hide_index=True, height=320)
