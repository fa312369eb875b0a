"""The first version of a taxonomy, straight from the clusters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from core.domain.clusterings import UNASSIGNED, Clustering
from core.domain.errors import InputError
from core.domain.taxonomy import Hierarchy, Taxonomy, Topic
from core.steps.taxonomy.keywords import keywords, labels


def grow(
    map_id: str, clustering: Clustering, hierarchy: Hierarchy, bodies: Mapping[str, str]
) -> Taxonomy:
    """Return version 0: a leaf "c{cluster}" for each cluster, under "p{i}" where
    parent i of the hierarchy holds two clusters or more, else at the root.

    `bodies` maps every text id of the clustering to its text. Labels are
    c-TF-IDF keywords: of a leaf against the other leaves, of a parent against
    the other parents; no two topics of the tree share one. Topics stand
    depth-first, the largest first. Raises InputError where the hierarchy is not
    over the clusters of `clustering`.
    """
    members: dict[int, list[str]] = defaultdict(list)
    for text, cluster in zip(clustering.text_ids, clustering.labels.tolist(), strict=True):
        if cluster != UNASSIGNED:
            members[cluster].append(bodies[text])
    if sorted(cluster for parent in hierarchy.parents for cluster in parent) != sorted(members):
        raise InputError(
            "The hierarchy and the map speak of different clusters.",
            "Make the hierarchy again from this map.",
        )

    terms = keywords({f"c{cluster}": texts for cluster, texts in members.items()})
    of_parents = keywords(
        {
            f"p{i}": [body for cluster in parent for body in members[cluster]]
            for i, parent in enumerate(hierarchy.parents)
        }
    )
    shown = {i for i, parent in enumerate(hierarchy.parents) if len(parent) > 1}
    terms |= {f"p{i}": of_parents[f"p{i}"] for i in shown}
    named = labels(terms)

    def topic(topic_id: str, parent: str | None, clusters: tuple[int, ...]) -> Topic:
        return Topic(topic_id, named[topic_id], parent, clusters, terms[topic_id])

    topics: list[Topic] = []
    for i in _by_size([sum(len(members[c]) for c in parent) for parent in hierarchy.parents]):
        if i in shown:
            topics.append(topic(f"p{i}", None, ()))
        clusters = sorted(hierarchy.parents[i])
        for j in _by_size([len(members[cluster]) for cluster in clusters]):
            above = f"p{i}" if i in shown else None
            topics.append(topic(f"c{clusters[j]}", above, (clusters[j],)))
    return Taxonomy(version=0, map_id=map_id, topics=tuple(topics))


def _by_size(sizes: list[int]) -> list[int]:
    """Return positions, largest size first; ties keep their order."""
    return sorted(range(len(sizes)), key=lambda i: -sizes[i])
