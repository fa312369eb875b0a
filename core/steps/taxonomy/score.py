"""What a taxonomy is worth in numbers, each beside how it is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.domain.checking import Finding, Part, TaxonomyScore
from core.domain.judgments import Constraints
from core.domain.spaces import Embedding
from core.domain.taxonomy import Assignment, Taxonomy
from core.steps.taxonomy.assignment import inner_ids
from core.steps.taxonomy.cohesion import Middle

_STRUCTURE = frozenset({"single child", "near siblings", "narrow parent", "oversized"})


def score(
    taxonomy: Taxonomy,
    assignment: Assignment,
    embedding: Embedding,
    middles: Mapping[str, Middle],
    settled: Constraints,
    found: Sequence[Finding],
) -> TaxonomyScore:
    """Return the parts of a taxonomy's score; none of them knows the right answer."""
    inner = inner_ids(taxonomy)
    there = [topic for topic in taxonomy.topics if not topic.archived]
    ends = [topic for topic in there if topic.id not in inner]
    placed = sum(bool(topic) for topic in assignment.topics)
    troubled = {topic for one in found if one.kind in _STRUCTURE for topic in one.topics}
    return TaxonomyScore(
        (
            Part(
                "Coverage",
                placed / max(1, len(assignment.topics)),
                "The share of texts that are in a topic.",
            ),
            Part(
                "Separation",
                _separation(
                    assignment, embedding, {t.id: middles[t.id] for t in ends if t.id in middles}
                ),
                "The share of texts in a topic that lie nearer to its middle than to any other's.",
            ),
            Part(
                "Agreement",
                _agreement(assignment, settled),
                "The share of settled answers that the topics keep to.",
            ),
            Part(
                "Shape",
                1 - len(troubled & {topic.id for topic in there}) / len(there) if there else None,
                "The share of topics with no check against their place or size in the tree.",
            ),
            Part(
                "Review",
                sum(topic.reviewed for topic in ends) / len(ends) if ends else None,
                "The share of topics that a person has marked as reviewed.",
            ),
        )
    )


def _separation(
    assignment: Assignment, embedding: Embedding, ends: Mapping[str, Middle]
) -> float | None:
    names = sorted(ends)
    if len(names) < 2:
        return None
    place = {text: row for row, text in enumerate(embedding.text_ids)}
    number = {name: i for i, name in enumerate(names)}
    centres = np.stack([ends[name].centre for name in names])
    held = [
        (place[text], number[topic])
        for text, topic in zip(assignment.text_ids, assignment.topics, strict=True)
        if topic
    ]
    rows, own = np.array(held, dtype=np.int64).T
    right = 0
    for start in range(0, len(rows), 8192):
        part = slice(start, start + 8192)
        nearest = (embedding.vectors[rows[part]] @ centres.T).argmax(axis=1)
        right += int((nearest == own[part]).sum())
    return right / len(rows)


def _agreement(assignment: Assignment, settled: Constraints) -> float | None:
    place = {
        text: topic
        for text, topic in zip(assignment.text_ids, assignment.topics, strict=True)
        if topic
    }
    links = ((link, True) for link in settled.must_links)
    away = ((link, False) for link in settled.cannot_links)
    kept = [
        (place[link.left] == place[link.right]) is same
        for link, same in (*links, *away)
        if link.left in place and link.right in place
    ]
    return sum(kept) / len(kept) if kept else None
