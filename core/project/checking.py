"""The tree as it stands: sizes, cohesion, what deserves a look, and a score beside its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.domain.checking import Finding, TaxonomyScore
from core.domain.clusterings import Clustering
from core.domain.questions import Asked, Pair
from core.domain.spaces import Embedding
from core.domain.taxonomy import Assignment, Taxonomy, Topic
from core.project.mapping import Current
from core.project.settled import settle
from core.project.viewing import TreeLine, tree
from core.project.workspace import Workspace
from core.steps.taxonomy import (
    Middle,
    assign,
    central,
    find,
    findings,
    leaves,
    middles,
    path,
    score,
)

# Central texts of either topic among which a pair is looked for that nobody was asked about.
_CENTRAL = 5


@dataclass(frozen=True, slots=True)
class Overview:
    """A taxonomy looked over. `lines` are those of the tree, `archived` those that are set
    aside, with the texts that they would hold; `middles` is by topic id."""

    lines: tuple[TreeLine, ...]
    archived: tuple[TreeLine, ...]
    assignment: Assignment
    middles: Mapping[str, Middle]
    findings: tuple[Finding, ...]
    score: TaxonomyScore

    @property
    def ends(self) -> tuple[Topic, ...]:
        """The topics that hold texts, in the order of the tree."""
        return tuple(line.topic for line in self.lines if line.leaf)

    def about(self, topic_id: str) -> tuple[Finding, ...]:
        """Return what deserves a look at one topic."""
        return tuple(one for one in self.findings if topic_id in one.topics)

    def members(self, topic_id: str) -> tuple[str, ...]:
        """Return the ids of the texts in a leaf."""
        placed = zip(self.assignment.text_ids, self.assignment.topics, strict=True)
        return tuple(text for text, topic in placed if topic == topic_id)

    def next_unreviewed(self, after: str | None) -> str | None:
        """Return the first topic nobody reviewed that stands below `after`, or else the
        first of all; None where every topic is reviewed."""
        places = [line.topic.id for line in self.lines]
        start = places.index(after) + 1 if after in places else 0
        ordered = (*self.lines[start:], *self.lines[:start])
        waiting = (line.topic for line in ordered if line.leaf and not line.topic.reviewed)
        return next((topic.id for topic in waiting if topic.id != after), None)


def look_over(
    workspace: Workspace, here: Current, embedding: Embedding, clustering: Clustering
) -> Overview:
    """Return the current taxonomy looked over; the same for the same version and answers."""
    taxonomy = here.taxonomy
    assignment = assign(taxonomy, clustering)
    held = middles(taxonomy, assignment, embedding)
    settled = settle(workspace.store.reviews.judgments(here.project.id))
    found = findings(taxonomy, assignment, held, settled)
    return Overview(
        tuple(line for line in tree(taxonomy, assignment) if not line.topic.archived),
        _archived(taxonomy, clustering),
        assignment,
        held,
        found,
        score(taxonomy, assignment, embedding, held, settled, found),
    )


def _archived(taxonomy: Taxonomy, clustering: Clustering) -> tuple[TreeLine, ...]:
    """Return the archived topics with their texts; of a whole branch only its root."""
    aside = {topic.id for topic in taxonomy.topics if topic.archived}
    back = replace(
        taxonomy, topics=tuple(replace(topic, archived=False) for topic in taxonomy.topics)
    )
    return tuple(
        replace(line, topic=replace(line.topic, archived=True))
        for line in (tree(back, assign(back, clustering)) if aside else ())
        if line.topic.id in aside and line.topic.parent not in aside
    )


def within(taxonomy: Taxonomy, topic_id: str) -> frozenset[str]:
    """Return the ids of a topic and of all topics under it."""
    root = find(taxonomy, topic_id)
    return frozenset(t.id for t in taxonomy.topics if root in path(taxonomy, t.id))


def ask_whether_one(
    workspace: Workspace, here: Current, overview: Overview, embedding: Embedding, found: Finding
) -> bool:
    """Put a question for people into the queue: are two topics one? It is about texts from
    their middles that nobody was asked about yet. Return whether there was such a pair."""
    one, other = found.topics
    asked = workspace.store.reviews.asked_ids(here.project.id)
    place = {text: row for row, text in enumerate(embedding.text_ids)}
    near = [
        [
            embedding.text_ids[row]
            for row in central(embedding, [place[t] for t in overview.members(topic)], _CENTRAL)
        ]
        for topic in (one, other)
    ]
    pairs = (Pair(left, right) for left in near[0] for right in near[1])
    pair = next((pair for pair in pairs if pair.id not in asked), None)
    if pair is None:
        return False
    names = [f"'{topic.label}'" for topic in leaves(here.taxonomy) if topic.id in found.topics]
    question = Asked(
        pair,
        f"The topics {' and '.join(names)} lie very close.",
        sum(overview.middles[topic].size for topic in found.topics),
        here.map.space,
    )
    return bool(workspace.store.reviews.enqueue(here.project.id, (question,)))
