"""Handing the taxonomy on: one zip, with what a reader should be warned about."""

from __future__ import annotations

import platform
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

import pandas as pd

import core
from core.domain.ids import content_id
from core.domain.judging import NANO
from core.domain.taxonomy import Assignment
from core.project.arrays import load_clustering, load_embedding, load_layout
from core.project.intake import load_corpus, load_table
from core.project.judging import budget_of, settings_of, usage
from core.project.mapping import Current, current
from core.project.workspace import Workspace
from core.steps.export import Bundle, csv_bytes, members, zip_bytes
from core.steps.taxonomy import assign, leaves

_LIBRARIES = ("sentence-transformers", "torch", "umap-learn", "hdbscan", "scikit-learn", "numpy")


@dataclass(frozen=True, slots=True)
class Export:
    """The finished files by name, their zip, and warnings in sentences."""

    files: dict[str, bytes]
    archive: bytes
    archive_name: str
    warnings: tuple[str, ...]


def export(workspace: Workspace, project_id: str) -> Export:
    """Build every file of the export from the current state. Raises TooFewError
    before the first map."""
    here = current(workspace, project_id)
    clustering = load_clustering(workspace, here.map)
    assignment = assign(here.taxonomy, clustering)
    files = members(
        Bundle(
            project_id=here.project.id,
            project_name=here.project.name,
            table=load_table(workspace, here.project),
            columns=here.project.columns,
            corpus=load_corpus(workspace, here.project),
            embedding=load_embedding(workspace, here.map),
            layout=load_layout(workspace, here.map),
            clustering=clustering,
            taxonomy=here.taxonomy,
            assignment=assignment,
            judgments=workspace.store.reviews.judgments(project_id),
            round=here.map.round,
            facts=_facts(workspace, here),
        )
    )
    name = "".join(c if c.isalnum() else "-" for c in here.project.name).strip("-").lower()
    return Export(
        files, zip_bytes(files), f"{name or 'clade'}-taxonomy.zip", _warnings(here, assignment)
    )


def fingerprint(workspace: Workspace, here: Current) -> str:
    """Return an id of everything that an export depends on: equal ids, equal files."""
    return content_id(
        here.project.name,
        here.project.table_key,
        str(here.taxonomy.version),
        *(
            f"{j.question.id}{j.annotator}{j.verdict}{j.at}"
            for j in workspace.store.reviews.judgments(here.project.id)
        ),
        str(_llm(workspace, here.project.id)),
    )


def selection_csv(frame: pd.DataFrame) -> bytes:
    """Return a table of texts as a CSV that a spreadsheet opens safely."""
    return csv_bytes([str(name) for name in frame.columns], frame.to_numpy().tolist())


def _facts(workspace: Workspace, here: Current) -> dict[str, Any]:
    space = workspace.store.maps.space(here.map.space).space
    return {
        "clade": core.__version__,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "source": {"name": here.project.source, "sha256": here.project.source_hash},
        "encoding": here.project.encoding,
        "notices": list(here.project.notices),
        "columns": asdict(here.project.columns),
        "seed": here.project.seed,
        "space": asdict(space),
        "clustering": asdict(here.map.spec),
        "taxonomy_version": here.taxonomy.version,
        "llm": _llm(workspace, here.project.id),
    }


def _llm(workspace: Workspace, project_id: str) -> dict[str, Any]:
    """Return which models judged by which wording, and what they cost."""
    settings, budget = settings_of(workspace, project_id), budget_of(workspace, project_id)
    used = usage(workspace, project_id)
    return {
        "aim": settings.aim,
        "aspect": settings.aspect,
        "preset": settings.preset,
        "templates": dict(settings.templates),
        "spent_dollars": budget.spent / NANO,
        "models": [{**asdict(one), "cost": one.cost / NANO} for one in used],
    }


def _warnings(here: Current, assignment: Assignment) -> tuple[str, ...]:
    found = []
    nodes = leaves(here.taxonomy)
    unreviewed = sum(not topic.reviewed for topic in nodes)
    if unreviewed:
        found.append(f"{unreviewed:,} of {len(nodes):,} topics have not been marked as reviewed.")
    loose = sum(not topic for topic in assignment.topics)
    if loose:
        found.append(
            f"{loose:,} of {len(assignment.topics):,} texts are unassigned; "
            "they are exported with empty topic columns."
        )
    return tuple(found)
