"""How well a space agrees with answers that were held back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.judgments import Constraints, Link, WeightedPlacement
from core.domain.proposals import Scores
from core.domain.spaces import Embedding, Floats
from core.domain.training import Score
from core.steps.training.items import placed_among

Bools = NDArray[np.bool_]

DEFAULT_THRESHOLD = 0.5
"""Cosine above which two texts count as together where no links say otherwise."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Which held-out answers a space gets right, by kind: bool (m,) each. The same
    answers in the same order for every space over the same texts."""

    pairs: Bools
    triplets: Bools
    placements: Bools

    @property
    def all(self) -> Bools:
        return np.concatenate([self.pairs, self.triplets, self.placements])

    @property
    def scores(self) -> Scores:
        """Return them counted, with intervals."""
        kinds = (self.pairs, self.triplets, self.placements)
        return Scores(*(Score.of(int(kind.sum()), len(kind)) for kind in kinds))


def score(embedding: Embedding, held_out: Constraints, train: Constraints) -> Score:
    """Return how many of the held-out constraints `embedding` gets right, see `mark`."""
    return mark(embedding, held_out, train).scores.all


def mark(embedding: Embedding, held_out: Constraints, train: Constraints) -> Marks:
    """Return which of the held-out constraints `embedding` gets right.

    A triplet is right where the anchor's cosine to the positive is the higher
    one; a link where its cosine lies on its side of the threshold that best
    separates the links of `train` in the same space (the highest balanced
    accuracy; DEFAULT_THRESHOLD unless `train` has links of both kinds). A placement
    counts once, and not by its links: it is right where the text's mean cosine to
    the chosen group is higher than to any other, or than the threshold where there
    is no other; a new group where no mean is higher than the threshold. Constraints
    on texts that the embedding lacks do not count.
    """
    row_of = {text: row for row, text in enumerate(embedding.text_ids)}
    threshold = _threshold(
        _cosines(embedding.vectors, row_of, _ends(train.must_links)),
        _cosines(embedding.vectors, row_of, _ends(train.cannot_links)),
    )
    placements = placed_among(held_out.placements, row_of)
    own = {frozenset((p.text, text)) for p in placements for text in _linked(p)}
    must, cannot = (
        _cosines(embedding.vectors, row_of, [e for e in _ends(links) if frozenset(e) not in own])
        for links in (held_out.must_links, held_out.cannot_links)
    )
    known = [t for t in held_out.triplets if {t.anchor, t.positive, t.negative} <= row_of.keys()]
    near = _cosines(embedding.vectors, row_of, [(t.anchor, t.positive) for t in known])
    far = _cosines(embedding.vectors, row_of, [(t.anchor, t.negative) for t in known])
    placed = [_placed_right(p, embedding.vectors, row_of, threshold) for p in placements]
    return Marks(
        np.concatenate([must > threshold, cannot <= threshold]),
        near > far,
        np.array(placed, dtype=np.bool_),
    )


def _ends(links: Iterable[Link]) -> list[tuple[str, str]]:
    return [(link.left, link.right) for link in links]


def _linked(placed: WeightedPlacement) -> list[str]:
    """The texts that a placement links its text to."""
    groups = (placed.chosen,) if placed.chosen else placed.rejected
    return [*placed.bunch, *(text for group in groups for text in group)]


def _placed_right(
    placed: WeightedPlacement, vectors: Floats, row_of: Mapping[str, int], threshold: float
) -> bool:
    def mean(group: tuple[str, ...]) -> float:
        pairs = [(placed.text, text) for text in group]
        return float(_cosines(vectors, row_of, pairs).mean())

    others = [mean(group) for group in placed.rejected]
    if not placed.chosen:
        return max(others) <= threshold
    return mean(placed.chosen) > max(others, default=threshold)


def _cosines(
    vectors: Floats, row_of: Mapping[str, int], pairs: Sequence[tuple[str, str]]
) -> Floats:
    """Cosines float32 (m,) of the pairs whose two texts have a row."""
    rows = [(row_of[a], row_of[b]) for a, b in pairs if a in row_of and b in row_of]
    left, right = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    found: Floats = np.einsum("ij,ij->i", vectors[left], vectors[right])
    return found


def _threshold(must: Floats, cannot: Floats) -> float:
    """The cut that best separates the two; the middle of the widest gap among the best."""
    if not len(must) or not len(cannot):
        return DEFAULT_THRESHOLD
    values = np.unique(np.concatenate([must, cannot]))
    if len(values) == 1:
        return float(values[0])
    cuts, gaps = (values[1:] + values[:-1]) / 2, np.diff(values)
    hits = (must[:, None] > cuts).mean(axis=0) + (cannot[:, None] <= cuts).mean(axis=0)
    return float(cuts[np.lexsort((gaps, hits))[-1]])
