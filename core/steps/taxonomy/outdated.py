"""Which generated names were made for something that a topic no longer is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from core.domain.clusterings import Clustering
from core.domain.taxonomy import Assignment, Basis, Taxonomy
from core.steps.taxonomy.assignment import inner_ids

CHANGED = 0.25
"""Share by which a topic may grow or shrink before its name counts as made for another."""


def held(taxonomy: Taxonomy, assignment: Assignment) -> Mapping[str, tuple[str, ...]]:
    """Return the ids of the texts in each topic, those of topics below it included."""
    above = {topic.id: topic.parent for topic in taxonomy.topics}
    found: dict[str, list[str]] = {topic.id: [] for topic in taxonomy.topics}
    for text, leaf in zip(assignment.text_ids, assignment.topics, strict=True):
        place: str | None = leaf or None
        while place is not None:
            found[place].append(text)
            place = above[place]
    return {topic: tuple(texts) for topic, texts in found.items()}


def held_clusters(taxonomy: Taxonomy) -> Mapping[str, tuple[int, ...]]:
    """Return the clusters of each topic, those of topics below it included, ascending."""
    above = {topic.id: topic.parent for topic in taxonomy.topics}
    found: dict[str, list[int]] = defaultdict(list)
    for topic in taxonomy.topics:
        place: str | None = topic.id
        while place is not None:
            found[place] += topic.clusters
            place = above[place]
    return {topic.id: tuple(sorted(found[topic.id])) for topic in taxonomy.topics}


def outdated(
    taxonomy: Taxonomy, assignment: Assignment, clustering: Clustering
) -> Mapping[str, str]:
    """Return, by topic id, why a generated name was made for something else.

    Nothing remembers to set this: it compares what the name was made for (`Basis`)
    with what the topic holds. Keyword labels of a new tree have no basis: they were
    made for the topic's own clusters. Names of people, of archived topics and of
    topics without texts are none of it.
    """
    inner, texts = inner_ids(taxonomy), held(taxonomy, assignment)
    clusters = held_clusters(taxonomy)
    counts = dict(zip(*np.unique(clustering.labels, return_counts=True), strict=True))
    found = {}
    for topic in taxonomy.topics:
        if topic.named_by == "human" or topic.archived or not texts[topic.id]:
            continue
        basis = topic.basis
        if basis is None and topic.id not in inner and topic.clusters:
            size = sum(int(counts.get(cluster, 0)) for cluster in topic.clusters)
            basis = Basis(topic.clusters, size)
        why = basis and why_outdated(basis, clusters[topic.id], texts[topic.id])
        if basis is not topic.basis and len(topic.clusters) > 1:
            # A tree is grown with a topic a cluster: more came by merging.
            why = "Topics were merged into it since it was named."
        if why:
            found[topic.id] = why
    return found


def why_outdated(basis: Basis, clusters: tuple[int, ...], texts: tuple[str, ...]) -> str:
    """Return in a sentence why a name made for `basis` does not fit what a topic holds,
    "" where it does."""
    if basis.clusters != clusters:
        return "Groups of texts came or went since it was named."
    if left := len(set(basis.texts) - set(texts)):
        return f"{left} of the {len(basis.texts)} texts that its name was made from have left it."
    if abs(len(texts) - basis.size) > CHANGED * basis.size:
        return f"It held {basis.size:,} texts when it was named and holds {len(texts):,} now."
    return ""
