"""Two or three numbers of groups worth stopping at."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from core.domain.granularity import Count, Curve, Stop

MOST_STOPS = 3

_APART = 1.3
"""Numbers of groups nearer than this factor are one stop: nobody sees the difference."""

_NEARLY = 0.95
"""Share of the best silhouette that is as good: on short texts the curve climbs to a
plateau, and its end, not its bumps, is what the true number of groups lies near."""


def stops(answered: Count | None, found: Count | None, separation: Curve) -> tuple[Stop, ...]:
    """Return one to three stops, the best founded first and each well apart from the others.

    What the answers say comes before what the vectors say. The last is the level
    as wide as it is deep, √k of the first: a few broad groups over the fine ones.
    """
    kept: list[Stop] = []
    for stop in _candidates(answered, found, separation):
        if len(kept) < MOST_STOPS and all(_apart(stop.k, other.k) for other in kept):
            kept.append(stop)
    broad = round(math.sqrt(kept[0].k))
    if len(kept) < MOST_STOPS and broad >= 2 and all(_apart(broad, other.k) for other in kept):
        kept.append(Stop(broad, "A few broad groups."))
    return tuple(kept)


def plateau(separation: Curve) -> int:
    """Return the coarsest number of groups that stand apart nearly as well as at the best."""
    enough = separation.values.max() - (1 - _NEARLY) * abs(separation.values.max())
    return int(separation.counts[np.argmax(separation.values >= enough)])


def _candidates(answered: Count | None, found: Count | None, separation: Curve) -> Iterator[Stop]:
    if answered is not None:
        yield Stop(answered.k, "Your answers fit this number of groups best.")
    if found is not None:
        yield Stop(found.k, "Spread over all texts, your answers make this many groups.")
    yield Stop(plateau(separation), "Here the groups stand well apart.")


def _apart(one: int, other: int) -> bool:
    return max(one, other) >= _APART * min(one, other)
