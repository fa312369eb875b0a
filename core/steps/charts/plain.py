"""Two small charts: the loss of a training, the lengths of texts."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from core.domain.texts import Health
from core.steps.charts.looks import LIGHT_PALETTE

_COLOR = LIGHT_PALETTE[0]  # readable on light and on dark ground


def loss_curve(values: Sequence[float]) -> alt.Chart:
    """Draw the training loss (`values`, one a report) over its reports, counted from 1."""
    data = pd.DataFrame({"step": range(1, len(values) + 1), "loss": [float(v) for v in values]})
    chart: alt.Chart = (
        alt.Chart(data, height=220)
        .mark_line(color=_COLOR, point=len(values) < 60)
        .encode(
            x=alt.X("step:Q", title="step", axis=alt.Axis(grid=False, tickMinStep=1, format="d")),
            y=alt.Y("loss:Q", title="loss", scale=alt.Scale(zero=False)),
            tooltip=[alt.Tooltip("step:Q"), alt.Tooltip("loss:Q", format=".4f")],
        )
        .configure(background="transparent")
        .configure_view(stroke=None)
    )
    return chart


def length_histogram(health: Health) -> alt.Chart:
    """Draw how many distinct texts have which length in characters."""
    edges = health.length_edges
    data = pd.DataFrame(
        {"from": edges[:-1], "to": edges[1:], "texts": health.length_counts}, dtype="float64"
    )
    chart: alt.Chart = (
        alt.Chart(data, height=140)
        .mark_bar(color=_COLOR)
        .encode(
            x=alt.X("from:Q", title="characters", axis=alt.Axis(grid=False)),
            x2="to",
            y=alt.Y("texts:Q", title="texts", axis=alt.Axis(grid=False, tickMinStep=1, format="d")),
            y2=alt.datum(0),
            tooltip=[
                alt.Tooltip("from:Q", format=".0f"),
                alt.Tooltip("to:Q", format=".0f"),
                alt.Tooltip("texts:Q", format="d"),
            ],
        )
        .configure(background="transparent")
        .configure_view(stroke=None)
    )
    return chart
