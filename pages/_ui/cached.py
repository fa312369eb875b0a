"""Cached resources: one read-only value per id, never hashed by content."""

from __future__ import annotations

import gc

import streamlit as st

from core.domain.calibration import Calibration
from core.domain.clusterings import Clustering
from core.domain.groupings import Grouping
from core.domain.projects import Project
from core.domain.spaces import Embedding, Layout
from core.domain.texts import Corpus, Health, Table, Text
from core.project import checking, intake, trust, use_cases
from core.project.arrays import load_map
from core.project.checking import Overview
from core.project.granularity import Levels, stamp
from core.project.granularity import levels as find_levels
from core.project.grouping import Moves, grouping_of, moves
from core.project.mapping import Current
from core.project.rounds import Rounds
from core.project.rounds import rounds as find_rounds
from core.project.viewing import View, view
from core.project.workspace import Workspace, open_workspace


@st.cache_resource(show_spinner=False)
def workspace() -> Workspace:
    """Return the one workspace of this server; opening it closes jobs that died."""
    opened = open_workspace()
    use_cases.settle_jobs(opened)
    _rest()
    return opened


def _rest() -> None:
    """Let garbage collection leave alone what is loaded by now, and stays.

    Streamlit collects after every run. Looking through all modules and texts each
    time held up the next card by 0.1 s.
    """
    gc.collect()
    gc.freeze()


@st.cache_resource(max_entries=4, show_spinner="Reading the texts…")
def _corpus(project_id: str, read_as: str) -> tuple[Corpus, dict[str, Text]]:
    found = intake.load_corpus(workspace(), intake.find_project(workspace(), project_id))
    known = {text.id: text for text in found.texts}
    _rest()
    return found, known


def corpus(project: Project) -> Corpus:
    """Return the distinct texts of a project."""
    return _corpus(project.id, _reading(project))[0]


def texts(project: Project) -> dict[str, Text]:
    """Return the texts of a project by id."""
    return _corpus(project.id, _reading(project))[1]


@st.cache_resource(max_entries=2, show_spinner="Looking over the texts…")
def _table(project_id: str, read_as: str) -> tuple[Table, Health]:
    project = intake.find_project(workspace(), project_id)
    found = intake.load_table(workspace(), project)
    return found, intake.look_over(found, project.columns)


def table(project: Project) -> Table:
    """Return the table of a project as it was brought."""
    return _table(project.id, _reading(project))[0]


def health(project: Project) -> Health:
    """Return the health card of a project's table."""
    return _table(project.id, _reading(project))[1]


def _reading(project: Project) -> str:
    return f"{project.table_key}{project.columns}"


@st.cache_resource(max_entries=4, show_spinner=False)
def arrays(map_id: str) -> tuple[Embedding, Layout, Clustering]:
    """Return a map's vectors, coordinates and partition."""
    return load_map(workspace(), map_id)


def viewed(here: Current, *, roots: bool = False) -> View:
    """Return the map by topic (by topmost parent with `roots`), one for all sessions."""
    return _viewed(here.project.id, here.map.id, here.taxonomy.version, roots, here)


@st.cache_resource(max_entries=8, show_spinner=False)
def _viewed(project_id: str, map_id: str, version: int, roots: bool, _here: Current) -> View:
    _, layout, clustering = arrays(map_id)
    return view(_here.taxonomy, layout, clustering, roots=roots)


@st.cache_resource(max_entries=8, show_spinner=False)
def calibration(project_id: str, checks: int) -> Calibration:
    """Return how far models are believed after so many blind checks."""
    return trust.calibration(workspace(), project_id)


def levels(here: Current) -> Levels:
    """Return the levels of granularity around the current map, as the answers stand."""
    return _levels(here.project.id, stamp(workspace(), here), here)


@st.cache_resource(max_entries=4, show_spinner="Comparing levels…")
def _levels(project_id: str, stamped: str, _here: Current) -> Levels:
    return find_levels(workspace(), _here)


def grouping(here: Current) -> Grouping:
    """Return the groups of the current map, as its answers speak for them."""
    return _grouping(stamp(workspace(), here), here)


@st.cache_resource(max_entries=2, show_spinner="Weighing the answers…")
def _grouping(stamped: str, _here: Current) -> Grouping:
    return grouping_of(workspace(), _here.map)


def moved(here: Current) -> Moves:
    """Return what the answers moved on the current map."""
    return _moved(stamp(workspace(), here), here.taxonomy.version, here)


@st.cache_resource(max_entries=2, show_spinner=False)
def _moved(stamped: str, version: int, _here: Current) -> Moves:
    return moves(workspace(), _here, grouping(_here))


def rounds(here: Current) -> Rounds:
    """Return in which round each text last moved or was answered about."""
    return _rounds(stamp(workspace(), here), here.taxonomy.version, here)


@st.cache_resource(max_entries=2, show_spinner=False)
def _rounds(stamped: str, version: int, _here: Current) -> Rounds:
    return find_rounds(workspace(), _here)


def row_ids(project: Project) -> dict[str, str]:
    """Return by text the id of the first row that has it."""
    return _row_ids(project.id, _reading(project), project)


@st.cache_resource(max_entries=4, show_spinner=False)
def _row_ids(project_id: str, read_as: str, _project: Project) -> dict[str, str]:
    found = corpus(_project)
    # From the last row to the first: the first one stays.
    pairs = zip(reversed(found.row_text_ids), reversed(found.row_ids), strict=True)
    return dict(pairs)


def overview(here: Current) -> Overview:
    """Return the current taxonomy looked over: sizes, cohesion, checks and score."""
    stamped = stamp(workspace(), here)
    return _overview(here.project.id, here.taxonomy.version, stamped, here)


@st.cache_resource(max_entries=4, show_spinner="Looking over the tree…")
def _overview(project_id: str, version: int, stamped: str, _here: Current) -> Overview:
    embedding, _, clustering = arrays(_here.map.id)
    return checking.look_over(workspace(), _here, embedding, clustering)
