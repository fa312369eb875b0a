"""Drawing a map that nobody adopted yet: embed, lay out, cluster, follow the clusters."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid4

from core.domain.clusterings import (
    BY_DENSITY,
    UNASSIGNED,
    Clustering,
    ClusterSpec,
    Condensed,
    Lineage,
    Method,
)
from core.domain.ids import content_id
from core.domain.neighbours import Neighbours
from core.domain.ports import Encoder, Progress
from core.domain.projects import Map, Project
from core.domain.spaces import Embedding, Layout
from core.domain.texts import Corpus
from core.project.arrays import (
    keep_clustering,
    keep_condensed,
    keep_embedding,
    keep_ground,
    keep_layout,
    load_clustering,
    load_condensed,
    load_embedding,
    load_layout,
)
from core.project.encoders import embed
from core.project.neighbouring import neighbours_of
from core.project.pacing import Stopwatch, remember_drawing
from core.project.stages import Stage, shares
from core.project.workspace import Workspace
from core.steps.clustering import MIN_TEXTS, cluster, condense, match, resolve, take_in
from core.steps.grouping import FEWEST, lay_ground
from core.steps.projection import project as project_vectors

# Bunches of texts that questions are about: as many as an LLM is likely to be asked.
BLOCKS = 400

_NAMES = {"kmeans": "k-means", "ward": "Ward", "agglomerative": "average linkage"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A map that was just made, with its arrays, the lineage of its clusters, and how many
    texts between them `joined` one by their neighbours."""

    map: Map
    embedding: Embedding
    clustering: Clustering
    lineage: Lineage
    joined: int = 0

    @property
    def noise(self) -> str:
        """Return in words what became of the texts between the clusters, "" where all
        are in one by themselves."""
        loose = int((self.clustering.labels == UNASSIGNED).sum())
        told = [f"{self.joined:,} odd texts joined most of their neighbours"] if self.joined else []
        told += [f"{loose:,} are in no cluster"] if loose else []
        return "; " + ", ".join(told) if told else ""


def draw(
    workspace: Workspace,
    project: Project,
    corpus: Corpus,
    encoder: Encoder,
    spec: ClusterSpec,
    progress: Progress,
    parent: Map | None = None,
) -> Drawn:
    """Embed, lay out and cluster; with `parent`, start from its layout and keep its ids.

    Saves arrays but no map: whoever called decides what becomes of it.
    """
    embedding_part, *drawing = _seconds(len(corpus.texts))
    embedding_stage, rest = shares(progress, embedding_part, sum(drawing))
    watch = Stopwatch(encoder)
    embedding = embed(workspace, corpus, watch, embedding_stage)
    watch.remember(workspace, project.id)
    return draw_embedded(workspace, project, embedding, spec, rest, parent)


def draw_embedded(
    workspace: Workspace,
    project: Project,
    embedding: Embedding,
    spec: ClusterSpec,
    progress: Progress,
    parent: Map | None = None,
) -> Drawn:
    """Lay out and cluster vectors that are there already, as `draw` does."""
    started = time.monotonic()
    n = len(embedding.text_ids)
    layout_stage, stage = shares(progress, *_seconds(n)[1:])
    start = load_layout(workspace, parent) if parent else None
    key = keep_embedding(workspace, embedding)
    layout_stage.report(0.0, "Finding nearest neighbours")
    near = neighbours_of(workspace, embedding, key, project.seed)
    after = Stage(layout_stage, 0.2, 1.0)
    layout = project_vectors(embedding, near, seed=project.seed, start=start, on_stage=after.report)
    keys = (key, keep_layout(workspace, layout))
    arrays = (embedding, layout, near)
    drawn = _cluster(workspace, project, arrays, keys, spec, stage, parent)
    remember_drawing(workspace, project.id, n, time.monotonic() - started)
    return drawn


def recluster(
    workspace: Workspace, project: Project, source: Map, spec: ClusterSpec, progress: Progress
) -> Drawn:
    """Cluster a map's vectors again, ids kept by lineage."""
    embedding = load_embedding(workspace, source)
    near = neighbours_of(workspace, embedding, source.embedding_key, project.seed)
    arrays = (embedding, load_layout(workspace, source), near)
    keys = (source.embedding_key, source.layout_key)
    return _cluster(workspace, project, arrays, keys, spec, progress, source)


