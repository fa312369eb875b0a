"""Which texts are nearest to which: one graph, computed once and used everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.spaces import Floats, Ints


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest other texts of each text in one space.

    `rows` int32 (n, k): rows of the neighbours of each of `text_ids` (n, sorted),
    nearest first, never the text itself; `cosines` float32 (n, k): how near they are,
    in [−1, 1]. k is the same for all texts, and at most n − 1.
    """

    space: str
    text_ids: tuple[str, ...]
    rows: Ints
    cosines: Floats

    @property
    def k(self) -> int:
        return int(self.rows.shape[1])


@dataclass(frozen=True, slots=True)
class Beside:
    """The texts of one pile that are nearest to each text of another.

    `rows` int32 (m, k) are rows of the searched pile, nearest first; `cosines`
    float32 (m, k) how near they are.
    """

    rows: Ints
    cosines: Floats
