"""Sharpening clusters without answers: a linear map that draws texts to their centres.

Deep embedded clustering (Xie, Girshick, Farhadi 2016, Unsupervised Deep Embedding for
Clustering Analysis, ICML, section 3), with a residual linear map over cached unit vectors
in the place of its network: z = (x + x·W) scaled to unit length, W = 0 at first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import UNASSIGNED, Centroids, Clustering
from core.domain.errors import ModelError, TooFewError
from core.domain.ids import content_id
from core.domain.spaces import Embedding, Floats
from core.domain.training import Sharpening

MOST_TEXTS = 20_000
"""Texts that are learned from at most, drawn at random: a map of d² numbers needs no more."""

ROUNDS = 40
"""Rounds at most: in each the targets stay, and every text is learned from."""

STILL = 0.001
"""Share of the texts that change their cluster in a round, below which it ends (section
3.3.2 of the paper, its tolerance)."""

# Texts a step, as in the paper.
_BATCH = 256

# Rounds at least, and steps in a round of few texts: a gentle step moves no text to another
# cluster, and would end it before it began.
_LEAST, _STEPS = 10, 10

# Adam (Kingma, Ba 2015) with its usual decays. The rate was chosen on Bank77's vectors by the
# silhouette, without their labels: at 1e-4 and more it falls below that of the start.
_RATE, _FIRST, _SECOND, _TINY = 3e-5, 0.9, 0.999, 1e-12

# Squared distances below which texts do not differ at all.
_NOTHING = 1e-9


def sharpen(
    embedding: Embedding,
    clustering: Clustering,
    *,
    seed: int = 0,
    on_round: Callable[[int, int, float], None] = lambda done, total, loss: None,
) -> Sharpening:
    """Return the map that makes the clusters of `embedding` sharper, by themselves.

    Centres start at the centroids of `clustering` (over the texts of `embedding`), and
    learn with the map; unassigned texts are left out. Ends once fewer than `STILL` of the
    texts change cluster, or after `ROUNDS`. `on_round(done, total, loss)` follows each round
    with KL(p‖q) in nats a text, and may raise Cancelled. The order of the rows changes nothing
    but the rounding of sums. Raises TooFewError with fewer than two clusters or where texts
    do not differ from their centres, and ModelError once a number is not finite.
    """
    rows = _learned_from(embedding.text_ids, clustering, seed)
    vectors = embedding.vectors[rows]
    centroids = Centroids.of(embedding.vectors[rows], clustering.labels[rows])
    centres = centroids.vectors.copy()
    if len(centres) < 2:
        raise TooFewError(
            "Sharpening needs at least two clusters; "
            + ("this map has one." if len(centres) else "no text of this map is in one."),
            "Make more clusters on the Map page, then train.",
        )
    matrix = np.eye(vectors.shape[1], dtype=np.float32)
    own = np.searchsorted(centroids.ids, clustering.labels[rows])
    scale = float(np.median(((vectors - centres[own]) ** 2).sum(axis=1)))
    if scale < _NOTHING:
        raise TooFewError(
            "The texts of each cluster are all the same to the embedder: nothing is to sharpen.",
            "Bring texts that differ, or keep the embedder as it is.",
        )
    mover, dice = _Adam(matrix, centres), np.random.default_rng(seed)
    losses: list[float] = []
    changed = 1.0
    shares = memberships(vectors, centres, scale)
    for done in range(1, ROUNDS + 1):
        wanted, before = targets(shares), shares.argmax(axis=1)
        losses += [divergence(wanted, shares)] if done == 1 else []
        for batch in _batches(len(vectors), dice):
            mover.step(slopes(vectors[batch], matrix, centres, wanted[batch], scale))
        shares = memberships(_unit(vectors @ matrix), centres, scale)
        losses.append(divergence(wanted, shares))
        if not np.isfinite(losses[-1]):
            raise ModelError(
                "The sharpening diverged: the loss is no longer a finite number.",
                "Draw the map again, then train; the model in use is untouched.",
            )
        on_round(done, ROUNDS, losses[-1])
        changed = float((shares.argmax(axis=1) != before).mean())
        if done >= _LEAST and changed < STILL:
            break
    return Sharpening(matrix, tuple(losses), done, changed, len(rows))


def memberships(vectors: Floats, centres: Floats, scale: float) -> Floats:
    """Return q (n, k), rows that sum to one: how much each text belongs to each centre.

    Student's t with one degree of freedom (equation 1, α = 1), squared distances in units of
    `scale`: on vectors of hundreds of dimensions α itself would have to follow the distances.
    """
    kernel = 1.0 / (1.0 + _distances(vectors, centres) / scale)
    return np.asarray(kernel / kernel.sum(axis=1, keepdims=True))


def targets(shares: Floats) -> Floats:
    """Return p (n, k), rows that sum to one: the memberships squared, each cluster weighed
    down by its size (equation 3)."""
    raised = shares**2 / np.maximum(shares.sum(axis=0), _TINY)
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def divergence(wanted: Floats, shares: Floats) -> float:
    """Return KL(p‖q), the mean over texts, in nats (equation 2)."""
    ratio = np.log(np.maximum(wanted, _TINY)) - np.log(np.maximum(shares, _TINY))
    return float((wanted * ratio).sum(axis=1).mean())


def _batches(count: int, dice: np.random.Generator) -> list[NDArray[np.intp]]:
    """The rows of each step of a round: every text once, of few texts several times."""
    each = max(1, count // _BATCH)
    passes = -(-_STEPS // each)
    return [batch for _ in range(passes) for batch in np.array_split(dice.permutation(count), each)]


def _learned_from(ids: Sequence[str], clustering: Clustering, seed: int) -> NDArray[np.intp]:
    """The rows of assigned texts, `MOST_TEXTS` of them at most, whatever their order."""
    rows = np.flatnonzero(clustering.labels != UNASSIGNED).tolist()
    if len(rows) > MOST_TEXTS:
        rows.sort(key=lambda row: content_id("sharpen", str(seed), ids[row]))
        rows = rows[:MOST_TEXTS]
    return np.array(sorted(rows, key=ids.__getitem__), dtype=np.intp)


def slopes(
    vectors: Floats, matrix: Floats, centres: Floats, wanted: Floats, scale: float
) -> tuple[Floats, Floats]:
    """Return the slopes of KL(p‖q) by the matrix and by the centres (equations 4 and 5), the
    former through the scaling to unit length."""
    mapped = vectors @ matrix
    norms = np.maximum(np.linalg.norm(mapped, axis=1, keepdims=True), _TINY)
    z = mapped / norms
    kernel = 1.0 / (1.0 + _distances(z, centres) / scale)
    shares = kernel / kernel.sum(axis=1, keepdims=True)
    pull = kernel * (wanted - shares) * (2.0 / (scale * len(z)))
    by_z = pull.sum(axis=1, keepdims=True) * z - pull @ centres
    by_centres = pull.sum(axis=0)[:, None] * centres - pull.T @ z
    by_mapped = (by_z - (by_z * z).sum(axis=1, keepdims=True) * z) / norms
    return vectors.T @ by_mapped, by_centres


class _Adam:
    """Adam over arrays that it changes in place."""

    def __init__(self, *values: Floats) -> None:
        self._values, self._count = values, 0
        self._means = [np.zeros_like(value) for value in values]
        self._squares = [np.zeros_like(value) for value in values]

    def step(self, by: Sequence[Floats]) -> None:
        self._count += 1
        kept = zip(self._values, by, self._means, self._squares, strict=True)
        for value, slope, mean, square in kept:
            mean += (1 - _FIRST) * (slope - mean)
            square += (1 - _SECOND) * (slope**2 - square)
            level = np.sqrt(square / (1 - _SECOND**self._count))
            value -= _RATE * mean / (1 - _FIRST**self._count) / (level + _TINY)


def _distances(vectors: Floats, centres: Floats) -> Floats:
    """Squared Euclidean distances (n, k)."""
    squares = (vectors**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1)
    return np.asarray((squares - 2.0 * vectors @ centres.T).clip(0.0))


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), _TINY))