def _cluster(
    workspace: Workspace,
    project: Project,
    arrays: tuple[Embedding, Layout, Neighbours],
    keys: tuple[str, str],
    spec: ClusterSpec,
    progress: Progress,
    parent: Map | None,
) -> Drawn:
    embedding, layout, near = arrays
    progress.report(0.0, "Finding clusters")
    dense = cluster(embedding, layout, spec)
    clustering = take_in(dense, near)
    if dense.spec.method == "hdbscan" and len(embedding.text_ids) >= MIN_TEXTS:
        progress.report(0.2, "Drawing the tree of clusters")
        keep_condensed(workspace, tree_name(keys[1], dense.spec), condense(layout, dense.spec))
    progress.report(0.3, "Preparing the questions")
    drawn = drawn_from(workspace, project, embedding, clustering, keys, parent)
    progress.report(0.5, "Naming clusters")
    joined = int((dense.labels != clustering.labels).sum())
    return replace(drawn, joined=joined)


def tree_name(layout_key: str, spec: ClusterSpec) -> str:
    """Return the name under which the condensed tree of a clustering is kept."""
    return content_id("condensed", layout_key, str(spec.min_cluster_size), spec.selection)


def drawn_from(
    workspace: Workspace,
    project: Project,
    embedding: Embedding,
    clustering: Clustering,
    keys: tuple[str, str],
    parent: Map | None,
    *,
    prior_key: str | None = None,
    ground_key: str | None = None,
    answers: Mapping[str, str] | None = None,
) -> Drawn:
    """Keep a partition as a map that nobody adopted yet, its ids continued from `parent`.

    `keys` name the arrays of its embedding and its layout. A partition that answers
    shaped comes with the keys of the one that knew none and of its ground, and
    with the ids of those answers.
    """
    lineage, next_id = Lineage(()), 0
    if parent:
        clustering, lineage = match(
            load_clustering(workspace, parent), clustering, next_id=parent.next_cluster_id
        )
        next_id = parent.next_cluster_id
    if ground_key is None and len(embedding.text_ids) >= FEWEST:
        near = neighbours_of(workspace, embedding, keys[0], project.seed)
        ground = lay_ground(embedding, clustering, near, blocks=BLOCKS)
        ground_key = keep_ground(workspace, ground)
    new = Map(
        id=uuid4().hex,
        project=project.id,
        space=embedding.space,
        spec=clustering.spec,
        embedding_key=keys[0],
        layout_key=keys[1],
        clustering_key=keep_clustering(workspace, clustering, answers),
        round=parent.round if parent else 0,
        next_cluster_id=max(next_id, int(clustering.labels.max(initial=-1)) + 1),
        parent=parent.id if parent else None,
        created_at=datetime.now(UTC),
        prior_key=prior_key,
        ground_key=ground_key,
        table_key=parent.table_key if parent else None,
    )
    return Drawn(new, embedding, clustering, lineage)


def kept_tree(workspace: Workspace, source: Map) -> Condensed | None:
    """Return the condensed tree of a map's clusters, None where none was kept."""
    return load_condensed(workspace, tree_name(source.layout_key, source.spec))


def suggested(method: Method, texts: int) -> ClusterSpec:
    """Return a method with the sizes that suit so many texts."""
    return resolve(ClusterSpec(method), texts)


def _seconds(texts: int) -> tuple[float, float, float]:
    """Expected seconds of embedding, laying out, and clustering with naming."""
    return 3 + texts / 150, 8 + texts / 250, 1 + texts / 1500


def describe(spec: ClusterSpec) -> str:
    """Say a clustering's settings in words."""
    if spec.method in BY_DENSITY:
        name = "HDBSCAN" if spec.method == "hdbscan" else "EVoC"
        return f"{name} {spec.selection}, at least {spec.min_cluster_size} texts a cluster"
    return f"{_NAMES[spec.method]}, {spec.k} clusters"


def next_round(drawn: Drawn) -> Drawn:
    """Return the drawn map counted as one retrain further."""
    return replace(drawn, map=replace(drawn.map, round=drawn.map.round + 1))
