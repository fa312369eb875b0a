"""Where the user is: the project and the page, in the URL; the selection, in the session."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from core.domain.errors import NotFoundError
from core.domain.projects import Project
from core.project import intake
from core.project.mapping import Current, current
from pages._ui.cached import workspace


def choose_project(project_id: str) -> None:
    """Make a project the current one; its id lives in the URL and outlives a refresh."""
    if st.session_state.get("project") != project_id:
        put_in_tray(())
    st.session_state["project"] = project_id
    st.query_params["project"] = project_id


def chosen_project() -> Project | None:
    """Return the project named by the URL, else by this session, else None."""
    project_id = st.query_params.get("project") or st.session_state.get("project")
    if project_id is None:
        return None
    try:
        project = intake.find_project(workspace(), project_id)
    except NotFoundError:
        st.session_state["lost"] = True
        st.session_state.pop("project", None)
        st.query_params.pop("project", None)
        return None
    choose_project(project_id)
    return project


def demand_project() -> Project:
    """Return the chosen project, or show what to do first and stop."""
    project = chosen_project()
    if project is None:
        _empty("Nothing to show yet: bring some texts first.", "pages/data.py", "Bring texts")
    return project


def demand_map() -> Current:
    """Return where the chosen project stands, or show what to do first and stop."""
    project = demand_project()
    if project.head is None:
        _empty("This project has no map yet. It comes first.", "pages/map.py", "Go to the map")
    return current(workspace(), project.id)


def _empty(sentence: str, page: str, button: str) -> NoReturn:
    st.info(sentence, icon=":material/arrow_forward:")
    if st.button(button, type="primary"):
        go_to(page)
    st.stop()


def go_to(page: str) -> NoReturn:
    """Open another page, keeping the project in the URL."""
    project_id = st.session_state.get("project")
    st.switch_page(page, query_params={"project": project_id} if project_id else {})


def tray() -> tuple[str, ...]:
    """Return the ids of the selected texts."""
    return st.session_state.setdefault("tray", ())


def ringed() -> tuple[str, ...]:
    """Return the ids of the selected texts that the map shall ring."""
    return st.session_state.setdefault("ringed", ())


def put_in_tray(text_ids: tuple[str, ...]) -> None:
    """Select texts that the map shall show."""
    st.session_state["tray"] = st.session_state["ringed"] = text_ids


def clear_tray() -> None:
    """Select nothing; the map is drawn anew, without its brush."""
    put_in_tray(())
    st.session_state["drawing"] = drawing() + 1


def drawing() -> int:
    """Return how often the map was drawn anew."""
    return st.session_state.setdefault("drawing", 0)


def take_from_map(text_ids: tuple[str, ...]) -> None:
    """Select texts that the map shows as selected already: it stays as it is drawn."""
    st.session_state["tray"] = text_ids
