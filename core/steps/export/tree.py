"""The taxonomy read from the top: every topic with its way from the root."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.errors import InputError
from core.domain.taxonomy import Taxonomy, Topic


@dataclass(frozen=True, slots=True)
class Node:
    """A topic in its place. `path` holds the labels from the root to the topic
    itself, `number` its place among its siblings at each level ("2.1"); `leaf` is
    whether no topic stands below it."""

    topic: Topic
    path: tuple[str, ...]
    number: str
    leaf: bool

    @property
    def level(self) -> int:
        """1 at a root."""
        return len(self.path)


def outline(taxonomy: Taxonomy, *, archived: bool = False) -> tuple[Node, ...]:
    """Return all topics, each parent before its children, siblings in the taxonomy's order.

    Archived ones are left out, or with `archived` come after their siblings.

    Raises InputError where a topic hangs from one that is missing or from
    itself.
    """
    children: dict[str | None, list[Topic]] = defaultdict(list)
    for topic in sorted(taxonomy.topics, key=lambda topic: topic.archived):
        children[topic.parent].append(topic)
    nodes: list[Node] = []
    waiting: list[tuple[Topic, tuple[str, ...], str]]
    waiting = [(topic, (), str(place)) for place, topic in _numbered(children[None])]
    while waiting:
        topic, above, number = waiting.pop()
        path: tuple[str, ...] = (*above, topic.label)
        below = children.get(topic.id, [])
        nodes.append(Node(topic, path, number, not below))
        waiting += [(child, path, f"{number}.{place}") for place, child in _numbered(below)]
    if len(nodes) != len(taxonomy.topics):
        raise InputError(
            f"{len(taxonomy.topics) - len(nodes):,} topics hang from no root of the taxonomy.",
            "Undo the last change on the Taxonomy page, then export.",
        )
    return tuple(node for node in nodes if archived or not node.topic.archived)


def _numbered(siblings: Sequence[Topic]) -> list[tuple[int, Topic]]:
    """Return siblings with their place, counted from 1, the last first."""
    return list(enumerate(siblings, start=1))[::-1]
