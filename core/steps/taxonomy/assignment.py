"""Reading a taxonomy: its leaves, its paths, and the texts in each topic."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Literal

from core.domain.clusterings import UNASSIGNED, Clustering
from core.domain.errors import EditError, InputError
from core.domain.taxonomy import Assignment, Taxonomy, Topic


def assign(taxonomy: Taxonomy, clustering: Clustering) -> Assignment:
    """Return the topic of every text of `clustering`, in its order.

    A text that a person moved is where it was put; where that topic no longer
    exists, and for all others, the leaf that holds the text's cluster counts. The
    texts of an archived leaf are unassigned.
    Raises InputError where the clustering has a cluster that no leaf holds:
    it is not the one of this taxonomy.
    """
    places = {topic.id for topic in leaves(taxonomy)} | {""}
    holder = {cluster: topic.id for topic in taxonomy.topics for cluster in topic.clusters}
    holder[UNASSIGNED] = ""
    archived = {topic.id for topic in taxonomy.topics if topic.archived}
    topics: list[str] = []
    by: list[Literal["cluster", "human"]] = []
    for text, cluster in zip(clustering.text_ids, clustering.labels.tolist(), strict=True):
        place = taxonomy.moved.get(text)
        if place in places:
            topics.append("" if place in archived else place)
            by.append("human")
        elif cluster in holder:
            topics.append("" if holder[cluster] in archived else holder[cluster])
            by.append("cluster")
        else:
            raise InputError(
                f"The map has a cluster ({cluster}) that the taxonomy does not know.",
                "Open the map that this taxonomy was made from, or make the taxonomy again.",
            )
    return Assignment(clustering.text_ids, tuple(topics), tuple(by))


def find(taxonomy: Taxonomy, topic_id: str) -> Topic:
    """Return a topic by its id; raises EditError where there is none."""
    for topic in taxonomy.topics:
        if topic.id == topic_id:
            return topic
    raise EditError(
        f"There is no topic '{topic_id}' in this taxonomy.",
        "Look at the tree as it is now and choose a topic in it.",
    )


def inner_ids(taxonomy: Taxonomy) -> frozenset[str]:
    """Return the ids of the topics that have children."""
    return frozenset(topic.parent for topic in taxonomy.topics if topic.parent is not None)


def leaves(taxonomy: Taxonomy) -> tuple[Topic, ...]:
    """Return the topics without children, in the taxonomy's order."""
    inner = inner_ids(taxonomy)
    return tuple(topic for topic in taxonomy.topics if topic.id not in inner)


def path(taxonomy: Taxonomy, topic_id: str) -> tuple[Topic, ...]:
    """Return the topics from the root down to `topic_id`, both included.

    Raises EditError where the topic does not exist.
    """
    by_id = {topic.id: topic for topic in taxonomy.topics}
    upwards = [find(taxonomy, topic_id)]
    while (parent := upwards[-1].parent) is not None:
        upwards.append(by_id[parent])
    return tuple(reversed(upwards))


def sizes(taxonomy: Taxonomy, assignment: Assignment) -> dict[str, int]:
    """Return the number of texts in each topic; an inner topic's is the sum of
    those under it. Unassigned texts count nowhere."""
    parent = {topic.id: topic.parent for topic in taxonomy.topics}
    total = dict.fromkeys(parent, 0)
    for leaf, texts in Counter(assignment.topics).items():
        place: str | None = leaf or None
        while place is not None:
            total[place] += texts
            place = parent[place]
    return total


def ordered(taxonomy: Taxonomy, sizes: Mapping[str, int]) -> tuple[tuple[int, Topic], ...]:
    """Return (depth, topic) of all topics, as a tree is drawn: each parent before
    its children, siblings by size (largest first), then by label. Roots have depth 0."""
    children: dict[str | None, list[Topic]] = defaultdict(list)
    for topic in taxonomy.topics:
        children[topic.parent].append(topic)
    for siblings in children.values():
        siblings.sort(key=lambda topic: (-sizes[topic.id], topic.label.casefold(), topic.id))

    def walk(parent: str | None, depth: int) -> Iterator[tuple[int, Topic]]:
        for topic in children.get(parent, ()):
            yield depth, topic
            yield from walk(topic.id, depth + 1)

    return tuple(walk(None, 0))
