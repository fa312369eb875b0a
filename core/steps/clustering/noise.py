"""What becomes of texts that lie between the clusters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.domain.clusterings import UNASSIGNED, Clustering
from core.domain.errors import InputError
from core.domain.neighbours import Neighbours
from core.steps.clustering.voting import winners

# Neighbours that are asked, and how much of their weight must speak for one cluster.
_ASKED = 15
_MAJORITY = 0.5


def take_in(clustering: Clustering, near: Neighbours) -> Clustering:
    """Return `clustering` with its unassigned texts treated as its spec says.

    With "majority" a text joins the cluster that has more than half of the weight
    (cosine cubed) of those of its 15 nearest neighbours that are in any; its strength is
    half of that share, below most that density put there. Others stay unassigned, and
    with "leave" all do. Neighbours vote as they were, so that no chain of texts pulls
    another after it. Raises InputError where the neighbours are those of other texts.
    """
    if near.text_ids != clustering.text_ids:
        raise InputError("The neighbours were found among other texts.", "Make the map again.")
    loose = np.flatnonzero(clustering.labels == UNASSIGNED)
    if clustering.spec.noise != "majority" or not len(loose) or not near.k:
        return clustering
    around = clustering.labels[near.rows[loose, :_ASKED]]
    best, share = winners(around, near.cosines[loose, :_ASKED], unassigned=False)
    joins = share > _MAJORITY
    labels, strength = clustering.labels.copy(), clustering.strength.copy()
    labels[loose[joins]] = best[joins]
    strength[loose[joins]] = share[joins] / 2
    return replace(clustering, labels=labels, strength=strength)
