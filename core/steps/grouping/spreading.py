"""From anchors to all texts: kernel ridge regression, propagation where answers err, and
the centres of the groups that come of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.domain.groupings import Ground
from core.domain.spaces import Floats

_Reals = NDArray[np.float64]

# How sharply the regression's scores tell groups apart beside propagation.
_SHARPNESS = 3.0
_FLOOR = 1e-3

# Local and global consistency: steps over the neighbour graph and how far each goes; this and
# the share of errors below chosen on texts of BANKING77's train file and of CLINC150 outside
# its test file.
_STEPS, _FAR = 15, 0.8

# A step costs texts times groups; beyond so many texts a card would wait for it.
_PROPAGATE_UP_TO = 20_000

# Propagation's share where no answer errs, and the share of errors from which it is all.
_SHARE, _ALL_FROM = 0.5, 0.4

# How much a text is drawn to the centres of groups that hardly a text was asked about in, and
# how many texts a group make it half as much: they say more of a group's shape than its centre.
# Chosen on texts of BANKING77's train file and of CLINC150 outside its test file.
_PULL, _SHAPED = 10.0, 2.0

_ROWS = 4096


def blend(
    ground: Ground, rows: NDArray[np.intp], targets: _Reals, scores: Floats, errors: float
) -> Floats:
    """Return the share of each group in each text, float32 (n, g), rows summing to 1.

    `rows` int (m,) of the anchors, `targets` (m, g) their groups, `scores` (n, g) of
    the regression, `errors` in [0, 1] the expected share of wrong answers. Regression
    is better where answers are right, propagation (Zhou et al. 2004, Learning with
    Local and Global Consistency, section 2) where some are wrong: it averages them
    out. They are mixed in log odds. Above 20,000 texts the regression stands alone.
    """
    logits = _SHARPNESS * scores
    logits -= np.logaddexp.reduce(logits, axis=1, keepdims=True)
    if len(scores) <= _PROPAGATE_UP_TO:
        share = _SHARE + (1 - _SHARE) * min(1.0, errors / _ALL_FROM)
        spread = _propagated(ground, rows, targets)
        logits = (1 - share) * logits + share * np.log(spread + _FLOOR)
        logits -= np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return np.asarray(np.exp(logits), dtype=np.float32)


def drawn_to_centres(vectors: Floats, shares: Floats, rows: NDArray[np.intp]) -> Floats:
    """Return `shares` float32 (n, g), more of each group where its centre is near.

    What a few anchors spread to is taken for a first sketch of the groups: the centre
    of each is the mean of all texts, weighted by the squares of their shares (one step
    of self-training, as DEC sharpens its targets: Xie et al. 2016, section 3.1.3).
    `vectors` float32 (n, d); `rows` int (a,) of the texts that answers are about, which
    stay where these put them. The more of them a group has, the less its centre counts.
    """
    pull = _PULL / (1.0 + (len(rows) / shares.shape[1] / _SHAPED) ** 2)
    found = shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-12)
    settled = found[rows]
    centres = np.zeros((shares.shape[1], vectors.shape[1]), dtype=np.float32)
    for first in range(0, len(found), _ROWS):
        part = slice(first, first + _ROWS)
        centres += np.square(found[part]).T @ vectors[part]
    centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-12)
    for first in range(0, len(found), _ROWS):
        part = slice(first, first + _ROWS)
        found[part] *= np.exp(pull * (vectors[part] @ centres.T - 1.0))
    found[rows] = settled
    return np.asarray(found, dtype=np.float32)


def _propagated(ground: Ground, rows: NDArray[np.intp], targets: _Reals) -> Floats:
    from scipy import sparse

    n, k = ground.neighbours.shape
    ends = np.repeat(np.arange(n), k), ground.neighbours.ravel()
    graph = sparse.csr_matrix((ground.likeness.ravel(), ends), shape=(n, n))
    graph = graph.maximum(graph.T)
    degree = np.sqrt(np.maximum(np.asarray(graph.sum(axis=1)).ravel(), 1e-9))
    graph = sparse.diags(1 / degree) @ graph @ sparse.diags(1 / degree)
    start = np.zeros((n, targets.shape[1]), dtype=np.float32)
    # A group of many anchors would flood the smaller ones.
    start[rows] = targets / np.sqrt(np.maximum(targets.sum(axis=0), 1.0))
    spread, graph = start, graph.tocsr().astype(np.float32)
    for _ in range(_STEPS):
        spread = _FAR * (graph @ spread) + (1 - _FAR) * start
    return np.asarray(spread / np.maximum(spread.sum(axis=1, keepdims=True), 1e-12))
