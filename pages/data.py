"""Bring texts: upload, paste, or try the sample; look at their health; name the columns."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.domain.errors import CladeError
from core.domain.projects import Project
from core.domain.texts import Table
from core.project import intake, pictures
from pages import _ui

ACCEPTED = ["csv", "tsv", "xlsx", "json", "jsonl", "parquet", "txt"]
ENCODINGS = ["utf-8", "cp1252", "utf-16", "iso-8859-15", "cp1250", "cp1251", "shift_jis", "gb18030"]


def bring(name: str, data: bytes, table: Table | None = None) -> None:
    """Make a project of what was brought, at once, so that a refresh loses nothing."""
    workspace = _ui.workspace()
    try:
        table = table or intake.read_upload(workspace, name, data)
        project = intake.create_project(
            workspace, table, intake.guess(table), name=name.rsplit(".", 1)[0], data=data
        )
    except CladeError as error:
        st.session_state["refused"] = error
        return
    st.session_state.pop("refused", None)
    _ui.choose_project(project.id)


def uploaded() -> None:
    key = st.session_state["uploader"]
    file = st.session_state.get(f"upload{key}")
    if file is not None:
        bring(file.name, file.getvalue())
        # A new key empties the widget: the same file would otherwise be brought again.
        st.session_state["uploader"] = key + 1


def pasted() -> None:
    text = st.session_state["pasted"]
    try:
        table = intake.read_pasted(_ui.workspace(), text)
    except CladeError as error:
        st.session_state["refused"] = error
        return
    bring("Pasted texts.txt", text.encode(), table)


def ways_in() -> None:
    left, middle, right = st.columns([5, 3, 4], gap="large")
    with left:
        key = st.session_state.setdefault("uploader", 0)
        st.file_uploader("Upload a file", type=ACCEPTED, key=f"upload{key}", on_change=uploaded)
        with st.popover("Paste lines instead", icon=":material/content_paste:"):
            st.text_area("One text a line", key="pasted", height=200)
            st.button("Use these lines", on_click=pasted, type="primary")
    with middle:
        st.markdown("**No file at hand?**")
        st.caption("About 600 customer messages of an outdoor shop, written for trying Clade.")
        name, data = intake.sample()
        st.button("Try the sample", icon=":material/play_arrow:", on_click=bring, args=(name, data))
    with right:
        st.markdown("**Recent projects**")
        recent = intake.all_projects(_ui.workspace())[:5]
        for project in recent:
            label = f"{_ui.plain(project.name[:40])} · {project.created_at:%d %b, %H:%M}"
            if st.button(label, key=f"open{project.id}", type="tertiary"):
                _ui.choose_project(project.id)
                st.rerun()
        if not recent:
            st.caption("None yet.")


def columns_form(project: Project, table: Table) -> None:
    names = list(table.frame.columns)
    chosen, fixed = project.columns, project.head is not None
    left, middle, right = st.columns([3, 3, 5])
    text = left.selectbox("Text", names, index=names.index(chosen.text), disabled=fixed)
    ids = [None, *names]
    id_column = middle.selectbox(
        "Row id",
        ids,
        index=ids.index(chosen.id),
        format_func=lambda name: "Row numbers" if name is None else name,
        disabled=fixed,
    )
    kept = [name for name in chosen.metadata if name in names]
    metadata = right.multiselect("Metadata (to colour by)", names, default=kept, disabled=fixed)
    wanted = replace(
        chosen,
        text=text,
        id=id_column,
        metadata=tuple(name for name in metadata if name not in (text, id_column)),
    )
    if fixed:
        st.caption(
            "The columns are fixed since the map was made; bring the file again to change them."
        )
    elif wanted != chosen:
        intake.change_columns(_ui.workspace(), project, wanted)
        st.rerun()


def health_card(project: Project, table: Table) -> None:
    health = intake.look_over(table, project.columns)
    with st.container(border=True):
        for column, (label, value, help_text) in zip(
            st.columns(6),
            [
                ("Rows", health.rows, "Rows of the file."),
                ("Texts", health.texts, "Distinct texts: each is embedded and asked about once."),
                ("Empty", health.empty, "Rows without a text; they stay in the export."),
                ("Duplicates", health.duplicates, "Grouped now, restored at export."),
                ("Near duplicates", health.near_duplicates, "Equal but for case and punctuation."),
                ("Long", health.long, f"Over {health.long_words} words: the rest is not read."),
            ],
            strict=True,
        ):
            column.metric(label, f"{value:,}", help=help_text)
        st.altair_chart(pictures.lengths(health), height=190)
        for notice in health.notices:
            st.caption(f":material/info: {_ui.plain(notice)}")
        if health.encoding and project.head is None:
            options = list(dict.fromkeys([health.encoding, *ENCODINGS]))
            encoding = st.selectbox("Encoding", options, width=220)
            if encoding != health.encoding:
                intake.change_encoding(_ui.workspace(), project, encoding)
                st.rerun()


_ui.title("Data")
ways_in()
if "refused" in st.session_state:
    with _ui.told_errors():
        raise st.session_state["refused"]
project = _ui.chosen_project()
if project is not None:
    st.divider()
    head, action = st.columns([3, 1], vertical_alignment="bottom")
    name = head.text_input("Project", project.name, key=f"name{project.id}", max_chars=200)
    if name != project.name:
        intake.rename_project(_ui.workspace(), project, name)
        st.rerun()
    if action.button(
        "Make the map" if project.head is None else "Open the map",
        type="primary",
        icon=":material/arrow_forward:",
        width="stretch",
    ):
        _ui.go_to("pages/map.py")
    table = intake.load_table(_ui.workspace(), project)
    with _ui.told_errors():
        columns_form(project, table)
        health_card(project, table)
    st.caption("The first 50 rows")
    st.dataframe(table.frame.head(50), hide_index=True, height=320)
