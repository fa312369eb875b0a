"""What the embedder itself would answer."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from core.domain.clusterings import UNASSIGNED, Clustering
from core.domain.errors import NotFoundError
from core.domain.judgments import Verdict
from core.domain.questions import Guess, Pair, Question, Triplet
from core.domain.spaces import Embedding, Floats
from core.steps.questions.soft import check_same_texts


def guess(question: Question, embedding: Embedding, clustering: Clustering) -> Guess:
    """Return the embedder's own answer; similarities are cosines.

    Triplet: the side more similar to the anchor; `margin` is the difference of
    the two similarities. Pair: `same` from a bar on. For two texts of one
    cluster the bar lies midway between the usual similarity of all texts and
    that inside the cluster, so the cluster stands unless the two are strangers
    in it. Otherwise it lies midway between the usual similarity inside their
    clusters (of all texts, where neither has a cluster) and 1: only near twins
    outweigh the clusters. `margin` is the distance to the bar. Neither margin is
    a probability; both are clipped to [0, 1].

    Raises NotFoundError for a text that is not in the embedding, InputError
    where embedding and clustering are about different texts.
    """
    check_same_texts(embedding, clustering)
    if isinstance(question, Triplet):
        return _guess_triplet(question, embedding)
    return _guess_pair(question, embedding, clustering)


def _row(embedding: Embedding, text: str) -> int:
    row = bisect_left(embedding.text_ids, text)
    if row == len(embedding.text_ids) or embedding.text_ids[row] != text:
        raise NotFoundError(
            "This question is about a text that is no longer in the project.",
            "Skip it and go on with the next question.",
        )
    return row


def _cosine(left: Floats, right: Floats) -> float:
    return float(np.clip(left @ right, -1.0, 1.0))


def _guess_triplet(triplet: Triplet, embedding: Embedding) -> Guess:
    anchor, left, right = (embedding.vectors[_row(embedding, text)] for text in triplet.texts)
    to_left, to_right = _cosine(anchor, left), _cosine(anchor, right)
    high, low = max(to_left, to_right), min(to_left, to_right)
    if f"{high:.2f}" == f"{low:.2f}":
        reason = f"It is hardly closer to the suggested text than to the other (both {high:.2f})."
    else:
        reason = f"Its similarity to the suggested text is {high:.2f}, to the other {low:.2f}."
    verdict = Verdict.LEFT if to_left >= to_right else Verdict.RIGHT
    return Guess(verdict, min(1.0, high - low), reason)


def _guess_pair(pair: Pair, embedding: Embedding, clustering: Clustering) -> Guess:
    rows = [_row(embedding, text) for text in pair.texts]
    similarity = _cosine(*embedding.vectors[rows])
    clusters = {int(label) for label in clustering.labels[rows]}
    together = len(clusters) == 1 and UNASSIGNED not in clusters
    overall = _usual(embedding.vectors)
    inside = [
        _usual(embedding.vectors[clustering.labels == k])
        for k in sorted(clusters - {UNASSIGNED})
        if (clustering.labels == k).sum() > 1
    ]
    usual = float(np.mean(inside)) if inside else overall
    bar = (overall + usual) / 2 if together else (usual + 1.0) / 2
    same = similarity >= bar
    return Guess(
        Verdict.SAME if same else Verdict.DIFFERENT,
        min(1.0, abs(similarity - bar)),
        f"{_standing(together, clusters)} {_but(together, same)} their similarity of "
        f"{similarity:.2f} is {'at least' if same else 'below'} the {bar:.2f} expected of a match.",
    )


def _usual(vectors: Floats) -> float:
    """Return the mean cosine over pairs of different rows of `vectors` (n ≥ 2, d).

    Unit rows: the squared length of their sum is n plus twice the sum of the cosines.
    """
    total = vectors.sum(axis=0, dtype=np.float64)
    n = len(vectors)
    return float((total @ total - n) / (n * (n - 1)))


def _standing(together: bool, clusters: set[int]) -> str:
    if together:
        return "They are in the same group,"
    if UNASSIGNED in clusters:
        return "They do not share a group,"
    return "They are in different groups,"


def _but(together: bool, same: bool) -> str:
    return "and" if together == same else "but"
