"""The one graph of neighbours of an embedding: computed once, kept, read everywhere."""

from __future__ import annotations

from core.domain.ids import content_id
from core.domain.neighbours import Neighbours
from core.domain.projects import Map
from core.domain.spaces import Embedding
from core.project.arrays import keep_neighbours, load_embedding, load_neighbours
from core.project.intake import find_project
from core.project.workspace import Workspace
from core.steps.neighbours import find_neighbours, near_duplicates, nearest_to

NEAR_DUPLICATE = 0.95
"""Cosine from which two texts are shown as near-duplicates of each other."""


def neighbours_of(
    workspace: Workspace, embedding: Embedding, key: str, seed: int, *, light: bool = False
) -> Neighbours:
    """Return the graph of the embedding kept under `key`, found now where it is not kept;
    `light` as for `find_neighbours`."""
    name = graph_name(key, seed)
    kept = load_neighbours(workspace, name, embedding)
    if kept is None:
        kept = find_neighbours(embedding, seed=seed, light=light)
        keep_neighbours(workspace, name, kept)
    return kept


def map_neighbours(workspace: Workspace, source: Map, embedding: Embedding) -> Neighbours:
    """Return the graph of a map's vectors. Pages read it, too, so where a map of an older
    Clade has none torch is not loaded to find it."""
    seed = find_project(workspace, source.project).seed
    return neighbours_of(workspace, embedding, source.embedding_key, seed, light=True)


def nearest(workspace: Workspace, source: Map, text: str, count: int) -> tuple[str, ...]:
    """Return the ids of the texts nearest to one, nearest first."""
    return nearest_to(load_embedding(workspace, source), text, count)


def duplicates(workspace: Workspace, source: Map) -> tuple[tuple[str, ...], ...]:
    """Return groups of texts of a map that say nearly the same, the largest first."""
    found = map_neighbours(workspace, source, load_embedding(workspace, source))
    return near_duplicates(found, cosine=NEAR_DUPLICATE)


def graph_name(key: str, seed: int) -> str:
    """Return the name under which the graph of an embedding is kept."""
    return content_id("neighbours", key, str(seed))
