"""Splitting a topic: what it falls into, shown before anything is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.spaces import Embedding
from core.domain.taxonomy import Assignment, Split, Taxonomy
from core.domain.texts import Text
from core.steps.taxonomy import central, distinct, find, keywords, label, parts

FEWEST, MOST = 2, 6
"""Parts that a preview offers."""

_CENTRAL = 4


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a topic: its text ids, a name that is free, what its texts say that
    those of the other parts do not, and the ids of the texts in its middle."""

    texts: tuple[str, ...]
    label: str
    keywords: tuple[str, ...]
    central: tuple[str, ...]


def preview(
    taxonomy: Taxonomy,
    assignment: Assignment,
    embedding: Embedding,
    known: Mapping[str, Text],
    topic_id: str,
    k: int,
) -> tuple[Part, ...]:
    """Return the `k` parts of a leaf, the largest first; nothing is changed.

    Raises TooFewError where the topic has fewer than `k` different texts.
    """
    place = {text: row for row, text in enumerate(embedding.text_ids)}
    members = [
        place[text]
        for text, topic in zip(assignment.text_ids, assignment.topics, strict=True)
        if topic == topic_id
    ]
    found = parts(embedding, members, k)
    texts = [tuple(embedding.text_ids[row] for row in rows) for rows in found]
    said = {str(i): [known[text].body for text in ids] for i, ids in enumerate(texts)}
    terms = keywords(said, top=6)
    parent = find(taxonomy, topic_id).parent
    taken = {topic.label.casefold() for topic in taxonomy.topics if topic.parent == parent}
    made = []
    for i, rows in enumerate(found):
        named = distinct(label(terms[str(i)]), terms[str(i)], taken)
        taken.add(named.casefold())
        near = tuple(embedding.text_ids[row] for row in central(embedding, rows, _CENTRAL))
        made.append(Part(texts[i], named, terms[str(i)], near))
    return tuple(made)


def commit(
    version: int, topic_id: str, found: tuple[Part, ...], names: tuple[str, ...], stays: int
) -> Split:
    """Return the edit that makes topics of all parts but the one numbered `stays`, which
    keeps the topic's name and place. `names` has one name a part."""
    leaving = [i for i in range(len(found)) if i != stays]
    return Split(
        version,
        topic_id,
        tuple(found[i].texts for i in leaving),
        tuple(names[i] for i in leaving),
    )
