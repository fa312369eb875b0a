"""The job: new texts are embedded, land beside their neighbours, and join their topics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import numpy as np

from core.domain.clusterings import UNASSIGNED, Clustering
from core.domain.errors import StaleEditError
from core.domain.neighbours import Beside, Neighbours
from core.domain.ports import Progress
from core.domain.projects import Map
from core.domain.spaces import Embedding, Floats, Ints
from core.domain.taxonomy import Taxonomy
from core.domain.texts import Corpus, Table
from core.project import arrays
from core.project.drawing import BLOCKS
from core.project.encoders import embed, open_encoder
from core.project.mapping import Current, current
from core.project.neighbouring import graph_name, map_neighbours
from core.project.stages import shares
from core.project.workspace import Workspace
from core.steps.clustering import join
from core.steps.grouping import FEWEST, lay_ground
from core.steps.neighbours import beside, extend
from core.steps.projection import place
from core.steps.taxonomy import assign, leaves
from core.steps.texts import make_corpus


@dataclass(frozen=True, slots=True)
class _Landing:
    """The texts with the new ones among them: `fresh` bool (n,) says which these are,
    `near` where each of them lies among the old ones, `usual` float32 how near the
    nearest other text is to each old one."""

    embedding: Embedding
    neighbours: Neighbours
    fresh: Any
    near: Beside
    usual: Floats


def add(
    workspace: Workspace, project_id: str, params: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """Put the rows that `prepare` kept on the project's map.

    Only new texts are embedded. Old ones keep their place, cluster and topic; a new
    text lands by its neighbours and joins their topic, or stays unassigned; none joins
    a locked one. The taxonomy, its names, locks and moves stay as they are. Returns the map's
    id, the number of rows, of new texts, and of those left unassigned. Raises
    StaleEditError where the map or the rows changed meanwhile, ModelError where no
    model can read new texts.
    """
    here = current(workspace, project_id)
    progress.report(0.0, "Reading the new rows")
    corpus = _corpus(workspace, here, params)
    old = arrays.load_embedding(workspace, here.map)
    known = frozenset(old.text_ids)
    fresh = Corpus(tuple(text for text in corpus.texts if text.id not in known), (), ())
    seconds = 3 + len(fresh.texts) / 150, 2 + len(corpus.texts) / 2500
    embedding_stage, rest = shares(progress, *seconds)
    both = _embedded(workspace, here, old, fresh, embedding_stage)
    rest.report(0.0, "Finding the places of the new texts")
    landing = _land(workspace, here, old, both)
    grown, taxonomy = _grown(workspace, here, landing, params["table"])
    rest.report(0.7, "Preparing the questions")
    grown = _keep_ground(workspace, landing, grown)
    rest.report(0.95, "Saving")
    loose = _loose(workspace, grown, landing)
    workspace.store.maps.add(grown)
    workspace.store.projects.append(
        project_id,
        taxonomy,
        parent=taxonomy.version,
        sentence=_sentence(params, len(fresh.texts), loose),
        author=workspace.settings.annotator,
        at=datetime.now(UTC),
    )
    counts = {"rows": params["rows"], "texts": len(fresh.texts), "unassigned": loose}
    return {"map": grown.id, **counts}


def _corpus(workspace: Workspace, here: Current, params: Mapping[str, Any]) -> Corpus:
    project = here.project
    if project.table_key != params["onto"]:
        raise StaleEditError(
            "The rows of this project changed since these were prepared.",
            "Add the file again on the Data page.",
        )
    frame = workspace.files.frame(params["table"])
    return make_corpus(Table(project.source, frame, project.headers, ""), project.columns)


def _embedded(
    workspace: Workspace, here: Current, old: Embedding, fresh: Corpus, progress: Progress
) -> Embedding:
    """Return the vectors of all texts, of which only the new ones are made."""
    if not fresh.texts:
        return old
    progress.report(0.0, "Loading the embedder")
    encoder = open_encoder(workspace, here.map.space, runs_code=here.project.runs_code)
    new = embed(workspace, fresh, encoder, progress)
    ids = np.array([*old.text_ids, *new.text_ids])
    order = np.argsort(ids, kind="stable")
    beside(new.vectors[:1], old.vectors[:1], 1)  # refuses vectors of another dimension
    vectors = np.concatenate([old.vectors, new.vectors])[order]
    return Embedding(old.space, tuple(ids[order].tolist()), vectors)


def _land(workspace: Workspace, here: Current, old: Embedding, both: Embedding) -> _Landing:
    before = map_neighbours(workspace, here.map, old)
    fresh = ~np.isin(both.text_ids, old.text_ids, assume_unique=True)
    near = beside(both.vectors[fresh], old.vectors)
    return _Landing(both, extend(before, both), fresh, near, before.cosines[:, :1].ravel())


def _grown(
    workspace: Workspace, here: Current, landing: _Landing, table_key: str
) -> tuple[Map, Taxonomy]:
    """Return the map with the new texts on it and the taxonomy that it comes under."""
    both, source = landing.embedding, here.map
    clustering = arrays.load_clustering(workspace, source)
    # Read last: a person may have edited the taxonomy while texts were embedded.
    now = current(workspace, here.project.id)
    if now.map.id != source.id:
        raise StaleEditError(
            "The map has changed since these rows were read.", "Add the file again."
        )
    labels, strength, taxonomy, next_id = _joined(now.taxonomy, clustering, landing, source)
    key = arrays.keep_embedding(workspace, both)
    arrays.keep_neighbours(workspace, graph_name(key, here.project.seed), landing.neighbours)
    layout = place(arrays.load_layout(workspace, source), both, landing.near)
    filled = _filled(clustering, landing, labels, strength)
    prior_key = None
    if source.prior_key is not None:
        prior = arrays.load_prior(workspace, source)
        joined = join(prior.labels, landing.near, landing.usual)
        prior_key = arrays.keep_clustering(workspace, _filled(prior, landing, *joined))
    grown = replace(
        source,
        id=uuid4().hex,
        embedding_key=key,
        layout_key=arrays.keep_layout(workspace, layout),
        clustering_key=arrays.keep_clustering(
            workspace, filled, arrays.load_answers(workspace, source)
        ),
        next_cluster_id=next_id,
        created_at=datetime.now(UTC),
        prior_key=prior_key,
        table_key=table_key,
    )
    return grown, replace(taxonomy, map_id=grown.id)


def _joined(
    taxonomy: Taxonomy, clustering: Clustering, landing: _Landing, source: Map
) -> tuple[Ints, Floats, Taxonomy, int]:
    """Return clusters and strengths of the new texts, which vote by their neighbours'
    topics: what people put elsewhere draws new texts there, too. A topic made by hand
    has no cluster yet and gets one where a text joins it."""
    # An archived topic still draws what belongs to it: it may come back.
    lifted = replace(taxonomy, topics=tuple(replace(t, archived=False) for t in taxonomy.topics))
    ends = leaves(lifted)
    number = {topic.id: place for place, topic in enumerate(ends)} | {"": UNASSIGNED}
    topics = np.array([number[t] for t in assign(lifted, clustering).topics], dtype=np.int32)
    closed = [place for place, topic in enumerate(ends) if topic.locked]
    groups, strength = join(topics, landing.near, landing.usual, closed=closed)
    next_id, held = source.next_cluster_id, {topic.id: topic.clusters for topic in ends}
    labels = np.full(len(groups), UNASSIGNED, dtype=np.int32)
    for line in np.flatnonzero(groups != UNASSIGNED).tolist():
        topic = ends[groups[line]].id
        if not held[topic]:
            held[topic], next_id = (next_id,), next_id + 1
        beside = Counter(clustering.labels[landing.near.rows[line]].tolist())
        labels[line] = max(held[topic], key=lambda cluster: (beside[cluster], -cluster))
    kept = (replace(t, clusters=held.get(t.id, t.clusters)) for t in taxonomy.topics)
    return labels, strength, replace(taxonomy, topics=tuple(kept)), next_id


def _filled(
    clustering: Clustering, landing: _Landing, labels: Ints, strength: Floats
) -> Clustering:
    """Return a partition of all texts: that of the old ones, and `labels` for the new."""
    fresh = landing.fresh
    both = np.empty(len(fresh), dtype=np.int32), np.empty(len(fresh), dtype=np.float32)
    both[0][~fresh], both[1][~fresh] = clustering.labels, clustering.strength
    both[0][fresh], both[1][fresh] = labels, strength
    ids = landing.embedding.text_ids
    return replace(clustering, text_ids=ids, labels=both[0], strength=both[1])


def _keep_ground(workspace: Workspace, landing: _Landing, grown: Map) -> Map:
    if len(landing.embedding.text_ids) < FEWEST:
        return grown
    prior = arrays.load_prior(workspace, grown)
    ground = lay_ground(landing.embedding, prior, landing.neighbours, blocks=BLOCKS)
    return replace(grown, ground_key=arrays.keep_ground(workspace, ground))


def _loose(workspace: Workspace, grown: Map, landing: _Landing) -> int:
    labels = arrays.load_clustering(workspace, grown).labels[landing.fresh]
    return int((labels == UNASSIGNED).sum())


def _sentence(params: Mapping[str, Any], texts: int, loose: int) -> str:
    rows = "1 row" if params["rows"] == 1 else f"{params['rows']:,} rows"
    new = "1 new text" if texts == 1 else f"{texts:,} new texts"
    left = f", {loose:,} of them in no topic" if loose else ""
    return f"Added {rows} from {params['name']}: {new}{left}"
