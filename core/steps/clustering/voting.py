"""How neighbours vote for the groups that they are in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import UNASSIGNED
from core.domain.spaces import Floats, Ints


def winners(around: Ints, cosines: Floats, *, unassigned: bool) -> tuple[Ints, NDArray[np.float64]]:
    """Return the group with most votes of each text, int32 (m,), and its share of them.

    `around` int32 (m, k) are the groups of a text's neighbours, `cosines` float32 (m, k)
    how near these are: a vote weighs the cosine cubed. Neighbours without a group vote
    for having none (−1) where `unassigned`, else not at all. Of equals the smallest id wins.
    """
    weights = cosines.astype(np.float64).clip(1e-6) ** 3
    if not unassigned:
        weights[around == UNASSIGNED] = 0.0
    ids, codes = np.unique(around, return_inverse=True)
    votes = np.zeros((len(around), len(ids)))
    np.add.at(votes, (np.arange(len(around))[:, None], codes.reshape(around.shape)), weights)
    best = votes.argmax(axis=1)
    share = votes[np.arange(len(best)), best] / np.maximum(weights.sum(axis=1), 1e-12)
    return ids[best].astype(np.int32), share
