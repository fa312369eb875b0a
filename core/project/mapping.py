"""Making the map, and making it the project's current one with all that people did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.domain.clusterings import Centroids, Clustering, ClusterSpec
from core.domain.errors import StaleEditError, TooFewError
from core.domain.ports import Progress
from core.domain.projects import Map, Project
from core.domain.taxonomy import Taxonomy
from core.domain.texts import Corpus
from core.project.arrays import load_clustering
from core.project.drawing import Drawn, describe, draw, recluster
from core.project.embedders import take
from core.project.encoders import open_encoder
from core.project.intake import find_project, load_corpus
from core.project.workspace import Workspace
from core.steps.hierarchy import grow as grow_hierarchy
from core.steps.taxonomy import assign, carry
from core.steps.taxonomy import grow as grow_taxonomy


@dataclass(frozen=True, slots=True)
class Current:
    """Where a project stands: its newest taxonomy and the map below it."""

    project: Project
    map: Map
    taxonomy: Taxonomy


def current(workspace: Workspace, project_id: str) -> Current:
    """Return where the project stands. Raises TooFewError before the first map."""
    project = find_project(workspace, project_id)
    if project.head is None:
        raise TooFewError("This project has no map yet.", "Make one on the Map page.")
    taxonomy = workspace.store.projects.taxonomy(project_id, project.head)
    return Current(project, workspace.store.maps.get(taxonomy.map_id), taxonomy)


def make_map(
    workspace: Workspace, project_id: str, params: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """Make (or make anew) the project's map.

    `params` are the fields of `ClusterSpec`, and perhaps `embedder`: those of
    `embedders.Choice`. Without it a project that has a map keeps its space, and its
    layout too. Human edits are carried over. Returns the new map's id and its number
    of clusters.
    """
    project = find_project(workspace, project_id)
    corpus = load_corpus(workspace, project)
    clustered = {key: value for key, value in params.items() if key != "embedder"}
    spec = ClusterSpec(**{"seed": project.seed, **clustered})
    here = current(workspace, project_id) if project.head is not None else None
    if here is None or "embedder" in params:
        space = take(workspace, project, params.get("embedder", {}), progress)
        progress.report(0.0, "Loading the embedder")
        encoder = open_encoder(workspace, space.id, runs_code=project.runs_code)
        if here and not clustered:
            spec = here.map.spec
        parent = here.map if here else None
        drawn = draw(workspace, project, corpus, encoder, spec, progress, parent=parent)
        sentence = f"Embedded anew with {space.encoder}" if here else "Made the first map"
    else:
        drawn = recluster(workspace, project, here.map, spec, progress)
        sentence = f"Clustered again ({describe(drawn.map.spec)})"
    adopt(workspace, project, corpus, drawn, sentence + drawn.noise)
    return {"map": drawn.map.id, "clusters": _count(drawn.clustering)}


def adopt(
    workspace: Workspace, project: Project, corpus: Corpus, drawn: Drawn, sentence: str
) -> Taxonomy:
    """Make a drawn map the current one, with a taxonomy that keeps what people did."""
    workspace.store.maps.add(drawn.map)
    return adopt_kept(workspace, project, corpus, drawn, sentence)


def adopt_kept(
    workspace: Workspace,
    project: Project,
    corpus: Corpus,
    drawn: Drawn,
    sentence: str,
    *,
    author: str | None = None,
) -> Taxonomy:
    """As `adopt`, for a map that is in the store already (a proposal's). `author` None:
    the installation's own.

    Raises StaleEditError where the current map is no longer the one it was made from.
    """
    fresh, head = _carried(workspace, project, corpus, drawn)
    return workspace.store.projects.append(
        project.id,
        fresh,
        parent=head,
        sentence=sentence,
        author=author or workspace.settings.annotator,
        at=datetime.now(UTC),
    )


def keep_beside(
    workspace: Workspace,
    project: Project,
    corpus: Corpus,
    drawn: Drawn,
    sentences: tuple[str, str],
    *,
    author: str | None = None,
) -> Taxonomy:
    """Keep a drawn map as a state to return to, and go on with the current one.

    `sentences` tell the two in History: saved, went on. Raises as `adopt_kept`.
    """
    fresh, head = _carried(workspace, project, corpus, drawn)
    if head is None:
        raise TooFewError("This project has no map yet.", "Make one on the Map page.")
    return workspace.store.projects.append_beside(
        project.id,
        fresh,
        parent=head,
        sentences=sentences,
        author=author or workspace.settings.annotator,
        at=datetime.now(UTC),
    )


def _carried(
    workspace: Workspace, project: Project, corpus: Corpus, drawn: Drawn
) -> tuple[Taxonomy, int | None]:
    """Return the taxonomy of a drawn map with what people did, and the version below it."""
    # Read anew: a person may have edited the taxonomy while the map was made.
    here = current(workspace, project.id) if project.head is not None else None
    if here and here.map.id != drawn.map.parent:
        raise StaleEditError(
            "The map has changed since this one was made, so their clusters cannot be matched.",
            "Keep the current one; cluster or retrain again from there.",
        )
    fresh = grow_taxonomy(
        drawn.map.id,
        drawn.clustering,
        grow_hierarchy(Centroids.of(drawn.embedding.vectors, drawn.clustering.labels)),
        {text.id: text.body for text in corpus.texts},
    )
    if here is None:
        return fresh, None
    assignment = assign(here.taxonomy, load_clustering(workspace, here.map))
    carried = carry(here.taxonomy, assignment, fresh, drawn.lineage, drawn.clustering)
    return carried, here.project.head


def _count(clustering: Clustering) -> int:
    return len(set(clustering.labels.tolist()) - {-1})
