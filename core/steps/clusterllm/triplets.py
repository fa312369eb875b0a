"""Entropy-based triplets (section 3.1), and what their answers teach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import Clustering
from core.domain.judgments import Judgment, Verdict
from core.domain.questions import Triplet
from core.domain.spaces import Embedding, Floats, Ints
from core.domain.training import TrainingExamples
from core.steps.clusterllm.partition import standardised

TRIPLETS = 1024
"""Questions that the paper asks."""

_ANCHORS = 0.2
_CLOSEST = 0.02

# Rows compared with all centres at a time, and rounds without a new triplet before
# giving up: with small groups there may be fewer triplets than asked for.
_ROWS = 4096
_FRUITLESS = 20


@dataclass(frozen=True, slots=True)
class Soft:
    """`closest` int32 (n, m): rows of the centres, nearest first; `entropy`
    float64 (n,), in nats, of the probabilities over them."""

    closest: Ints
    entropy: NDArray[np.float64]


def soft_assignment(vectors: Floats, labels: Ints) -> Soft:
    """Return Student's t with one degree of freedom over the closest clusters.

    p(x, k) ∝ 1 / (1 + ‖x − μ_k‖²) over the max(2, round(0.02·K)) closest of K
    clusters, renormalised. `vectors` (n, d) are standardised; `labels` (n,) run
    from 0 to K − 1. The unscaled 1 is the paper's: in hundreds of dimensions the
    entropy is near its maximum for every text.
    """
    centres = np.stack([vectors[labels == k].mean(axis=0) for k in range(labels.max() + 1)])
    kept = min(len(centres), max(2, round(_CLOSEST * len(centres))))
    closest = np.empty((len(vectors), kept), dtype=np.int32)
    entropy = np.empty(len(vectors))
    lengths = (centres.astype(np.float64) ** 2).sum(axis=1)
    for start in range(0, len(vectors), _ROWS):
        rows = vectors[start : start + _ROWS].astype(np.float64)
        squared = (rows**2).sum(axis=1, keepdims=True) - 2.0 * rows @ centres.T + lengths
        weights = 1.0 / (1.0 + squared.clip(0.0))
        order = np.argsort(-weights, axis=1, kind="stable")[:, :kept]
        found = np.take_along_axis(weights, order, axis=1)
        found /= found.sum(axis=1, keepdims=True)
        closest[start : start + _ROWS] = order
        entropy[start : start + _ROWS] = -(found * np.log(found)).sum(axis=1)
    return Soft(closest, entropy)


def propose_triplets(
    embedding: Embedding, clustering: Clustering, *, count: int = TRIPLETS, seed: int
) -> tuple[Triplet, ...]:
    """Return `count` triplets, none twice; fewer where the groups hold fewer.

    Anchors are the fifth of the texts with the highest entropy, shuffled and
    gone through until there are enough; the sides are a random member of each
    of two of the anchor's closest clusters. None with fewer than two clusters.
    """
    ids, labels = np.unique(clustering.labels, return_inverse=True)
    if len(ids) < 2:
        return ()
    soft = soft_assignment(standardised(embedding.vectors), labels.astype(np.int32))
    members = [np.flatnonzero(labels == k) for k in range(len(ids))]
    rng = np.random.default_rng(seed)
    anchors = np.argsort(-soft.entropy, kind="stable")[: max(1, int(_ANCHORS * len(labels)))]
    rng.shuffle(anchors)
    found: dict[str, Triplet] = {}
    fruitless = 0
    while len(found) < count and fruitless < _FRUITLESS:
        before = len(found)
        for anchor in anchors.tolist():
            pair = rng.choice(soft.closest[anchor], 2, replace=False).tolist()
            left, right = (int(rng.choice(members[cluster])) for cluster in pair)
            if anchor not in (left, right):
                names = (embedding.text_ids[row] for row in (anchor, left, right))
                triplet = Triplet(*names)
                found.setdefault(triplet.id, triplet)
            if len(found) == count:
                break
        fruitless = 0 if len(found) > before else fruitless + 1
    return tuple(found.values())


def chosen(judgments: Iterable[Judgment], bodies: Mapping[str, str]) -> TrainingExamples:
    """Return what the answers teach: (anchor, chosen, rejected) in the bodies of the texts.

    Only an answer that names one side counts: both and neither are dropped.
    """
    triplets = []
    for judgment in judgments:
        question = judgment.question
        if isinstance(question, Triplet) and judgment.verdict in (Verdict.LEFT, Verdict.RIGHT):
            sides = (question.left, question.right)
            near, far = sides if judgment.verdict is Verdict.LEFT else sides[::-1]
            triplets.append((bodies[question.anchor], bodies[near], bodies[far]))
    return TrainingExamples(tuple(triplets), ())
