"""Which texts a classifier learns from, and which judge it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.domain.ids import lot
from core.domain.spaces import Ints

HELD_OUT = 0.3
"""The share of a topic's texts that is not learned from."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Rows, int32 and ascending, none in two parts: `train` to learn from, `tune` to
    set probabilities and the threshold on, `test` to report on."""

    train: Ints
    tune: Ints
    test: Ints


def split(text_ids: Sequence[str], topics: Sequence[str], seed: int) -> Parts:
    """Return the three parts of texts with a topic; "" is in none.

    Of each topic 30% is held out, half for each purpose; a topic of three texts or
    fewer is learned from alone. Lots are drawn by text id, so the order of the
    texts changes nothing.
    """
    members: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for row, (text, topic) in enumerate(zip(text_ids, topics, strict=True)):
        if topic:
            members[topic].append((lot("classifier", str(seed), text), row))
    parts: tuple[list[int], list[int], list[int]] = ([], [], [])
    held = 0
    for topic in sorted(members):
        rows = [row for _, row in sorted(members[topic])]
        count = int(HELD_OUT * len(rows))
        for row in rows[:count]:
            # Turn about across topics, so that small ones fill both parts.
            parts[1 + held % 2].append(row)
            held += 1
        parts[0].extend(rows[count:])
    train, tune, test = (np.array(sorted(rows), dtype=np.int32) for rows in parts)
    return Parts(train, tune, test)
