"""How well each text fits its topic, and which topic comes next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import UNASSIGNED, Centroids
from core.domain.spaces import Embedding, Floats, Ints
from core.domain.taxonomy import Assignment

_CHUNK = 8192  # rows of similarities held at a time


@dataclass(frozen=True, slots=True)
class Fit:
    """Scores in the order of an assignment's texts.

    `own` float32 (n,): cosine to the centroid of the text's topic, NaN where
    unassigned. `runner_up`: id of the other topic with the nearest centroid, ""
    where there is none; `next_best` float32 (n,): its cosine, NaN where none.
    """

    own: Floats
    runner_up: tuple[str, ...]
    next_best: Floats


def fit(embedding: Embedding, assignment: Assignment) -> Fit:
    """Score every text of `assignment` against the centroids of the topics in it.

    Centroids are those of the assignment itself, moves by hand included, so
    a moved text may score lower on its own topic than on the runner-up.
    """
    topic_ids = sorted(set(assignment.topics) - {""})
    number = {topic: i for i, topic in enumerate(topic_ids)}
    labels = np.array([number.get(t, UNASSIGNED) for t in assignment.topics], dtype=np.int32)
    at = {text: i for i, text in enumerate(embedding.text_ids)}
    vectors = embedding.vectors[[at[text] for text in assignment.text_ids]]
    own = np.full(len(labels), np.nan, dtype=np.float32)
    next_best = own.copy()
    rival = np.full(len(labels), UNASSIGNED, dtype=np.int32)
    if topic_ids:
        centroids = Centroids.of(vectors, labels)
        rows = np.flatnonzero(labels != UNASSIGNED)
        for start in range(0, len(rows), _CHUNK):
            part = rows[start : start + _CHUNK]
            own[part], rival[part], next_best[part] = _nearest(
                vectors[part], labels[part], centroids
            )
    names = tuple("" if i == UNASSIGNED else topic_ids[i] for i in rival)
    return Fit(own, names, next_best)


def _nearest(
    vectors: Floats, labels: Ints, centroids: Centroids
) -> tuple[Floats, NDArray[np.intp] | int, Floats | float]:
    """Return own cosine, index of the best other centroid and its cosine."""
    cosines = vectors @ centroids.vectors.T
    rows = np.arange(len(labels))
    own = cosines[rows, labels].copy()
    if len(centroids.ids) == 1:
        return own, UNASSIGNED, np.nan
    cosines[rows, labels] = -np.inf
    rival = cosines.argmax(axis=1)
    return own, rival, cosines[rows, rival]
