"""A light adapter: a linear map over cached vectors, learned in seconds.

Relevant component analysis (Bar-Hillel, Hertz, Shental, Weinshall 2003, Learning
Distance Functions using Equivalence Relations, section 2): directions in which texts
of one group differ are squeezed, so that what tells groups apart counts for more.
It is drawn towards doing nothing, as far as the answers themselves prefer.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import TooFewError
from core.domain.groupings import Grouping
from core.domain.ids import content_id
from core.domain.spaces import Embedding, Floats
from core.domain.training import Adapter, Score
from core.steps.training.teaching import Anchored

_Reals = NDArray[np.float64]

STRENGTHS = (0.0, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 0.9, 0.95)
"""Shares of the learned scatter, the rest the identity's, that are tried."""

_FOLDS = 5

# Texts that were placed with others, below which cross-validation says nothing.
_FEWEST = 8

# Cosines are made chances by one of these, whichever suits a strength best: a map that
# only stretches distances is not better for it.
_TEMPERATURES = (0.05, 0.07, 0.1, 0.14, 0.25, 1.0)


def fit_adapter(embedding: Embedding, grouping: Grouping, *, seed: int = 0) -> Adapter:
    """Return the map that the answers behind `grouping` teach over `embedding`.

    The scatter of texts within their groups, weighted, is mixed with the identity's: of
    `STRENGTHS` the one is taken that gives the groups of answered texts the highest
    chance in cross-validation (softmax over the cosines to the groups' centres), or the
    weakest that is less than a standard error behind it (Breiman et al. 1984,
    Classification and Regression Trees, section 3.4.3); 0 leaves the space as it is.
    Raises TooFewError where fewer than eight texts were placed with others.
    """
    found = Anchored.of(embedding, grouping)
    vectors = embedding.vectors[found.rows].astype(np.float64)
    weights = found.weights.astype(np.float64)
    shared = np.bincount(found.groups, minlength=1)[found.groups] > 1
    tried = np.flatnonzero(found.asked & shared)
    if len(tried) < _FEWEST:
        raise TooFewError(
            f"The answers put {len(tried)} texts together with others; {_FEWEST} are needed.",
            "Answer some more questions on the Review page, then train.",
        )
    folds = _folds([embedding.text_ids[found.rows[at]] for at in tried.tolist()], seed)
    chances = np.zeros((len(STRENGTHS), len(_TEMPERATURES), len(tried)))
    right = np.zeros((len(STRENGTHS), len(tried)), dtype=bool)
    for fold in range(_FOLDS):
        at = np.flatnonzero(folds == fold)
        inside = np.ones(len(vectors), dtype=bool)
        inside[tried[at]] = False
        scatter = _scatter(vectors[inside], found.groups[inside], weights[inside])
        for place, strength in enumerate(STRENGTHS):
            mapped = _unit(vectors @ _map(*scatter, strength))
            cosines = mapped @ _centres(mapped, found.groups, weights * inside).T
            own = found.groups[tried[at]]
            right[place, at] = cosines[tried[at]].argmax(axis=1) == own
            for heat, temperature in enumerate(_TEMPERATURES):
                chances[place, heat, at] = _log_chances(cosines[tried[at]] / temperature, own)
    best = _weakest_of_the_best(chances, weights[tried])
    matrix = _map(*_scatter(vectors, found.groups, weights), STRENGTHS[best])
    before, after = (Score.of(int(right[place].sum()), len(tried)) for place in (0, best))
    return Adapter(matrix.astype(np.float32), STRENGTHS[best], before, after)


def adapted(embedding: Embedding, matrix: Floats, space: str) -> Embedding:
    """Return the vectors of `embedding` as the encoder followed by `matrix` float32 (d, d)
    gives them, in `space`."""
    vectors = _unit(embedding.vectors @ matrix)
    return Embedding(space, embedding.text_ids, vectors.astype(np.float32))


def _folds(texts: Sequence[str], seed: int) -> NDArray[np.intp]:
    """The fold of each text: random, the same for a seed, whatever the order."""
    order = sorted(range(len(texts)), key=lambda at: content_id("fold", str(seed), texts[at]))
    folds = np.empty(len(texts), dtype=np.intp)
    folds[order] = np.arange(len(texts)) % _FOLDS
    return folds


def _scatter(
    vectors: _Reals, groups: NDArray[np.integer], weights: _Reals
) -> tuple[_Reals, _Reals]:
    """Eigenvalues (d,) and eigenvectors (d, d) of the scatter within groups, with a mean
    eigenvalue of 1; all 1 where no group has two texts."""
    count = int(groups.max()) + 1 if len(groups) else 0
    sums = np.zeros((count, vectors.shape[1]))
    np.add.at(sums, groups, weights[:, None] * vectors)
    totals = np.bincount(groups, weights=weights, minlength=count)
    means = sums / np.maximum(totals, 1e-12)[:, None]
    apart = (vectors - means[groups]) * np.sqrt(weights)[:, None]
    values, axes = np.linalg.eigh(apart.T @ apart)
    mean = values.mean()
    return (values / mean if mean > 1e-12 else np.ones_like(values)), axes


def _map(values: _Reals, axes: _Reals, strength: float) -> _Reals:
    mixed = strength * values.clip(0.0) + (1.0 - strength)
    return np.asarray((axes / np.sqrt(mixed)) @ axes.T)


def _centres(vectors: _Reals, groups: NDArray[np.integer], weights: _Reals) -> _Reals:
    """The mean direction of each group, (g, d); 0 where it has no weight."""
    sums = np.zeros((int(groups.max()) + 1, vectors.shape[1]))
    np.add.at(sums, groups, weights[:, None] * vectors)
    return _unit(sums)


def _weakest_of_the_best(chances: _Reals, weights: _Reals) -> int:
    """Return the place of the strength to take; `chances` (strengths, temperatures, texts)
    are logarithms."""
    suiting = chances[np.arange(len(chances)), (chances @ weights).argmax(axis=1)] * weights
    behind = suiting[suiting.sum(axis=1).argmax()] - suiting
    error = behind.std(axis=1) * np.sqrt(behind.shape[1])
    return int((behind.sum(axis=1) <= error).argmax())


def _log_chances(scores: _Reals, own: NDArray[np.integer]) -> _Reals:
    shares = scores[np.arange(len(own)), own] - np.logaddexp.reduce(scores, axis=1)
    return np.asarray(shares)


def _unit(vectors: NDArray[np.floating]) -> _Reals:
    norms = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return np.asarray(vectors / norms, dtype=np.float64)
