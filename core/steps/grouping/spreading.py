"""From anchors to all texts: kernel ridge regression, and propagation where answers err."""

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
