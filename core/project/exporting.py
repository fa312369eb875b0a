"""Handing the taxonomy on: one zip, with what a reader should be warned about."""

from __future__ import annotations

import platform
from collections import defaultdict
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

import pandas as pd

import core
from core.domain.ids import content_id
from core.domain.judging import NANO
from core.domain.spaces import Embedding
from core.domain.taxonomy import Assignment
from core.project.arrays import load_clustering, load_embedding, load_layout
from core.project.fronting import front
from core.project.intake import load_corpus, load_table
from core.project.judging import budget_of, settings_of, usage
from core.project.mapping import Current, current
from core.project.rounds import rounds
from core.project.sampling import waiting
from core.project.settled import settle
from core.project.tuned import model_files
from core.project.workspace import Workspace
from core.steps.export import Bundle, csv_bytes, cut_notices, members, zip_bytes
from core.steps.taxonomy import assign, central, leaves

EXAMPLES = 3
"""Texts that show what a topic holds, in the report and in SKOS."""

_LIBRARIES = ("sentence-transformers", "torch", "umap-learn", "hdbscan", "scikit-learn", "numpy")


@dataclass(frozen=True, slots=True)
class Export:
    """The finished files by name, their zip, and warnings in sentences."""

    files: dict[str, bytes]
    archive: bytes
    archive_name: str
    warnings: tuple[str, ...]


def export(workspace: Workspace, project_id: str, *, model: bool = False) -> Export:
    """Build every file of the export from the current state, with `model` also the tuned
    model, if there is one. Raises TooFewError before the first map."""
    here = current(workspace, project_id)
    clustering = load_clustering(workspace, here.map)
    assignment = assign(here.taxonomy, clustering)
    judgments = workspace.store.reviews.judgments(project_id)
    embedding = load_embedding(workspace, here.map)
    warnings = (*_left_out(workspace, here), *_warnings(here, assignment))
    bundle = Bundle(
        project_id=here.project.id,
        project_name=here.project.name,
        table=load_table(workspace, here.project),
        columns=here.project.columns,
        corpus=load_corpus(workspace, here.project),
        embedding=embedding,
        layout=load_layout(workspace, here.map),
        clustering=clustering,
        taxonomy=here.taxonomy,
        assignment=assignment,
        judgments=judgments,
        constraints=settle(judgments),
        history=workspace.store.projects.history(project_id),
        examples=_examples(embedding, assignment),
        round=here.map.round,
        rounds=rounds(workspace, here).of,
        facts=_facts(workspace, here),
        front=front(workspace, here, judgments, warnings),
        model=model_files(workspace, here) if model else {},
    )
    files = members(bundle)
    name = "".join(c if c.isalnum() else "-" for c in here.project.name).strip("-").lower()
    return Export(
        files,
        zip_bytes(files),
        f"{name or 'clade'}-taxonomy.zip",
        (*warnings, *cut_notices(bundle)),
    )


def fingerprint(workspace: Workspace, here: Current) -> str:
    """Return an id of everything that an export depends on: equal ids, equal files."""
    return content_id(
        here.project.name,
        here.project.table_key,
        str(here.taxonomy.version),
        str(len(workspace.store.projects.history(here.project.id))),
        *(
            f"{j.question.id}{j.annotator}{j.verdict}{j.at}"
            for j in workspace.store.reviews.judgments(here.project.id)
        ),
        str(_llm(workspace, here.project.id)),
    )


def selection_csv(frame: pd.DataFrame) -> bytes:
    """Return a table of texts as a CSV that a spreadsheet opens safely."""
    return csv_bytes([str(name) for name in frame.columns], frame.to_numpy().tolist())


def _examples(embedding: Embedding, assignment: Assignment) -> dict[str, tuple[str, ...]]:
    """Return the ids of the texts in the middle of each topic."""
    place = {text: row for row, text in enumerate(embedding.text_ids)}
    members: dict[str, list[int]] = defaultdict(list)
    for text, topic in zip(assignment.text_ids, assignment.topics, strict=True):
        if topic:
            members[topic].append(place[text])
    return {
        topic: tuple(embedding.text_ids[row] for row in central(embedding, rows, EXAMPLES))
        for topic, rows in members.items()
    }


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


def _left_out(workspace: Workspace, here: Current) -> tuple[str, ...]:
    rest = waiting(workspace, here.project)
    if rest is None:
        return ()
    rows = "1 row waits" if len(rest.frame) == 1 else f"{len(rest.frame):,} rows wait"
    return (f"{rows} outside the sample that this project is: no file here has them.",)


def _warnings(here: Current, assignment: Assignment) -> tuple[str, ...]:
    found = []
    nodes = [topic for topic in leaves(here.taxonomy) if not topic.archived]
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
