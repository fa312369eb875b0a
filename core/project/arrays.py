"""Keeping embeddings, layouts and clusterings as files, and reading them back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import Clustering, Condensed
from core.domain.groupings import Ground
from core.domain.neighbours import Neighbours
from core.domain.projects import Map
from core.domain.spaces import Embedding, Layout
from core.project.workspace import Workspace


def keep_embedding(workspace: Workspace, embedding: Embedding) -> str:
    return workspace.files.put_arrays(
        {"text_ids": _pack(embedding.text_ids), "vectors": embedding.vectors}
    )


def keep_layout(workspace: Workspace, layout: Layout) -> str:
    return workspace.files.put_arrays(
        {"text_ids": _pack(layout.text_ids), "reduced": layout.reduced, "xy": layout.xy}
    )


def keep_clustering(
    workspace: Workspace, clustering: Clustering, answers: Mapping[str, str] | None = None
) -> str:
    """Keep a partition, with the ids of the answers that it was made from."""
    arrays = {
        "text_ids": _pack(clustering.text_ids),
        "labels": clustering.labels,
        "strength": clustering.strength,
    }
    if answers is not None:
        arrays |= {"asked": _pack(tuple(answers)), "said": _pack(tuple(answers.values()))}
    return workspace.files.put_arrays(arrays)


def load_answers(workspace: Workspace, source: Map) -> dict[str, str] | None:
    """Return the ids of the answers that a map's partition was made from, None where
    they were not kept."""
    stored = workspace.files.arrays(source.clustering_key)
    if "asked" not in stored:
        return None
    return dict(zip(_unpack(stored["asked"]), _unpack(stored["said"]), strict=True))


def keep_ground(workspace: Workspace, ground: Ground) -> str:
    return workspace.files.put_arrays(
        {
            "text_ids": _pack(ground.text_ids),
            "vectors": ground.vectors,
            "prior": ground.prior,
            "prior_ids": ground.prior_ids,
            "blocks": ground.blocks,
            "medoids": ground.medoids,
            "starts": ground.starts,
            "neighbours": ground.neighbours,
            "likeness": ground.likeness,
        }
    )


def keep_condensed(workspace: Workspace, name: str, tree: Condensed) -> None:
    """Keep a condensed tree under a name."""
    workspace.files.cache(name, {field: getattr(tree, field) for field in Condensed.__slots__})


def load_condensed(workspace: Workspace, name: str) -> Condensed | None:
    """Return the condensed tree kept under a name, None where there is none."""
    stored = workspace.files.cached(name)
    return None if stored is None else Condensed(**stored)


def keep_neighbours(workspace: Workspace, name: str, found: Neighbours) -> None:
    """Keep a graph under a name; its texts are those of its embedding."""
    workspace.files.cache(name, {"rows": found.rows, "cosines": found.cosines})


def load_neighbours(workspace: Workspace, name: str, embedding: Embedding) -> Neighbours | None:
    """Return the graph of an embedding kept under a name, read-only; None where there is none."""
    stored = workspace.files.cached(name)
    if stored is None:
        return None
    return Neighbours(embedding.space, embedding.text_ids, stored["rows"], stored["cosines"])


def load_ground(workspace: Workspace, space: str, key: str) -> Ground | None:
    """Return what the questions of a map stand on, read-only; None where an older
    Clade kept it, which knew no neighbours."""
    stored = dict(workspace.files.arrays(key))
    if "neighbours" not in stored:
        return None
    return Ground(space=space, text_ids=_unpack(stored.pop("text_ids")), **stored)


def load_embedding(workspace: Workspace, source: Map) -> Embedding:
    """Return a map's vectors, read-only."""
    stored = workspace.files.arrays(source.embedding_key)
    return Embedding(source.space, _unpack(stored["text_ids"]), stored["vectors"])


def load_layout(workspace: Workspace, source: Map) -> Layout:
    """Return a map's coordinates, read-only."""
    stored = workspace.files.arrays(source.layout_key)
    return Layout(source.space, _unpack(stored["text_ids"]), stored["reduced"], stored["xy"])


def load_clustering(workspace: Workspace, source: Map) -> Clustering:
    """Return a map's partition, read-only."""
    return _clustering(workspace, source, source.clustering_key)


def load_prior(workspace: Workspace, source: Map) -> Clustering:
    """Return the partition that a map had before any answer, read-only."""
    return _clustering(workspace, source, source.prior_key or source.clustering_key)


def _clustering(workspace: Workspace, source: Map, key: str) -> Clustering:
    stored = workspace.files.arrays(key)
    return Clustering(
        source.space,
        _unpack(stored["text_ids"]),
        stored["labels"],
        stored["strength"],
        source.spec,
    )


def load_map(workspace: Workspace, map_id: str) -> tuple[Embedding, Layout, Clustering]:
    """Return everything of one map, read-only."""
    source = workspace.store.maps.get(map_id)
    return (
        load_embedding(workspace, source),
        load_layout(workspace, source),
        load_clustering(workspace, source),
    )


def _pack(text_ids: tuple[str, ...]) -> NDArray[Any]:
    return np.array(text_ids, dtype="S16")


def _unpack(packed: NDArray[Any]) -> tuple[str, ...]:
    return tuple(packed.astype("U16").tolist())
