"""What a new tree is grown over: the leaves that may move, and what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from core.domain.clusterings import UNASSIGNED, Centroids, Clustering
from core.domain.errors import TooFewError
from core.domain.growing import GrowthSpec
from core.domain.judgments import Judgment
from core.domain.spaces import Floats
from core.domain.taxonomy import Taxonomy, Topic
from core.project.arrays import load_clustering, load_embedding
from core.project.grouping import foundation, weigh
from core.project.mapping import Current
from core.project.workspace import Workspace
from core.steps.hierarchy import LEAST_CLUSTERS, shares
from core.steps.taxonomy import assign, held, leaves, path


@dataclass(frozen=True, slots=True)
class Ground:
    """The leaves that may move, with their texts, by topic id; in the order in which a
    clustering of them numbers them."""

    topics: tuple[Topic, ...]
    texts: Mapping[str, tuple[str, ...]]

    def size(self, members: tuple[str, ...]) -> int:
        """Return how many texts some of the leaves hold."""
        return sum(len(self.texts[topic]) for topic in members)


def ground_of(workspace: Workspace, here: Current, spec: GrowthSpec) -> Ground:
    """Return the leaves that a new tree is grown over. Raises TooFewError where they are
    so few that they need no parents."""
    assignment = assign(here.taxonomy, load_clustering(workspace, here.map))
    texts = held(here.taxonomy, assignment)
    free = tuple(topic for topic in movable(here.taxonomy, keep=spec.keep) if texts[topic.id])
    if len(free) < LEAST_CLUSTERS:
        raise TooFewError(
            f"Only {len(free)} topics may move, and so few need no parents.",
            "Unlock topics, let parents that people named go, or split topics first.",
        )
    return Ground(free, {topic.id: texts[topic.id] for topic in free})


def movable(taxonomy: Taxonomy, *, keep: bool) -> tuple[Topic, ...]:
    """Return the leaves that may get another parent: none under a locked one or, with
    `keep`, under one that a person named; none that is archived."""

    def stays(topic: Topic) -> bool:
        above = path(taxonomy, topic.id)[:-1]
        named = keep and any(parent.named_by == "human" for parent in above)
        return named or topic.archived or any(parent.locked for parent in above)

    return tuple(topic for topic in leaves(taxonomy) if not stays(topic))


def points(
    workspace: Workspace, here: Current, ground: Ground, judgments: tuple[Judgment, ...]
) -> tuple[Centroids, Floats | None]:
    """Return the centroids of the leaves, and what answers say of them, None without any."""
    embedding = load_embedding(workspace, here.map)
    number = {
        text: place for place, topic in enumerate(ground.topics) for text in ground.texts[topic.id]
    }
    labels = np.array([number.get(text, UNASSIGNED) for text in embedding.text_ids], np.int32)
    centroids = Centroids.of(embedding.vectors, labels)
    if not judgments:
        return centroids, None
    base, prior = foundation(workspace, here.map)
    grouped = weigh(base, prior, judgments).clustering
    as_leaves: Clustering = replace(load_clustering(workspace, here.map), labels=labels)
    return centroids, shares(as_leaves, grouped)
