"""What the map and the tree show: texts by topic, with names, sizes and places."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.domain.clusterings import UNASSIGNED, Clustering
from core.domain.spaces import Embedding, Floats, Ints, Layout
from core.domain.taxonomy import Assignment, Taxonomy, Topic
from core.steps.taxonomy import assign, central, diverse, leaves, ordered, path, sizes


@dataclass(frozen=True, slots=True)
class View:
    """The map as the taxonomy sees it.

    `groups` int32 (n,) holds for each of `text_ids` (sorted) the index of its topic in
    `topics`, −1 unassigned; `xy` float32 (n, 2); `strength` float32 (n,).
    """

    text_ids: tuple[str, ...]
    xy: Floats
    strength: Floats
    groups: Ints
    topics: tuple[Topic, ...]
    assignment: Assignment

    @property
    def names(self) -> dict[int, str]:
        return {index: topic.label for index, topic in enumerate(self.topics)}

    def rows(self, text_ids: Sequence[str]) -> list[int]:
        """Return the rows of texts; those that are not there are left out."""
        found = ((text_id, bisect_left(self.text_ids, text_id)) for text_id in text_ids)
        return [row for text_id, row in found if self.text_ids[row : row + 1] == (text_id,)]

    def counts(self) -> Ints:
        """Return the number of texts of each topic, int32 (k,)."""
        found = np.bincount(self.groups[self.groups >= 0], minlength=len(self.topics))
        return found.astype(np.int32)

    def members(self, group: int) -> Ints:
        """Return the rows of one group, the strongest members first."""
        rows = np.flatnonzero(self.groups == group)
        return rows[np.argsort(-self.strength[rows], kind="stable")].astype(np.int32)


def view(
    taxonomy: Taxonomy, layout: Layout, clustering: Clustering, *, roots: bool = False
) -> View:
    """Return the map by leaf topic, or by topmost parent with `roots`."""
    assignment = assign(taxonomy, clustering)
    shown = [topic for topic in leaves(taxonomy) if not topic.archived]
    target = {topic.id: path(taxonomy, topic.id)[0] if roots else topic for topic in shown}
    topics = tuple({topic.id: topic for topic in target.values()}.values())
    index = {topic.id: number for number, topic in enumerate(topics)}
    groups = [index[target[t].id] if t else UNASSIGNED for t in assignment.topics]
    return View(
        layout.text_ids,
        layout.xy,
        clustering.strength,
        np.array(groups, dtype=np.int32),
        topics,
        assignment,
    )


@dataclass(frozen=True, slots=True)
class TreeLine:
    """One line of the drawn tree: `depth` 0 for a root, `size` in texts."""

    depth: int
    topic: Topic
    size: int
    leaf: bool


def tree(taxonomy: Taxonomy, assignment: Assignment) -> tuple[TreeLine, ...]:
    """Return the tree line by line, depth first."""
    counted: Mapping[str, int] = sizes(taxonomy, assignment)
    ends = {topic.id for topic in leaves(taxonomy)}
    return tuple(
        TreeLine(depth, topic, counted[topic.id], topic.id in ends)
        for depth, topic in ordered(taxonomy, counted)
    )


def examples(
    embedding: Embedding, members: Sequence[str], count: int = 5
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return ids of central texts among `members`, and of diverse ones that are not central."""
    rows = _rows(embedding, members)
    near = central(embedding, rows, count)
    far = [row for row in diverse(embedding, rows, count) if row not in near]
    ids = embedding.text_ids
    return tuple(ids[row] for row in near), tuple(ids[row] for row in far)


def likeness(embedding: Embedding, centre: Floats, members: Sequence[str]) -> Floats:
    """Return the cosine of each of `members` to a centre, float32 (n,)."""
    found: Floats = embedding.vectors[_rows(embedding, members)] @ centre
    return found


def _rows(embedding: Embedding, text_ids: Sequence[str]) -> list[int]:
    place = {text: row for row, text in enumerate(embedding.text_ids)}
    return [place[text] for text in text_ids]
