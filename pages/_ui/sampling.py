"""Many texts: what they take, and the choice between a sample and all of them."""

from __future__ import annotations

import streamlit as st

from core.domain.projects import Project
from core.domain.texts import Table
from core.project import sampling
from pages._ui.cached import health, workspace
from pages._ui.position import go_to
from pages._ui.show import told_errors
from pages._ui.work import start


def many_texts(project: Project) -> bool:
    """Where a project without a map has many texts, say what they take and offer a sample
    of them; return whether it was so. Small files are not asked about."""
    work = work_of(project)
    if project.head is not None or not work.large:
        return False
    with told_errors():
        size = choose_size(work, f"many{project.id}{project.table_key}")
        if size == work.texts:
            start(project.id, "map", {})
            go_to("pages/map.py")
        elif size is not None:
            with st.spinner("Drawing the sample…"):
                sampling.take_sample(workspace(), project, size)
            st.rerun()
    return True


def work_of(project: Project) -> sampling.Work:
    """Return what the first map of a project takes."""
    return sampling.mapping_work(workspace(), project, health(project).texts)


def choose_size(work: sampling.Work, key: str) -> int | None:
    """Say what many texts take; return how many of them a person chose, None before that."""
    with st.container(border=True):
        st.markdown(f"**{work.texts:,} texts are many: {work.told}.**")
        st.caption(
            "A sample is drawn by chance and shows most topics. The other rows are kept with the "
            "project; add them whenever you like, then only these are embedded."
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            offered, most = sampling.suggested(work), work.texts
            size = st.number_input("Texts in the sample", 1, most, offered, key=key, width=180)
            sample = st.button("Take a sample", type="primary", key=f"{key}some")
            everything = st.button(f"Go on with all {most:,}", key=f"{key}all")
    return most if everything else size if sample else None


def left_out(project: Project) -> Table | None:
    """Return the rows that wait outside a sample, None where none do."""
    return None if project.whole_key is None else _left_out(_stamp(project), project)[0]


def texts_left_out(project: Project) -> int:
    """Return how many texts wait that the project does not have."""
    return _left_out(_stamp(project), project)[1]


def _stamp(project: Project) -> str:
    return f"{project.whole_key}{project.table_key}{project.columns}"


@st.cache_resource(max_entries=2, show_spinner="Looking for the rows that wait…")
def _left_out(stamp: str, _project: Project) -> tuple[Table | None, int]:
    rest = sampling.waiting(workspace(), _project)
    return rest, 0 if rest is None else sampling.waiting_texts(workspace(), _project, rest)
