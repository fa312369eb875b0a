"""Vectors in fewer bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from numpy.typing import NDArray

from core.domain.spaces import Floats

Precision = Literal["int8", "uint8"]


@dataclass(frozen=True, slots=True)
class Ranges:
    """The smallest and largest value of each dimension among texts of a calibration set.

    `low` and `high` float32 (d,).
    """

    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Quantized:
    """Vectors as one byte a value.

    `codes` int8 or uint8 (n, d); `ranges` what their first and last step stand for;
    `coverage` the share of all values that lay within the ranges, the rest was clipped.
    """

    codes: NDArray[Any]
    ranges: Ranges
    coverage: float
