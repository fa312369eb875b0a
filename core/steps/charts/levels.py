"""What speaks for which number of groups, as curves."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from core.domain.granularity import Curve, Granularity
from core.steps.charts.looks import DARK, LIGHT, Look

_ANSWERS = "How well each number of groups fits your answers"
_TEXTS = "How clearly the groups stand apart"


def level_curves(found: Granularity, chosen: int, *, dark: bool = False) -> list[alt.LayerChart]:
    """Draw how well each number of groups fits the answers, with its band, and how
    clearly its groups stand apart; the stops as marks, `chosen` as a line.

    Two charts to stand one above the other: their x axes agree, and each is as
    wide as its container; their height holds titles and axes, too. Without enough
    answers there is only the second.
    """
    look = DARK if dark else LIGHT
    curves = [(_ANSWERS, found.consistency, 190), (_TEXTS, found.separation, 150)]
    drawn = [(title, curve, height) for title, curve, height in curves if curve is not None]
    ends = [int(end) for _, curve, _ in drawn for end in (curve.counts[0], curve.counts[-1])]
    x = _x(min(ends), max(*ends, min(ends) + 1))
    marks = pd.DataFrame({"groups": [stop.k for stop in found.stops]})
    rule = alt.Chart(pd.DataFrame({"groups": [chosen]})).mark_rule(color=look.ink)
    return [
        _configured(
            [rule.encode(x=x, strokeDash=alt.value([4, 3])), *_layers(curve, marks, x, look)]
        ).properties(height=height, width="container", title=_title(title, look))
        for title, curve, height in drawn
    ]


def _layers(curve: Curve, marks: pd.DataFrame, x: alt.X, look: Look) -> list[alt.Chart]:
    columns = {"value": curve.values, "low": curve.low, "high": curve.high}
    data = pd.DataFrame(
        {name: column.astype(np.float64).round(4) for name, column in columns.items()}
    ).assign(groups=curve.counts)
    marks = marks.assign(value=np.interp(marks["groups"], data["groups"], data["value"]))
    color = look.palette[0]
    y = alt.Y("value:Q", axis=None, scale=alt.Scale(zero=False))
    groups = alt.Tooltip("groups:Q", title="groups", format=",d")
    value = alt.Tooltip("value:Q", title="value", format=".2f")
    line = alt.Chart(data).mark_line(color=color).encode(x=x, y=y, tooltip=[groups, value])
    dots = alt.Chart(marks).mark_point(filled=True, size=70, color=look.ink, opacity=1)
    names = alt.Chart(marks).mark_text(dx=5, dy=-10, align="left", fontSize=12, color=look.ink)
    layers = [
        line,
        dots.encode(x=x, y=y, tooltip=[groups]),
        names.encode(x=x, y=y, text=alt.Text("groups:Q", format=",d")),
    ]
    if bool((curve.low < curve.high).any()):
        band = alt.Chart(data).mark_area(color=color, opacity=0.22)
        layers.insert(0, band.encode(x=x, y=alt.Y("low:Q", axis=None), y2="high:Q"))
    return layers


def _configured(layers: list[alt.Chart]) -> alt.LayerChart:
    drawn: alt.LayerChart = (
        alt.LayerChart(layer=layers)
        .configure(background="transparent", aria=False)
        .configure_view(stroke=None)
    )
    return drawn


def _title(words: str, look: Look) -> alt.TitleParams:
    return alt.TitleParams(words, anchor="start", fontSize=12, fontWeight="normal", color=look.ink)


def _x(low: int, high: int) -> alt.X:
    ticks = [k for k in (2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000) if k <= high]
    axis = alt.Axis(title=None, values=ticks, grid=False, format=",d")
    return alt.X("groups:Q", scale=alt.Scale(type="log", domain=[low, high]), axis=axis)
