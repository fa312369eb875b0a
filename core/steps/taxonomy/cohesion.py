"""How tightly the texts of a topic lie together, and how near topics are to each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.domain.spaces import Embedding, Floats
from core.domain.taxonomy import Assignment, Taxonomy


@dataclass(frozen=True, slots=True)
class Middle:
    """Where a topic lies: `centre` float32 (d,) of unit length, `cohesion` the mean
    cosine of its texts to it, `size` in texts, `medoid` the id of the text nearest to
    it. A parent's are those of all texts under it."""

    centre: Floats
    cohesion: float
    size: int
    medoid: str


def middles(
    taxonomy: Taxonomy, assignment: Assignment, embedding: Embedding
) -> Mapping[str, Middle]:
    """Return the middle of every topic that holds texts, parents included."""
    place = {text: row for row, text in enumerate(embedding.text_ids)}
    above = {topic.id: topic.parent for topic in taxonomy.topics}
    rows: dict[str, list[int]] = defaultdict(list)
    for text, topic in zip(assignment.text_ids, assignment.topics, strict=True):
        at: str | None = topic or None
        while at is not None:
            rows[at].append(place[text])
            at = above[at]
    return {topic: _middle(embedding, some) for topic, some in rows.items()}


def _middle(embedding: Embedding, rows: list[int]) -> Middle:
    vectors = embedding.vectors[rows]
    total = vectors.sum(axis=0, dtype=np.float64)
    centre = (total / max(float(np.linalg.norm(total)), 1e-12)).astype(np.float32)
    cosines = np.round(vectors @ centre, 6)
    medoid = min(zip(-cosines, rows, strict=True))[1]
    return Middle(centre, float(cosines.mean()), len(rows), embedding.text_ids[medoid])
