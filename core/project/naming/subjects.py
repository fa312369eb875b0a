"""Which topics are to be named, and what whoever names them is shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.domain.clusterings import Clustering
from core.domain.spaces import Embedding
from core.domain.taxonomy import Basis, Taxonomy, Topic
from core.steps.taxonomy import assign, central, diverse, held, held_clusters, leaves, middles

if TYPE_CHECKING:
    from core.steps.taxonomy import Middle

CENTRAL, DIVERSE = 6, 4
"""Texts of a topic that a model reads: its middle, and its breadth."""

MOST_OTHERS = 40
"""Neighbouring labels that a model reads, the nearest first."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A topic to name. `bodies` are the texts that stand for it, by id; `others` the
    labels of its siblings, the nearest first. `defined`: a person named it, and only
    what it means is asked for."""

    topic: Topic
    clusters: tuple[int, ...]
    size: int
    bodies: Mapping[str, str]
    others: tuple[str, ...]
    defined: bool

    @property
    def basis(self) -> Basis:
        """What a name is made for now."""
        return Basis(self.clusters, self.size, tuple(self.bodies))


def nameable(taxonomy: Taxonomy) -> tuple[Topic, ...]:
    """Return the leaves that no person named, and that are neither locked nor archived."""
    return tuple(
        topic
        for topic in leaves(taxonomy)
        if topic.named_by != "human" and not topic.locked and not topic.archived
    )


def why_not(topic: Topic) -> str:
    """Return why a topic keeps its name and its description, "" where it need not."""
    if topic.locked:
        return "It is locked."
    if topic.archived:
        return "It is archived."
    if topic.named_by == "human" and topic.described_by_hand:
        return "A person named and described it."
    return ""


def subjects(
    taxonomy: Taxonomy,
    clustering: Clustering,
    embedding: Embedding,
    bodies: Mapping[str, str],
    wanted: Collection[str],
) -> tuple[Subject, ...]:
    """Return those of the `wanted` topics that can be named and hold texts, in the
    taxonomy's order."""
    assignment = assign(taxonomy, clustering)
    texts, clusters = held(taxonomy, assignment), held_clusters(taxonomy)
    centres = middles(taxonomy, assignment, embedding)
    row = {text: number for number, text in enumerate(embedding.text_ids)}
    siblings: dict[str | None, list[Topic]] = defaultdict(list)
    for topic in taxonomy.topics:
        siblings[topic.parent].append(topic)
    found = []
    for topic in taxonomy.topics:
        members = [row[text] for text in texts[topic.id]]
        if topic.id not in wanted or why_not(topic) or not members:
            continue
        near = central(embedding, members, CENTRAL)
        far = [one for one in diverse(embedding, members, CENTRAL + DIVERSE) if one not in near]
        shown = [embedding.text_ids[one] for one in (*near, *far[:DIVERSE])]
        found.append(
            Subject(
                topic,
                clusters[topic.id],
                len(members),
                {text: bodies[text] for text in shown},
                _others(topic, siblings[topic.parent], centres),
                topic.named_by == "human",
            )
        )
    return tuple(found)


def _others(
    topic: Topic, siblings: Collection[Topic], centres: Mapping[str, Middle]
) -> tuple[str, ...]:
    own = centres[topic.id].centre

    def far(other: Topic) -> tuple[float, str]:
        there = centres.get(other.id)
        return (-round(float(there.centre @ own), 6) if there else 1.0, other.id)

    others = sorted((one for one in siblings if one.id != topic.id), key=far)
    return tuple(other.label for other in others[:MOST_OTHERS])
