"""Cached resources: one read-only value per id, never hashed by content."""

from __future__ import annotations

import streamlit as st

from core.domain.clusterings import Clustering
from core.domain.projects import Project
from core.domain.spaces import Embedding, Layout
from core.domain.texts import Corpus, Text
from core.project import intake, use_cases
from core.project.arrays import load_map
from core.project.workspace import Workspace, open_workspace


@st.cache_resource(show_spinner=False)
def workspace() -> Workspace:
    """Return the one workspace of this server; opening it closes jobs that died."""
    opened = open_workspace()
    use_cases.settle_jobs(opened)
    return opened


@st.cache_resource(max_entries=4, show_spinner=False)
def _corpus(project_id: str, _read_as: str) -> tuple[Corpus, dict[str, Text]]:
    found = intake.load_corpus(workspace(), intake.find_project(workspace(), project_id))
    return found, {text.id: text for text in found.texts}


def corpus(project: Project) -> Corpus:
    """Return the distinct texts of a project."""
    return _corpus(project.id, f"{project.table_key}{project.columns}")[0]


def texts(project: Project) -> dict[str, Text]:
    """Return the texts of a project by id."""
    return _corpus(project.id, f"{project.table_key}{project.columns}")[1]


@st.cache_resource(max_entries=4, show_spinner=False)
def arrays(map_id: str) -> tuple[Embedding, Layout, Clustering]:
    """Return a map's vectors, coordinates and partition."""
    return load_map(workspace(), map_id)
