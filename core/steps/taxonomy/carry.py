"""Carrying a person's work over to a new clustering."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from core.domain.clusterings import UNASSIGNED, Clustering, Lineage
from core.domain.taxonomy import Assignment, Taxonomy, Topic
from core.steps.taxonomy.archiving import aligned
from core.steps.taxonomy.assignment import assign, inner_ids, leaves
from core.steps.taxonomy.keywords import distinct
from core.steps.taxonomy.rebuilding import pruned, unused_id


def carry(
    old: Taxonomy,
    old_assignment: Assignment,
    fresh: Taxonomy,
    lineage: Lineage,
    clustering: Clustering,
) -> Taxonomy:
    """Return the next version of `old`, over the clusters of `clustering`.

    `old_assignment` is what `old` assigned before; `fresh` was grown from
    `clustering`, whose ids `lineage` matched to the old ones.

    - A topic keeps its clusters as far as they still exist, with its id, place,
      description, lock and review mark. It keeps its label and keywords too where
      it is locked or merged of several clusters; elsewhere the keywords are
      fresh, and so is the label unless a person wrote or took it.
    - The pieces of a split cluster stay in a topic that a person merged. Elsewhere
      a new cluster is a new topic: beside the one that it was split from, else
      where most of the topics are that the fresh tree puts it with, else under a
      parent of the fresh tree.
    - A topic without clusters stays where a person named, described, locked, archived
      or filled it by hand; a parent stays while there is something under it.
    - A text moved by hand stays there. A locked topic keeps exactly its texts:
      those that the clustering would take away are put into it by hand, and a
      cluster that would bring it others goes to a new topic beside it.
    """
    holders = {cluster: topic.id for topic in old.topics for cluster in topic.clusters}
    sources = {
        piece: step.old[0] for step in lineage.steps if step.kind == "split" for piece in step.new
    }
    matched = _matched(old, fresh, holders, sources)
    owners, yielded = _guarded(old, old_assignment, matched, clustering)
    origins = {piece: holders[o] for piece, o in sources.items() if o in holders} | yielded

    kept = _kept(old, fresh, owners)
    grown = _with_new(kept, old, fresh, owners, origins)
    carried = aligned(_with_distinct_labels(grown, {topic.id for topic in kept.topics}))
    moved = _pinned(old, old_assignment, carried, clustering)
    return replace(carried, version=old.version + 1, moved=moved)


def _matched(
    old: Taxonomy, fresh: Taxonomy, holders: Mapping[int, str], sources: Mapping[int, int]
) -> dict[int, str]:
    """Return the old topic of each fresh cluster that has one, locks aside."""
    merged = {topic.id for topic in old.topics if len(topic.clusters) > 1}
    owners: dict[int, str] = {}
    for cluster in (cluster for topic in fresh.topics for cluster in topic.clusters):
        if cluster in holders:
            owners[cluster] = holders[cluster]
        elif (topic_id := holders.get(sources.get(cluster, UNASSIGNED))) in merged:
            owners[cluster] = topic_id
    return owners


def _locked(old: Taxonomy) -> set[str]:
    """Return the topics whose texts a lock guards. What is archived holds none: its
    clusters stay set aside."""
    return {topic.id for topic in leaves(old) if topic.locked and not topic.archived}


def _guarded(
    old: Taxonomy,
    old_assignment: Assignment,
    matched: Mapping[int, str],
    clustering: Clustering,
) -> tuple[dict[int, str], dict[int, str]]:
    """Return the owners of clusters once locks are heeded, and the clusters that
    locked topics yield because they hold texts of others.

    A cluster of nothing but locked topics' texts belongs to the one with most.
    """
    locked = _locked(old)
    before = dict(zip(old_assignment.text_ids, old_assignment.topics, strict=True))
    places = {topic.id for topic in leaves(old)} | {""}
    origins: dict[int, Counter[str]] = defaultdict(Counter)
    for text, cluster in zip(clustering.text_ids, clustering.labels.tolist(), strict=True):
        if cluster != UNASSIGNED and old.moved.get(text) not in places:
            origins[cluster][before.get(text, "")] += 1

    owners, yielded = dict(matched), {}
    for cluster, counts in origins.items():
        if counts.keys() <= locked:
            owners[cluster] = min(counts, key=lambda topic_id: (-counts[topic_id], topic_id))
        elif owners.get(cluster) in locked:
            yielded[cluster] = owners.pop(cluster)
    return owners, yielded


def _kept(old: Taxonomy, fresh: Taxonomy, owners: Mapping[int, str]) -> Taxonomy:
    """Return what stays of `old`, with the clusters that each topic now has."""
    held: dict[str, list[int]] = defaultdict(list)
    for cluster in sorted(owners):
        held[owners[cluster]].append(cluster)
    named = {cluster: topic for topic in fresh.topics for cluster in topic.clusters}
    inner, filled = inner_ids(old), set(old.moved.values())
    topics: list[Topic] = []
    for topic in old.topics:
        clusters = tuple(held[topic.id])
        by_hand = (
            *(topic.named_by == "human", topic.described_by_hand),
            *(topic.locked, topic.archived),
        )
        if topic.id in inner:
            topics.append(topic)
        elif clusters or any(by_hand) or topic.id in filled:
            topics.append(_refreshed(replace(topic, clusters=clusters), named))
    return pruned(Taxonomy(old.version, fresh.map_id, tuple(topics), old.moved), inner)


def _refreshed(topic: Topic, named: Mapping[int, Topic]) -> Topic:
    if topic.locked or len(topic.clusters) != 1:
        return topic
    now = named[topic.clusters[0]]
    if topic.named_by != "keywords":
        return replace(topic, keywords=now.keywords)
    return replace(topic, keywords=now.keywords, label=now.label, basis=None)


def _with_new(
    kept: Taxonomy,
    old: Taxonomy,
    fresh: Taxonomy,
    owners: Mapping[int, str],
    origins: Mapping[int, str],
) -> Taxonomy:
    """Return `kept` with a topic for each cluster that has no owner."""
    place_of = {topic.id: topic.parent for topic in old.topics}
    closed = {topic.id for topic in kept.topics if topic.locked or topic.archived}
    open_places: set[str | None] = {None, *inner_ids(kept)} - closed
    votes: dict[str | None, Counter[str | None]] = defaultdict(Counter)
    for leaf in leaves(fresh):
        neighbours = (place_of[owners[c]] for c in leaf.clusters if c in owners)
        votes[leaf.parent].update(place for place in neighbours if place in open_places)

    new: list[Topic] = []
    homeless: dict[str, list[Topic]] = defaultdict(list)
    for leaf in leaves(fresh):
        clusters = tuple(cluster for cluster in leaf.clusters if cluster not in owners)
        if not clusters:
            continue
        topic = replace(leaf, id=_free_id(kept, leaf.id), clusters=clusters, parent=None)
        beside = [place_of[origins[c]] for c in clusters if c in origins]
        if beside and beside[0] in open_places:
            new.append(replace(topic, parent=beside[0]))
        elif leaf.parent is None:
            new.append(topic)
        elif votes[leaf.parent]:
            new.append(replace(topic, parent=votes[leaf.parent].most_common(1)[0][0]))
        else:
            homeless[leaf.parent].append(topic)
    return _housed(replace(kept, topics=(*kept.topics, *new)), fresh, homeless)


def _housed(
    taxonomy: Taxonomy, fresh: Taxonomy, homeless: Mapping[str, Sequence[Topic]]
) -> Taxonomy:
    """Add topics under the parents that the fresh tree has for them; a parent of
    one topic is that topic at the root."""
    for parent in fresh.topics:
        topics = homeless.get(parent.id, ())
        if len(topics) > 1:
            parent_id = unused_id(taxonomy, "p")
            above = replace(parent, id=parent_id)
            topics = [above, *(replace(topic, parent=parent_id) for topic in topics)]
        taxonomy = replace(taxonomy, topics=(*taxonomy.topics, *topics))
    return taxonomy


def _free_id(taxonomy: Taxonomy, wanted: str) -> str:
    taken = {topic.id for topic in taxonomy.topics} | set(taxonomy.moved.values())
    return unused_id(taxonomy, f"{wanted}v") if wanted in taken else wanted


def _with_distinct_labels(taxonomy: Taxonomy, kept: set[str]) -> Taxonomy:
    """Change labels that keywords gave just now where a sibling has the same."""
    fluid = {
        topic.id
        for topic in taxonomy.topics
        if topic.id not in kept
        or (topic.named_by == "keywords" and not topic.locked and len(topic.clusters) == 1)
    }
    taken: dict[str | None, set[str]] = defaultdict(set)
    for topic in taxonomy.topics:
        if topic.id not in fluid:
            taken[topic.parent].add(topic.label.casefold())
    topics: list[Topic] = []
    for topic in taxonomy.topics:
        if topic.id in fluid:
            label = distinct(topic.label, topic.keywords, taken[topic.parent])
            topic = replace(topic, label=label)
            taken[topic.parent].add(label.casefold())
        topics.append(topic)
    return replace(taxonomy, topics=tuple(topics))


def _pinned(
    old: Taxonomy, old_assignment: Assignment, carried: Taxonomy, clustering: Clustering
) -> Mapping[str, str]:
    """Return `old.moved` and, by hand, what locked topics would lose."""
    locked = _locked(old)
    now = assign(carried, clustering)
    place = dict(zip(now.text_ids, now.topics, strict=True))
    lost = {
        text: topic_id
        for text, topic_id in zip(old_assignment.text_ids, old_assignment.topics, strict=True)
        if topic_id in locked and place.get(text, topic_id) != topic_id
    }
    return MappingProxyType({**old.moved, **lost})
