"""Going through the combinations of two groups without repeating one."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd


def walk(left: int, right: int, start: float) -> Iterator[tuple[int, int]]:
    """Yield every (i, j) with i < `left` and j < `right` once, in a scattered order.

    `start` in [0, 1) picks the first. The step is the golden section of the
    number of combinations, moved to the next number that shares no factor with
    it: so neighbours in the walk differ, nothing comes twice, nothing is
    stored, and any place is reached without drawing all before it.
    """
    total = left * right
    stride = max(1, round(0.618 * total))
    while gcd(stride, total) > 1:
        stride += 1
    at = int(start * total)
    for _ in range(total):
        yield divmod(at, right)
        at = (at + stride) % total
