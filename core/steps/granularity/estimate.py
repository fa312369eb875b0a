"""The three estimates of the number of groups, side by side."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.domain.clusterings import UNASSIGNED
from core.domain.granularity import Count, Granularity, MergeTree
from core.domain.judgments import Judgment
from core.domain.spaces import Embedding, Ints
from core.steps.granularity.answers import paired
from core.steps.granularity.consistency import consistency
from core.steps.granularity.separation import separation
from core.steps.granularity.stops import plateau, stops

# Texts in a group on average at the finest level looked at.
_FEWEST = 8

# Counts looked at: all to this one, then in even steps of the logarithm to the finest.
_EVERY = 40
_COUNTS = 140
_SEPARATIONS = 40


def estimate(
    embedding: Embedding,
    tree: MergeTree,
    judgments: Iterable[Judgment],
    *,
    found: Count | None = None,
    seed: int,
) -> Granularity:
    """Return what `judgments`, the groups `found` by them, and the vectors say.

    Looks at 2 groups and more, up to one for every eight texts of the tree and
    no finer than its leaves. The order of the judgments changes nothing.
    """
    inside = int((tree.bunches != UNASSIGNED).sum())
    finest = max(2, min(tree.leaves, inside // _FEWEST))
    counts = _counts(finest)
    pairs = paired(judgments, tree.text_ids)
    fitted = consistency(tree, pairs, counts, seed=seed)
    curve, answered = fitted or (None, None)
    thin = counts[np.unique(np.linspace(0, len(counts) - 1, _SEPARATIONS).round().astype(int))]
    apart = separation(embedding, tree, thin, seed=seed)
    return Granularity(
        consistency=curve,
        answered=answered,
        answers=pairs.answers,
        found=found,
        separation=apart,
        separated=plateau(apart),
        stops=stops(answered, found, apart),
    )


def _counts(finest: int) -> Ints:
    every = np.arange(2, min(finest, _EVERY) + 1)
    wide = np.geomspace(min(finest, _EVERY), finest, _COUNTS - len(every) + 1).round()
    return np.unique(np.concatenate([every, wide])).astype(np.int32)
