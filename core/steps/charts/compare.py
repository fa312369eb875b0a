"""Several maps of the same texts, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd

from core.steps.charts.layers import CANVAS, Frame, label_layers, point_layer
from core.steps.charts.looks import DARK, LIGHT, colored
from core.steps.charts.scatter import front_last, group_fill


@dataclass(frozen=True, slots=True)
class Side:
    """One of several maps: its title, its points and labels as for `scatter`."""

    title: str
    points: pd.DataFrame
    labels: pd.DataFrame | None = None


def side_by_side(
    sides: Sequence[Side],
    *,
    focus: Sequence[int] = (),
    dark: bool = False,
    width: int = 400,
    height: int = 400,
) -> alt.HConcatChart:
    """Draw aligned maps of the same texts side by side.

    A group has the same colour on all of them, since ids are matched: `focus` are the
    groups in colour (none: the largest of all maps together). The maps share one window:
    wheel and drag move all, and a click picks a text (`pick`, over `i`) on each.
    """
    look = DARK if dark else LIGHT
    every = pd.concat([side.points for side in sides])
    frame = Frame.around(every, width, height)
    chosen = tuple(focus) or colored(every["group"].tolist())
    fill = group_fill(every["group"].tolist(), chosen, look.palette, look)
    maps = []
    for number, side in enumerate(sides):
        dots = point_layer(front_last(side.points, chosen), fill, look, frame, side.labels)
        layers = [dots.properties(name=f"side{number}"), *label_layers(side.labels, look, frame)]
        drawn = alt.layer(*layers)
        maps.append(drawn.properties(title=side.title, width=width, height=height))
    chart: alt.HConcatChart = (
        _tied(alt.hconcat(*maps))
        .properties(usermeta=CANVAS)
        .configure(background="transparent", aria=False)
        .configure_view(stroke=None)
        .configure_title(color=look.ink)
    )
    return chart


def _tied(chart: alt.HConcatChart) -> alt.HConcatChart:
    """Give all sides one `zoom` and one `pick`: added to each side they would be
    several of one name, which Altair merges with a warning."""
    views = [side.layer[0].name for side in chart.hconcat]
    click = alt.PointSelectionConfig(type="point", fields=["i"], on="click")
    chart.params = [
        alt.TopLevelSelectionParameter(name="zoom", select="interval", bind="scales", views=views),
        alt.TopLevelSelectionParameter(name="pick", select=click, views=views),
    ]
    return chart
