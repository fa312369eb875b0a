"""Whether a model's confidence means what it says, as a curve."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from core.domain.calibration import Calibration, ReliabilityCurve
from core.steps.charts.looks import DARK, LIGHT, Look

_LINE = 50  # points of the calibration's line


def reliability(
    curve: ReliabilityCurve, calibration: Calibration, *, dark: bool = False
) -> alt.LayerChart:
    """Draw the share of right answers over the confidence: a dot a bin with its count
    and its 95% interval, the calibration as a line, and where confidence would be true
    as a dashed diagonal.

    As wide as its container; its height holds titles and axes, too.
    """
    look = DARK if dark else LIGHT
    said = np.linspace(0.01, 0.99, _LINE)
    line = pd.DataFrame({"said": said, "right": [calibration.chance(one) for one in said]})
    even = pd.DataFrame({"said": [0.0, 1.0], "right": [0.0, 1.0]})
    layers = [
        alt.Chart(even).mark_line(color=look.hollow, strokeDash=[4, 3]).encode(*_axes()),
        alt.Chart(line).mark_line(color=look.palette[0], opacity=0.7).encode(*_axes()),
        *_dots(curve, look),
    ]
    drawn: alt.LayerChart = (
        alt.LayerChart(layer=layers)
        .configure(background="transparent", aria=False)
        .configure_view(stroke=None)
        .properties(height=260, width="container")
    )
    return drawn


def _dots(curve: ReliabilityCurve, look: Look) -> list[alt.Chart]:
    data = pd.DataFrame(
        {
            "said": [one.confidence for one in curve.bins],
            "right": [one.share for one in curve.bins],
            "low": [one.share_low for one in curve.bins],
            "high": [one.share_high for one in curve.bins],
            "answers": [one.count for one in curve.bins],
        }
    )
    x, y = _axes()
    base = alt.Chart(data)
    told = [
        alt.Tooltip("said:Q", title="says it is sure", format=".0%"),
        alt.Tooltip("right:Q", title="right", format=".0%"),
        alt.Tooltip("low:Q", title="95% interval from", format=".0%"),
        alt.Tooltip("high:Q", title="to", format=".0%"),
        alt.Tooltip("answers:Q", title="answers", format=",d"),
    ]
    return [
        base.mark_rule(color=look.ink, opacity=0.5).encode(x=x, y=alt.Y("low:Q"), y2="high:Q"),
        base.mark_point(filled=True, size=70, color=look.ink, opacity=1).encode(x, y, tooltip=told),
        base.mark_text(dx=8, align="left", fontSize=12, color=look.ink).encode(
            x, y, text=alt.Text("answers:Q", format=",d")
        ),
    ]


def _axes() -> tuple[alt.X, alt.Y]:
    scale = alt.Scale(domain=[0, 1])
    axis = alt.Axis(format=".0%", grid=False, tickCount=5)
    return (
        alt.X("said:Q", title="how sure the model says it is", scale=scale, axis=axis),
        alt.Y("right:Q", title="share of right answers", scale=scale, axis=axis),
    )
