"""What the answers say about clusters: which of the answers' groups each leans to."""

from __future__ import annotations

import numpy as np

from core.domain.clusterings import UNASSIGNED, Clustering
from core.domain.errors import InputError
from core.domain.spaces import Floats


def shares(clustering: Clustering, grouped: Clustering) -> Floats:
    """Return float32 (k, g): the share of the texts of each cluster of `clustering` (in
    ascending order) in each group of `grouped`, the groups that answers make of the same
    texts. A row sums to 1, or to less where some of its texts are in no group.

    Must-links, cannot-links and placements have all had their say in `grouped`. Clusters
    in one group are joined by answers; where answers joined none, each cluster leans to
    a group of its own, and a tree grown with these shares is that of the vectors.
    Raises InputError where the two are about different texts.
    """
    if clustering.text_ids != grouped.text_ids:
        raise InputError(
            "The answers were spread over other texts than these clusters hold.",
            "Make the map again, then grow the tree.",
        )
    inside = clustering.labels != UNASSIGNED
    ids, rows = np.unique(clustering.labels[inside], return_inverse=True)
    groups, columns = np.unique(grouped.labels[inside], return_inverse=True)
    counts = np.zeros((len(ids), len(groups)))
    np.add.at(counts, (rows, columns), 1.0)
    found = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    leaning: Floats = found[:, groups != UNASSIGNED].astype(np.float32)
    return leaning
