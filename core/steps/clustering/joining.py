"""New texts join the groups of those that were there, or none."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from core.domain.clusterings import UNASSIGNED
from core.domain.neighbours import Beside
from core.domain.spaces import Floats, Ints
from core.steps.clustering.voting import winners

# A text whose nearest one is farther away than for 99 in 100 of those that were there is odd.
_ODD = 0.01
# The share of its neighbours' weight that a group must have to take a text.
_SHARE = 1 / 3


def join(
    groups: Ints, near: Beside, usual: Floats, *, closed: Collection[int] = ()
) -> tuple[Ints, Floats]:
    """Return the group of each new text and how firmly it belongs there, both (m,).

    `groups` int32 (n,) are those of the texts that were there, −1 unassigned; `near`
    holds the rows of them that are nearest to each new text; `usual` float32 (n,) how
    near the nearest other text is to each of them. Neighbours vote by their cosine
    cubed, the unassigned ones for −1. A text stays unassigned where no group has a
    third of the votes, where it is farther from all than texts usually are, and where
    its group is `closed`. The strength is the share of the votes.
    """
    found = np.full(len(near.rows), UNASSIGNED, dtype=np.int32)
    strength = np.zeros(len(near.rows), dtype=np.float32)
    if not near.rows.shape[1]:
        return found, strength
    best, share = winners(groups[near.rows], near.cosines, unassigned=True)
    odd = near.cosines[:, 0] < (np.quantile(usual, _ODD) if len(usual) else -1.0)
    taken = (share >= _SHARE) & ~odd & ~np.isin(best, list(closed))
    found[taken] = best[taken]
    strength[found != UNASSIGNED] = share[found != UNASSIGNED]
    return found, strength
