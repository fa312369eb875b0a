"""Sharpening clusters without answers: a linear map that draws texts to their centres.

Deep embedded clustering (Xie, Girshick, Farhadi 2016, Unsupervised Deep Embedding for
Clustering Analysis, ICML, section 3), with a residual linear map over cached unit vectors
in the place of its network: z = (x + x·W) scaled to unit length, W = 0 at first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import UNASSIGNED, Centroids, Clustering
from core.domain.errors import ModelError, TooFewError
from core.domain.ids import content_id
from core.domain.spaces import Embedding
from core.domain.training import Sharpening

if TYPE_CHECKING:
    from torch import Generator, Tensor

MOST_TEXTS = 20_000
"""Texts that are learned from at most, drawn at random: a map of d² numbers needs no more."""

ROUNDS = 20
"""Rounds at most: in each the targets stay, and every text is learned from."""

STILL = 0.001
"""Share of the texts that change their cluster in a round, below which it ends (section
3.3.2 of the paper, its tolerance)."""

# Texts a step, as in the paper.
_BATCH = 256

# Rounds at least, and steps in a round of few texts: a gentle step moves no text to another
# cluster, and would end it before it began.
_LEAST, _STEPS = 4, 10

# The rate of Adam, and how much of itself the median text gives to its nearest centre at first.
# Both were chosen on Bank77's train file. With one degree of freedom, as in the paper, hundreds
# of centres in hundreds of dimensions share each text about equally, and sharpening such shares
# took 35 points of accuracy there; the paper has ten centres in ten dimensions.
_RATE, _OWN = 1e-3, 0.3

# Squared distances below which texts do not differ at all.
_NOTHING, _TINY = 1e-9, 1e-12


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
    import torch
    from torch.nn.functional import normalize

    rows = _learned_from(embedding.text_ids, clustering, seed)
    centroids = Centroids.of(embedding.vectors[rows], clustering.labels[rows])
    scale = _scale(embedding.vectors[rows], centroids, clustering.labels[rows])
    vectors = torch.tensor(embedding.vectors[rows])
    matrix = torch.eye(vectors.shape[1], requires_grad=True)
    centres = torch.tensor(centroids.vectors, requires_grad=True)
    freedom = _freedom(vectors, centres.detach(), scale)
    adam = torch.optim.Adam([matrix, centres], lr=_RATE)
    dice = torch.Generator().manual_seed(seed)
    losses: list[float] = []
    changed, shares = 1.0, memberships(vectors, centres.detach(), scale, freedom)
    for done in range(1, ROUNDS + 1):
        wanted, before = targets(shares), shares.argmax(dim=1)
        losses += [float(divergence(wanted, shares))] if done == 1 else []
        for batch in _batches(len(vectors), dice):
            z = normalize(vectors[batch] @ matrix)
            loss = divergence(wanted[batch], memberships(z, centres, scale, freedom))
            adam.zero_grad()
            loss.backward()
            adam.step()
        with torch.no_grad():
            shares = memberships(normalize(vectors @ matrix), centres, scale, freedom)
        losses.append(float(divergence(wanted, shares)))
        if not np.isfinite(losses[-1]):
            raise ModelError(
                "The sharpening diverged: the loss is no longer a finite number.",
                "Draw the map again, then train; the model in use is untouched.",
            )
        on_round(done, ROUNDS, losses[-1])
        changed = float((shares.argmax(dim=1) != before).float().mean())
        if done >= _LEAST and changed < STILL:
            break
    return Sharpening(matrix.detach().numpy(), tuple(losses), done, changed, len(rows))


def memberships(vectors: Tensor, centres: Tensor, scale: float, freedom: float) -> Tensor:
    """Return q (n, k), rows that sum to one: how much each text belongs to each centre.

    Student's t with `freedom` degrees of freedom (equation 1, α), which are also the unit
    of `scale`: q ∝ (1 + d²/scale)^−(α+1)/2, d² the squared distance.
    """
    import torch

    distances = torch.cdist(vectors, centres) ** 2
    return torch.softmax(-(freedom + 1) / 2 * torch.log1p(distances / scale), dim=1)


def targets(shares: Tensor) -> Tensor:
    """Return p (n, k), rows that sum to one: the memberships squared, each cluster weighed
    down by its size (equation 3)."""
    raised = shares**2 / shares.sum(dim=0).clamp_min(_TINY)
    return raised / raised.sum(dim=1, keepdim=True).clamp_min(_TINY)


def divergence(wanted: Tensor, shares: Tensor) -> Tensor:
    """Return KL(p‖q), the mean over texts, in nats (equation 2)."""
    ratio = wanted.clamp_min(_TINY).log() - shares.clamp_min(_TINY).log()
    return (wanted * ratio).sum(dim=1).mean()


def _scale(vectors: NDArray[np.float32], centroids: Centroids, labels: NDArray[np.int32]) -> float:
    """Return the median squared distance of a text to its own centre. Raises TooFewError."""
    if len(centroids.ids) < 2:
        raise TooFewError(
            "Sharpening needs at least two clusters; "
            + ("this map has one." if len(centroids.ids) else "no text of this map is in one."),
            "Make more clusters on the Map page, then train.",
        )
    own = centroids.vectors[np.searchsorted(centroids.ids, labels)]
    scale = float(np.median(((vectors - own) ** 2).sum(axis=1)))
    if scale < _NOTHING:
        raise TooFewError(
            "The texts of each cluster are all the same to the embedder: nothing is to sharpen.",
            "Bring texts that differ, or keep the embedder as it is.",
        )
    return scale


def _freedom(vectors: Tensor, centres: Tensor, scale: float) -> float:
    """Return the degrees of freedom with which the median text gives `_OWN` of itself to its
    nearest centre, by bisection: one at least, as in the paper, and a hundred at most."""
    low, high = 1.0, 100.0
    for _ in range(20):
        middle = (low + high) / 2
        nearest = memberships(vectors, centres, scale, middle).amax(dim=1)
        low, high = (middle, high) if float(nearest.median()) < _OWN else (low, middle)
    return low


def _batches(count: int, dice: Generator) -> list[Tensor]:
    """The rows of each step of a round: every text once, of few texts several times."""
    import torch

    each = max(1, count // _BATCH)
    passes = -(-_STEPS // each)
    orders = (torch.randperm(count, generator=dice) for _ in range(passes))
    return [batch for order in orders for batch in torch.tensor_split(order, each)]


def _learned_from(ids: Sequence[str], clustering: Clustering, seed: int) -> NDArray[np.intp]:
    """The rows of assigned texts, `MOST_TEXTS` of them at most, whatever their order."""
    rows = np.flatnonzero(clustering.labels != UNASSIGNED).tolist()
    if len(rows) > MOST_TEXTS:
        rows.sort(key=lambda row: content_id("sharpen", str(seed), ids[row]))
        rows = rows[:MOST_TEXTS]
    return np.array(sorted(rows, key=ids.__getitem__), dtype=np.intp)
