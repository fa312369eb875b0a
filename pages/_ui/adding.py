"""More texts for a project that is there: a file or pasted lines, looked over, then added."""

from __future__ import annotations

import streamlit as st

from core.domain.projects import Project
from core.project import adding
from pages._ui.cached import workspace
from pages._ui.position import go_to
from pages._ui.show import plain, told_errors


def add_texts(project: Project) -> None:
    """Offer to add rows to the project, with what they would bring."""
    with st.expander("Add texts to this project", icon=":material/playlist_add:"):
        if project.head is not None:
            st.caption(
                "Only new texts are embedded. They land on the map beside the texts that they "
                "are like and join their topics; nothing that is there moves."
            )
        left, right = st.columns(2, gap="large")
        file = left.file_uploader("A file with more rows", key=f"more{_turn(project)}")
        typed = right.text_area("Or lines, one text each", height=120, key=f"lines{_turn(project)}")
        if file is None and not typed.strip():
            return
        with told_errors():
            name, data = (file.name, file.getvalue()) if file else (None, typed.encode())
            _offer(project, name, data)


def _offer(project: Project, name: str | None, data: bytes) -> None:
    columns, ready = _prepared(project.table_key, project, name, data, None)
    if len(columns) > 1:
        at = columns.index(ready.text)
        text = st.selectbox("Column of the texts", columns, at, width=300)
        if text != ready.text:
            _, ready = _prepared(project.table_key, project, name, data, text)
    st.markdown(f"**{ready.summary}**")
    for notice in ready.told:
        st.caption(f":material/info: {plain(notice)}")
    if st.button("Add them", type="primary", icon=":material/add:"):
        job = adding.begin(workspace(), project, ready)
        st.session_state[_key(project)] = st.session_state.get(_key(project), 0) + 1
        if job is None:
            st.rerun()
        st.query_params["job"] = job.id
        go_to("pages/map.py")


@st.cache_resource(max_entries=2, show_spinner="Reading…")
def _prepared(
    stamp: str, _project: Project, name: str | None, data: bytes, text: str | None
) -> tuple[list[str], adding.Ready]:
    """Return the columns of what was brought, and the rows ready to be added."""
    table = adding.read_more(workspace(), name, data)
    return [str(column) for column in table.frame], adding.prepare(
        workspace(), _project, table, text
    )


def _key(project: Project) -> str:
    return f"added{project.id}"


def _turn(project: Project) -> str:
    """Return a key that is new once something was added: the widgets are empty then."""
    return f"{project.id}{st.session_state.get(_key(project), 0)}"
