"""Parts of a group of texts: what it would fall into if it were split."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import TooFewError
from core.domain.spaces import Embedding

MOST_COMPARED = 2_000
"""Texts whose pairs are all compared. Of more, so many are taken evenly by id (ids are
hashes, so this is a fair sample), and the others follow the nearest middle."""


def parts(embedding: Embedding, members: Sequence[int], k: int) -> tuple[tuple[int, ...], ...]:
    """Return `members` (row indices) in `k` parts, the largest first, ties by first row.

    Ward's method (Ward 1963) on the unit vectors: of `k` + 1 parts, two are one of `k`
    parts, up to MOST_COMPARED texts. The order of `members` changes nothing. Raises
    TooFewError where there are fewer than `k` different texts.
    """
    rows = np.unique(np.asarray(members, dtype=np.int64))
    vectors = embedding.vectors[rows].astype(np.float64)
    if len(np.unique(vectors.round(5), axis=0)) < k:
        raise TooFewError(
            f"These texts are too few, or too much alike, for {k} parts.",
            "Ask for fewer parts, or move single texts by hand.",
        )
    labels = _labels(vectors, k)
    found = [rows[labels == label] for label in range(k)]
    return tuple(
        tuple(part.tolist())
        for part in sorted(found, key=lambda part: (-len(part), part[0] if len(part) else 0))
        if len(part)
    )


def _labels(vectors: NDArray[np.float64], k: int) -> NDArray[np.int64]:
    from scipy.cluster.hierarchy import cut_tree, ward

    # By rounded rank, not by a fixed step: the sample is as large as it may be.
    wanted = min(len(vectors), MOST_COMPARED)
    sample = np.linspace(0, len(vectors) - 1, wanted).round().astype(np.int64)
    cut: NDArray[np.int64] = cut_tree(ward(vectors[sample]), n_clusters=k)[:, 0].astype(np.int64)
    if wanted == len(vectors):
        return cut
    middles = np.stack([vectors[sample[cut == part]].mean(axis=0) for part in range(k)])
    labels: NDArray[np.int64] = (
        (vectors @ middles.T - (middles**2).sum(axis=1) / 2).argmax(axis=1).astype(np.int64)
    )
    labels[sample] = cut
    return labels
