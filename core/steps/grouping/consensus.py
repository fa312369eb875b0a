"""One partition that stands for all that were drawn, with the ids of the map's groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.domain.groupings import Ground
from core.domain.spaces import Floats, Ints

_Ids = NDArray[np.intp]

# Groups are joined while their anchors are together in this share of the draws, on
# average. Chosen on texts of BANKING77's train file.
_TOGETHER = 0.4

# A group of texts that nobody placed joins the founded one that it is with most, where that
# is so often or more: answers that only compare say what a text does not belong to, not that
# it belongs to none. Chosen on texts of BANKING77's train file.
_WITH = 0.1

# What stands for a prior group speaks for its id before anything else does.
_STANDS = 1_000.0


def consensus(together: Floats, founding: NDArray[np.bool_]) -> _Ids:
    """Return a group 0 … g−1 for each anchor, int (m,), numbered by their first anchors.

    `together` float32 (m, m): how often two anchors were drawn into one group;
    `founding` bool (m,): which may found one. Average linkage (Fritsch and Ickstadt,
    Bayesian Analysis 4, 2009, section 3.2); what then holds no founding anchor joins
    the group that it is with most, unless it is hardly ever with any.
    """
    if len(together) == 1:
        return np.zeros(1, dtype=np.intp)
    from scipy.cluster.hierarchy import fcluster, linkage

    above = np.triu_indices(len(together), 1)
    tree = linkage(1.0 - together[above], "average")
    cut = fcluster(tree, 1.0 - _TOGETHER + 1e-9, criterion="distance") - 1
    cut = _founded(together, cut, founding)
    _, first, inverse = np.unique(cut, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[inverse], dtype=np.intp)


def _founded(together: Floats, groups: Ints, founding: NDArray[np.bool_]) -> Ints:
    """Return `groups` int (m,), 0 … g−1, with those that no anchor founded in others."""
    sizes = np.bincount(groups)
    founded = np.bincount(groups, founding) > 0
    unfounded = np.flatnonzero(~founded)
    if not len(unfounded) or not founded.any():
        return groups
    members = np.eye(len(sizes), dtype=np.float32)[groups]
    often = members[:, unfounded].T @ together @ members[:, founded]
    often /= np.outer(sizes[unfounded], sizes[founded])
    joins = often.max(axis=1) >= _WITH
    into = np.arange(len(sizes))
    into[unfounded[joins]] = np.flatnonzero(founded)[often[joins].argmax(axis=1)]
    return np.asarray(into[groups])


def certainty(together: Floats, codes: _Ids) -> Floats:
    """Return how sure the group of each anchor is, float32 (m,): how often it is with the
    others of its group, on average; for one alone, how often it is not with the nearest."""
    same = codes[:, None] == codes
    np.fill_diagonal(same, False)
    others = same.sum(axis=1)
    inside = (together * same).sum(axis=1) / np.maximum(others, 1)
    outside = np.where(same, 0.0, together)
    np.fill_diagonal(outside, 0.0)
    found = np.where(others > 0, inside, 1.0 - outside.max(axis=1))
    return np.asarray(found.clip(0.0, 1.0), dtype=np.float32)


def cluster_ids(ground: Ground, rows: _Ids, codes: _Ids) -> Ints:
    """Return the cluster id of each group, int32 (g,): that of the prior group which it
    holds most of, each id once, and new ones for the others."""
    from scipy.optimize import linear_sum_assignment

    held = np.zeros((int(codes.max()) + 1, len(ground.prior_ids)))
    np.add.at(held, (codes, ground.prior[rows]), 1.0)
    stands = np.isin(rows, ground.starts)
    np.add.at(held, (codes[stands], ground.prior[rows[stands]]), _STANDS)
    groups, priors = linear_sum_assignment(-held)
    found = np.full(len(held), -1, dtype=np.int32)
    taken = held[groups, priors] > 0
    found[groups[taken]] = ground.prior_ids[priors[taken]]
    fresh = np.flatnonzero(found < 0)
    found[fresh] = int(ground.prior_ids.max()) + 1 + np.arange(len(fresh))
    return found
