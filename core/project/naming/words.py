"""Names by c-TF-IDF for what topics hold now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from core.domain.clusterings import Clustering
from core.domain.taxonomy import Basis, NewName, Taxonomy
from core.project.naming.subjects import why_not
from core.steps.taxonomy import (
    assign,
    distinct,
    held,
    held_clusters,
    inner_ids,
    keywords,
    label,
)


def by_keywords(
    taxonomy: Taxonomy,
    clustering: Clustering,
    bodies: Mapping[str, str],
    wanted: Collection[str],
) -> tuple[NewName, ...]:
    """Return names by keywords for those of the `wanted` topics that people have not named
    and that hold texts: of leaves against the other leaves, of parents against the other
    parents. Siblings' names differ."""
    texts = held(taxonomy, assign(taxonomy, clustering))
    clusters, inner = held_clusters(taxonomy), inner_ids(taxonomy)
    there = [topic for topic in taxonomy.topics if texts[topic.id] and not topic.archived]
    terms: dict[str, tuple[str, ...]] = {}
    for kind in (True, False):
        some = [topic.id for topic in there if (topic.id in inner) is kind]
        terms |= keywords({topic: [bodies[text] for text in texts[topic]] for topic in some})
    chosen = [
        topic
        for topic in there
        if topic.id in wanted and topic.named_by != "human" and not why_not(topic)
    ]
    fluid = {topic.id for topic in chosen}
    taken: dict[str | None, set[str]] = defaultdict(set)
    for topic in taxonomy.topics:
        if topic.id not in fluid:
            taken[topic.parent].add(topic.label.casefold())
    found = []
    for topic in chosen:
        words = terms[topic.id]
        name = distinct(label(words), words, taken[topic.parent])
        taken[topic.parent].add(name.casefold())
        basis = Basis(clusters[topic.id], len(texts[topic.id]))
        found.append(NewName(topic.id, name, basis, keywords=words))
    return tuple(found)
