"""How near texts are to the known texts of each topic."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.domain.classification import Members
from core.domain.spaces import Floats, Ints

NEAREST = 3
"""Members of a topic that a text is compared with: its nearest."""

MOST = 20_000
"""Members kept of all topics together."""

_FEWEST = 20  # members of a topic, whatever the number of topics
_CHUNK = 1024  # rows of similarities held at a time


def pick_members(vectors: Floats, labels: Ints, k: int) -> Members:
    """Return known texts for the topics 0 … k−1: all, or evenly many of each.

    `vectors` float32 (n, d) in the order of the text ids, which come from hashes:
    the first ones of a topic are a random draw of it. Many members keep the shape of a wide
    topic that one centroid would lose (Bank77: 95% right against 87%).
    """
    quota = max(_FEWEST, MOST // max(k, 1))
    rows = np.concatenate([np.flatnonzero(labels == topic)[:quota] for topic in range(k)])
    return Members(np.ascontiguousarray(vectors[rows]), labels[rows].astype(np.int32))


def nearness_by_topic(vectors: Floats, members: Members, k: int) -> Iterator[tuple[slice, Floats]]:
    """Yield rows and, float32 (rows, k), their mean cosine to the three nearest members
    of each topic (fewer where a topic has fewer)."""
    bounds = np.searchsorted(members.owners, np.arange(k + 1))
    for start in range(0, len(vectors), _CHUNK):
        part = slice(start, min(start + _CHUNK, len(vectors)))
        cosines = vectors[part] @ members.vectors.T
        found = np.empty((len(cosines), k), dtype=np.float32)
        for topic in range(k):
            own = cosines[:, bounds[topic] : bounds[topic + 1]]
            if own.shape[1] > NEAREST:
                own = np.partition(own, -NEAREST, axis=1)[:, -NEAREST:]
            found[:, topic] = own.mean(axis=1)
        yield part, found


def nearness(vectors: Floats, members: Members, k: int) -> Floats:
    """Return all of `nearness_by_topic`, float32 (n, k)."""
    found = np.empty((len(vectors), k), dtype=np.float32)
    for part, values in nearness_by_topic(vectors, members, k):
        found[part] = values
    return found
