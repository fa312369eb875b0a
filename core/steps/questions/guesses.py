"""What the embedder itself would answer."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.domain.clusterings import UNASSIGNED, Clustering
from core.domain.errors import NotFoundError
from core.domain.judgments import GROUPS, Verdict
from core.domain.questions import Contradiction, Guess, Pair, Placement, Question, Triplet
from core.domain.spaces import Embedding, Floats
from core.steps.questions.soft import check_same_texts


def guesses(
    questions: Iterable[Question], embedding: Embedding, clustering: Clustering
) -> tuple[Guess, ...]:
    """Return the embedder's own answer to each question; similarities are cosines.

    Triplet: the side more similar to the anchor; `margin` is the difference of
    the two similarities. Pair: `same` from a bar on. For two texts of one
    cluster the bar lies midway between the usual similarity of all texts and
    that inside the cluster, so the cluster stands unless the two are strangers
    in it. Otherwise it lies midway between the usual similarity inside their
    clusters (of all texts, where neither has a cluster) and 1: only near twins
    outweigh the clusters. `margin` is the distance to the bar.

    Placement: the group whose shown texts have the highest mean similarity to
    the text, from a bar on; below it a new group. The bar lies midway between
    the usual similarity of all texts and that inside the clusters of the shown
    texts (and 1, where none has a cluster). `margin` is what the group leads by,
    over the next one or the bar; for a new group, what its best is short of the
    bar. Contradiction: the grouping whose joined pairs stand highest above their
    own bars in sum (none: 0); `margin` is its lead over the next grouping.

    No margin is a probability; all are clipped to [0, 1].

    Raises NotFoundError for a text that is not in the embedding, InputError
    where embedding and clustering are about different texts.
    """
    check_same_texts(embedding, clustering)
    usual = _Usual(embedding, clustering)
    return tuple(_guess(question, usual) for question in questions)


def guess(question: Question, embedding: Embedding, clustering: Clustering) -> Guess:
    """Return the embedder's own answer to one question, see `guesses`."""
    return guesses([question], embedding, clustering)[0]


class _Usual:
    """The usual similarities in a space, each computed once: summing 100,000 vectors
    for every question would take most of the time that a batch has."""

    def __init__(self, embedding: Embedding, clustering: Clustering) -> None:
        self.embedding, self.labels = embedding, clustering.labels
        self._of_cluster: dict[int, float | None] = {}

    @cached_property
    def overall(self) -> float:
        """Of all texts."""
        return _mean_cosine(self.embedding.vectors)

    def inside(self, clusters: frozenset[int]) -> float | None:
        """Inside the clusters of two texts or more among these; None without any."""
        found = []
        for cluster in sorted(clusters - {UNASSIGNED}):
            if cluster not in self._of_cluster:
                members = self.embedding.vectors[self.labels == cluster]
                self._of_cluster[cluster] = _mean_cosine(members) if len(members) > 1 else None
            found.append(self._of_cluster[cluster])
        known = [value for value in found if value is not None]
        return float(np.mean(known)) if known else None


def _guess(question: Question, usual: _Usual) -> Guess:
    if isinstance(question, Triplet):
        return _guess_triplet(question, usual.embedding)
    if isinstance(question, Pair):
        return _guess_pair(question, usual)
    if isinstance(question, Placement):
        return _guess_placement(question, usual)
    return _guess_contradiction(question, usual)


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


@dataclass(frozen=True, slots=True)
class _Compared:
    """Two texts: their similarity, the bar of a match, whether they share a
    cluster, and whether one of them has none."""

    similarity: float
    bar: float
    together: bool
    outside: bool


def _compared(left: str, right: str, usual: _Usual) -> _Compared:
    rows = [_row(usual.embedding, left), _row(usual.embedding, right)]
    clusters = frozenset(usual.labels[rows].tolist())
    outside = UNASSIGNED in clusters
    together = len(clusters) == 1 and not outside
    inside = usual.inside(clusters)
    expected = usual.overall if inside is None else inside
    bar = (usual.overall + expected) / 2 if together else (expected + 1.0) / 2
    return _Compared(_cosine(*usual.embedding.vectors[rows]), bar, together, outside)


def _guess_pair(pair: Pair, usual: _Usual) -> Guess:
    two = _compared(pair.left, pair.right, usual)
    same = two.similarity >= two.bar
    return Guess(
        Verdict.SAME if same else Verdict.DIFFERENT,
        min(1.0, abs(two.similarity - two.bar)),
        f"{_standing(two)} {_but(two.together, same)} their similarity of {two.similarity:.2f} "
        f"is {'at least' if same else 'below'} the {two.bar:.2f} expected of a match.",
    )


def _guess_placement(placement: Placement, usual: _Usual) -> Guess:
    embedding = usual.embedding
    text = embedding.vectors[_row(embedding, placement.text)]
    groups = [[_row(embedding, member) for member in group] for group in placement.candidates]
    near = [_cosine(text, embedding.vectors[rows].mean(axis=0)) for rows in groups]
    best = int(np.argmax(near))
    inside = usual.inside(frozenset(usual.labels[groups[best]].tolist()))
    bar = (usual.overall + (1.0 if inside is None else inside)) / 2
    if near[best] < bar:
        reason = f"Its similarity to the nearest group is {near[best]:.2f}, below the {bar:.2f}"
        return Guess(
            Verdict.NEW, min(1.0, bar - near[best]), f"{reason} expected of a text that belongs."
        )
    others = near[:best] + near[best + 1 :]
    reason = f"Its similarity to the suggested group is {near[best]:.2f}"
    reason += f", to the next {max(others):.2f}." if others else f", and {bar:.2f} is expected."
    return Guess(GROUPS[best], min(1.0, near[best] - max([bar, *others])), reason)


_JOINED: dict[Verdict, tuple[int, ...]] = {
    Verdict.NONE: (),
    Verdict.FIRST_SECOND: (0,),
    Verdict.FIRST_THIRD: (1,),
    Verdict.SECOND_THIRD: (2,),
    Verdict.ALL: (0, 1, 2),
}


def _guess_contradiction(contradiction: Contradiction, usual: _Usual) -> Guess:
    first, second, third = contradiction.texts
    pairs = [
        _compared(*texts, usual) for texts in ((first, second), (first, third), (second, third))
    ]
    # How well a grouping agrees with each pair's own verdict: correlation
    # clustering (Bansal, Blum, Chawla 2004) of three texts, all five tried.
    above = [pair.similarity - pair.bar for pair in pairs]
    worth = {verdict: sum(above[i] for i in joined) for verdict, joined in _JOINED.items()}
    best, runner_up = sorted(worth, key=worth.__getitem__, reverse=True)[:2]
    ab, ac, bc = (f"{pair.similarity:.2f}" for pair in pairs)
    return Guess(
        best,
        min(1.0, worth[best] - worth[runner_up]),
        f"The similarity of A and B is {ab}, of A and C {ac}, of B and C {bc}.",
    )


def _mean_cosine(vectors: Floats) -> float:
    """Return the mean cosine over pairs of different rows of `vectors` (n ≥ 2, d).

    Unit rows: the squared length of their sum is n plus twice the sum of the cosines.
    """
    total = vectors.sum(axis=0, dtype=np.float64)
    n = len(vectors)
    return float((total @ total - n) / (n * (n - 1)))


def _standing(two: _Compared) -> str:
    if two.together:
        return "They are in the same group,"
    if two.outside:
        return "They do not share a group,"
    return "They are in different groups,"


def _but(together: bool, same: bool) -> str:
    return "and" if together == same else "but"
