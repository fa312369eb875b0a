"""The taxonomy read from the top: every topic with its way from the root."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from core.domain.errors import InputError
from core.domain.taxonomy import Taxonomy, Topic


@dataclass(frozen=True, slots=True)
class Node:
    """A topic in its place. `path` holds the labels from the root to the topic
    itself; `leaf` is whether no topic stands below it."""

    topic: Topic
    path: tuple[str, ...]
    leaf: bool

    @property
    def level(self) -> int:
        """1 at a root."""
        return len(self.path)


def outline(taxonomy: Taxonomy) -> tuple[Node, ...]:
    """Return all topics, each parent before its children, siblings in the taxonomy's order.

    Raises InputError where a topic hangs from one that is missing or from
    itself.
    """
    children: dict[str | None, list[Topic]] = defaultdict(list)
    for topic in taxonomy.topics:
        children[topic.parent].append(topic)
    nodes: list[Node] = []
    waiting: list[tuple[Topic, tuple[str, ...]]] = [(root, ()) for root in reversed(children[None])]
    while waiting:
        topic, above = waiting.pop()
        path = (*above, topic.label)
        below = children.get(topic.id, [])
        nodes.append(Node(topic, path, not below))
        waiting.extend((child, path) for child in reversed(below))
    if len(nodes) != len(taxonomy.topics):
        raise InputError(
            f"{len(taxonomy.topics) - len(nodes):,} topics hang from no root of the taxonomy.",
            "Undo the last change on the Taxonomy page, then export.",
        )
    return tuple(nodes)
