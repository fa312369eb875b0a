"""Which texts changed their cluster between two spaces, and how decidedly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from core.domain.clusterings import UNASSIGNED, Centroids, Clustering
from core.domain.proposals import Mover
from core.domain.spaces import Embedding, Floats, Ints


def movers(
    before: tuple[Embedding, Clustering],
    after: tuple[Embedding, Clustering],
    asked: Mapping[str, Sequence[str]],
    *,
    count: int = 12,
    near: int = 2,
) -> tuple[Mover, ...]:
    """Return the texts that changed their cluster most decidedly, at most `count`.

    `before` and `after` are over the same texts, their cluster ids matched by
    lineage. A text's distance is its margin for the old cluster in the old space
    (cosine to that centroid less cosine to the centroid of the new cluster's members)
    plus the margin for the new cluster in the new space; a side on which it is
    unassigned adds nothing. `asked` maps ids of learned questions to their texts: the
    `near` questions with a text nearest to the mover, in the old space, come with it.
    Ties go by text id.
    """
    (old_space, old), (new_space, new) = before, after
    rows = np.flatnonzero(old.labels != new.labels).astype(np.int32)
    if not len(rows):
        return ()
    left = _margins(old_space.vectors, old.labels, new.labels, rows)
    gained = _margins(new_space.vectors, new.labels, old.labels, rows)
    distances = np.add(left, gained)
    order = np.argsort(-distances, kind="stable")[:count]
    chosen = rows[order]
    nearest = _nearest(old_space, chosen, asked, near)
    return tuple(
        Mover(
            old.text_ids[row],
            int(old.labels[row]),
            int(new.labels[row]),
            round(float(distance), 4),
            questions,
        )
        for row, distance, questions in zip(chosen, distances[order], nearest, strict=True)
    )


def _margins(vectors: Floats, own: Ints, other: Ints, rows: Ints) -> Floats:
    """Cosine to the text's own centroid less that to the other side's, (m,), 0 where
    either side is unassigned."""
    ours, theirs = Centroids.of(vectors, own), Centroids.of(vectors, other)
    found = np.zeros(len(rows), dtype=np.float32)
    for place, row in enumerate(rows):
        if UNASSIGNED not in (own[row], other[row]):
            here = ours.vectors[np.searchsorted(ours.ids, own[row])]
            there = theirs.vectors[np.searchsorted(theirs.ids, other[row])]
            found[place] = vectors[row] @ (here - there)
    return found


def _nearest(
    space: Embedding, rows: Iterable[int], asked: Mapping[str, Sequence[str]], near: int
) -> list[tuple[str, ...]]:
    """The ids of the questions nearest to each row."""
    row_of = {text: row for row, text in enumerate(space.text_ids)}
    known = {
        question: [row_of[text] for text in texts if text in row_of]
        for question, texts in sorted(asked.items())
    }
    ids = [question for question, places in known.items() if places]
    if not ids:
        return [() for _ in rows]
    flat = np.concatenate([known[question] for question in ids])
    starts = np.cumsum([0, *(len(known[question]) for question in ids[:-1])])
    found = []
    for row in rows:
        cosines = space.vectors[flat] @ space.vectors[row]
        best = np.maximum.reduceat(cosines, starts)
        found.append(tuple(ids[i] for i in np.argsort(-best, kind="stable")[:near]))
    return found
