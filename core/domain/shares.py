"""How sure a counted share is."""

from __future__ import annotations

import math

from core.domain.errors import InputError

Z_95 = 1.959964
"""Standard deviations to either side of the mean that hold 95% of a normal distribution."""


def wilson(correct: int, total: int, z: float = Z_95) -> tuple[float, float]:
    """Return the Wilson score interval of the share `correct`/`total`.

    Wilson (1927), JASA 22; the default `z` gives 95%. Nothing counted says nothing:
    total 0 gives (0.0, 1.0). Raises InputError unless 0 ≤ correct ≤ total.
    """
    if not 0 <= correct <= total:
        raise InputError(
            f"{correct} right answers of {total} is not a share.",
            "Count the answers again.",
        )
    if total == 0:
        return 0.0, 1.0
    share, spread = correct / total, z * z / total
    centre = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / total + spread / (4 * total))
    # Rounding would keep the interval of none and of all a hair away from its end.
    low = 0.0 if correct == 0 else centre - half
    return low, 1.0 if correct == total else centre + half
