"""Rounds: after how many retrains each text last moved or was answered about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from core.domain.clusterings import Clustering
from core.domain.spaces import Ints


def moved_rows(before: Clustering, after: Clustering) -> Ints:
    """Return the rows of `after`, int32 ascending, whose text had another cluster in
    `before`. A text that was not there has moved from nowhere: it is not among them."""
    was = dict(zip(before.text_ids, before.labels.tolist(), strict=True))
    pairs = enumerate(zip(after.text_ids, after.labels.tolist(), strict=True))
    return np.array(
        [row for row, (text, label) in pairs if was.get(text, label) != label], dtype=np.int32
    )


def last_rounds(
    maps: Sequence[tuple[int, Clustering]], touched: Iterable[tuple[int, Iterable[str]]]
) -> Ints:
    """Return the round in which each text of the last map last moved or was answered
    about, int32 (n,).

    `maps` are the rounds and the partitions that led to it, one after the other, cluster
    ids continued; a text that came later counts from its first map. `touched` are rounds
    with ids of texts that answers were about or that a person moved. None is later than
    the last map's own round.
    """
    (_, first), (newest, last) = maps[0], maps[-1]
    found = dict.fromkeys(first.text_ids, maps[0][0])
    for (_, before), (number, after) in pairwise(maps):
        there = frozenset(before.text_ids)
        found.update((text, number) for text in after.text_ids if text not in there)
        found.update((after.text_ids[row], number) for row in moved_rows(before, after).tolist())
    for number, texts in touched:
        for text in texts:
            if text in found:
                found[text] = max(found[text], min(number, newest))
    return np.array([found[text] for text in last.text_ids], dtype=np.int32)
