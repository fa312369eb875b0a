"""More texts for a project that is there: a file, pasted lines, or what a sample left out."""

from __future__ import annotations

import streamlit as st

from core.domain.projects import Project
from core.domain.texts import Table
from core.project import adding, sampling, use_cases
from pages._ui.cached import corpus, workspace
from pages._ui.position import go_to
from pages._ui.sampling import choose_size, left_out, texts_left_out
from pages._ui.show import plain, told_errors


def add_texts(project: Project) -> None:
    """Offer to add rows to the project, with what they would bring."""
    with st.expander("Add texts to this project", icon=":material/playlist_add:"):
        if project.head is not None:
            st.caption(
                "Only new texts are embedded. They land on the map beside the texts that they "
                "are like and join their topics; nothing that is there moves."
            )
        with told_errors():
            _offer_left_out(project)
        left, right = st.columns(2, gap="large")
        file = left.file_uploader("A file with more rows", key=f"more{_turn(project)}")
        typed = right.text_area("Or lines, one text each", height=120, key=f"lines{_turn(project)}")
        if file is None and not typed.strip():
            return
        use_cases.expect_job(workspace())
        with told_errors():
            name, data = (file.name, file.getvalue()) if file else (None, typed.encode())
            _offer(project, name, data)


def _offer_left_out(project: Project) -> None:
    """Offer the rows that a sample left out: all of them, or some more."""
    rest = left_out(project)
    if rest is None:
        return
    texts = texts_left_out(project)
    st.markdown(f"**{len(rest.frame):,} rows wait outside the sample, with {texts:,} new texts.**")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        most, key = max(1, texts), f"rest{_turn(project)}"
        size = st.number_input("Texts to add", 1, most, most, key=key, width=180)
        wanted = st.button("Add from the rows that wait", icon=":material/add:")
    work = _work(project, size)
    if work.large:
        st.caption(f"{size:,} more texts take {work.told}.")
    if wanted:
        _add(project, _sampled(project, rest, project.columns.text, size))


def _offer(project: Project, name: str | None, data: bytes) -> None:
    table, ready = _prepared(project.table_key, project, name, data, None)
    columns = [str(column) for column in table.frame]
    if len(columns) > 1:
        at = columns.index(ready.text)
        text = st.selectbox("Column of the texts", columns, at, width=300)
        if text != ready.text:
            _, ready = _prepared(project.table_key, project, name, data, text)
    st.markdown(f"**{ready.summary}**")
    for notice in ready.told:
        st.caption(f":material/info: {plain(notice)}")
    work = _work(project, ready.texts)
    if work.large:
        size = choose_size(work, f"some{_turn(project)}")
        if size is not None:
            _add(project, _sampled(project, table, ready.text, size))
    elif st.button("Add them", type="primary", icon=":material/add:"):
        _add(project, ready)


def _work(project: Project, texts: int) -> sampling.Work:
    there = len(corpus(project).texts)
    return sampling.adding_work(workspace(), project, texts, there)


def _sampled(project: Project, table: Table, text: str, size: int) -> adding.Ready:
    with st.spinner("Drawing the sample…"):
        return adding.prepare(workspace(), project, table, text, sample=size)


def _add(project: Project, ready: adding.Ready) -> None:
    job = adding.begin(workspace(), project, ready)
    st.session_state[_key(project)] = st.session_state.get(_key(project), 0) + 1
    if job is None:
        st.rerun()
    st.query_params["job"] = job.id
    go_to("pages/map.py")


@st.cache_resource(max_entries=2, show_spinner="Reading…")
def _prepared(
    stamp: str, _project: Project, name: str | None, data: bytes, text: str | None
) -> tuple[Table, adding.Ready]:
    """Return what was brought, and its rows ready to be added."""
    table = adding.read_more(workspace(), name, data)
    return table, adding.prepare(workspace(), _project, table, text)


def _key(project: Project) -> str:
    return f"added{project.id}"


def _turn(project: Project) -> str:
    """Return a key that is new once something was added: the widgets are empty then."""
    return f"{project.id}{st.session_state.get(_key(project), 0)}"
