"""What a classifier learns from: each text's topic in the current space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.domain.classification import Kept
from core.domain.errors import TooFewError
from core.domain.ids import content_id
from core.domain.spaces import Embedding, Floats, Ints
from core.domain.taxonomy import Assignment
from core.project.arrays import load_clustering, load_embedding
from core.project.mapping import Current
from core.project.workspace import Workspace
from core.steps.taxonomy import assign


@dataclass(frozen=True, slots=True)
class Lesson:
    """The texts that are in a topic, and which.

    `id` follows from all of it and from the space: equal ids, the same lesson, whatever
    was renamed meanwhile. `text_ids` are sorted; `labels` int32 (n,) are places among
    `topics`, `vectors` float32 (n, d) the texts' own.
    """

    id: str
    topics: tuple[str, ...]
    text_ids: tuple[str, ...]
    labels: Ints
    vectors: Floats

    def counts(self) -> Ints:
        """Return how many texts each topic has, int32 (k,)."""
        return np.bincount(self.labels, minlength=len(self.topics)).astype(np.int32)


def assignment_of(workspace: Workspace, here: Current) -> Assignment:
    """Return where each text of the project is, as the screen shows it."""
    return assign(here.taxonomy, load_clustering(workspace, here.map))


def lesson_id(here: Current, assignment: Assignment) -> str:
    """Return the id of what there is to learn now."""
    return content_id("lesson", here.map.space, *assignment.text_ids, *assignment.topics)


def lesson_of(workspace: Workspace, here: Current) -> Lesson:
    """Return what there is to learn now. Raises TooFewError where no text is in a topic."""
    assignment = assignment_of(workspace, here)
    embedding = load_embedding(workspace, here.map)
    return make_lesson(lesson_id(here, assignment), assignment, embedding)


def make_lesson(lesson: str, assignment: Assignment, embedding: Embedding) -> Lesson:
    rows = [row for row, topic in enumerate(assignment.topics) if topic]
    if not rows:
        raise TooFewError(
            "No text is in a topic, so there is nothing to classify by.",
            "Make topics on the Map page, or restore them on the Taxonomy page.",
        )
    topics = tuple(sorted({assignment.topics[row] for row in rows}))
    place = {topic: at for at, topic in enumerate(topics)}
    row_of = {text: row for row, text in enumerate(embedding.text_ids)}
    ids = tuple(assignment.text_ids[row] for row in rows)
    labels = np.array([place[assignment.topics[row]] for row in rows], np.int32)
    return Lesson(lesson, topics, ids, labels, embedding.vectors[[row_of[i] for i in ids]])


def is_current(workspace: Workspace, here: Current, kept: Kept) -> bool:
    """Whether a classifier learned what there is to learn now."""
    return kept.lesson == lesson_id(here, assignment_of(workspace, here))
