"""What the groups that the answers speak for teach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from core.domain.clusterings import UNASSIGNED, Centroids
from core.domain.groupings import Grouping
from core.domain.spaces import Embedding, Floats, Ints
from core.domain.training import TaughtGroups

# What a text weighs that stands for a group and that nobody was asked about.
_UNASKED = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Anchored:
    """Rows of an embedding whose group the answers decided. `rows` int32 (m,), `groups`
    int32 (m,): 0 … g−1, `weights` float32 (m,) in (0, 1], `asked` bool (m,); `centres`
    float32 (g, d): the mean direction of all texts of each group."""

    rows: Ints
    groups: Ints
    weights: Floats
    asked: np.ndarray[tuple[int], np.dtype[np.bool_]]
    centres: Floats

    @classmethod
    def of(cls, embedding: Embedding, grouping: Grouping) -> Self:
        """Return what `grouping` decided, in rows of `embedding` (texts that both have).

        Only the texts that carry the answers are taught by, not the texts that those
        were spread over: a space that learns what it said already learns its own errors
        (measured on CLINC150: they gain less). What was asked about weighs the square
        of its certainty, what only stands for a group the half of that.
        """
        places = _places(embedding, grouping)
        labels = np.full(len(embedding.text_ids), UNASSIGNED, dtype=np.int32)
        known = places >= 0
        labels[places[known]] = grouping.clustering.labels[known]
        there = known[grouping.anchors]
        rows, named = places[grouping.anchors[there]], grouping.groups[there]
        labels[rows] = named
        centres = Centroids.of(embedding.vectors, labels)
        asked = grouping.asked[there]
        certainty = grouping.certainty[there].astype(np.float64) ** 2
        weights = certainty * np.where(asked, 1.0, _UNASKED)
        keep = np.isin(named, centres.ids) & (weights > 0)
        return cls(
            rows[keep].astype(np.int32),
            np.searchsorted(centres.ids, named[keep]).astype(np.int32),
            weights[keep].astype(np.float32),
            asked[keep],
            centres.vectors,
        )


def taught_groups(
    embedding: Embedding, grouping: Grouping, bodies: Mapping[str, str]
) -> TaughtGroups | None:
    """Return the texts that teach a fine-tune the groups of the answers, by body; None
    where fewer than two groups have a text in `bodies` (by text id)."""
    found = Anchored.of(embedding, grouping)
    texts = [embedding.text_ids[row] for row in found.rows.tolist()]
    there = [at for at, text in enumerate(texts) if text in bodies]
    order = sorted(there, key=lambda at: bodies[texts[at]])
    groups = found.groups[order]
    if len(np.unique(groups)) < 2:
        return None
    return TaughtGroups(
        tuple(bodies[texts[at]] for at in order), groups, found.weights[order], found.centres
    )


def _places(embedding: Embedding, grouping: Grouping) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """The row of each of the grouping's texts in the embedding, −1 where it has none."""
    row_of = {text: row for row, text in enumerate(embedding.text_ids)}
    return np.array([row_of.get(text, -1) for text in grouping.clustering.text_ids], dtype=np.intp)
