"""The curve of a model's confidence."""

from __future__ import annotations

import pytest

from core.domain.calibration import Compared
from core.steps.calibration import calibrate, reliability_curve
from core.steps.charts import reliability

SAID = [Compared(0.95, True)] * 3 + [Compared(0.95, False)] + [Compared(0.45, False)] * 2


@pytest.mark.parametrize("dark", [False, True])
def test_dots_hold_counts_and_intervals(dark: bool) -> None:
    curve = reliability_curve(SAID)
    drawn = reliability(curve, calibrate(SAID), dark=dark).to_dict()

    assert drawn["config"]["background"] == "transparent"
    (dots,) = [rows for rows in drawn["datasets"].values() if "answers" in rows[0]]
    assert [(row["answers"], row["said"], row["right"]) for row in dots] == [
        (2, pytest.approx(0.45), 0.0),
        (4, pytest.approx(0.95), 0.75),
    ]
    assert all(row["low"] <= row["right"] <= row["high"] for row in dots)


def test_the_line_is_the_calibration() -> None:
    believed = calibrate(SAID)
    drawn = reliability(reliability_curve(SAID), believed).to_dict()

    lines = [rows for rows in drawn["datasets"].values() if len(rows) > 10]
    for point in lines[0]:
        assert point["right"] == pytest.approx(believed.chance(point["said"]))
    rising = [point["right"] for point in lines[0]]
    assert rising == sorted(rising)
