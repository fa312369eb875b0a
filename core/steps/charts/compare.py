"""The map before and after a retrain, side by side."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from core.steps.charts.layers import CANVAS, Frame, label_layers, point_layer
from core.steps.charts.looks import DARK, LIGHT, colored
from core.steps.charts.scatter import front_last, group_fill

_SIDES = ("before", "after")


def before_after(
    old_points: pd.DataFrame,
    new_points: pd.DataFrame,
    *,
    focus: Sequence[int] = (),
    old_labels: pd.DataFrame | None = None,
    new_labels: pd.DataFrame | None = None,
    dark: bool = False,
    width: int = 400,
    height: int = 400,
) -> alt.HConcatChart:
    """Draw two aligned maps (points and labels as for `scatter`) side by side.

    A group has the same colour on both sides, since cluster ids are stable
    across a retrain: `focus` are the groups in colour (none: the largest of both
    maps together). The sides share one window: wheel and drag move both, and a
    click picks a text (`pick`, over `i`) on both.
    """
    look = DARK if dark else LIGHT
    both = pd.concat([old_points, new_points])
    frame = Frame.around(both, width, height)
    chosen = tuple(focus) or colored(both["group"].tolist())
    fill = group_fill(both["group"].tolist(), chosen, look.palette, look)
    maps = []
    for name, points, labels in zip(
        _SIDES, (old_points, new_points), (old_labels, new_labels), strict=True
    ):
        dots = point_layer(front_last(points, chosen), fill, look, frame, labels)
        side = alt.layer(dots.properties(name=name), *label_layers(labels, look, frame))
        maps.append(side.properties(title=name.capitalize(), width=width, height=height))
    chart: alt.HConcatChart = (
        _tied(alt.hconcat(*maps))
        .properties(usermeta=CANVAS)
        .configure(background="transparent", aria=False)
        .configure_view(stroke=None)
        .configure_title(color=look.ink)
    )
    return chart


def _tied(chart: alt.HConcatChart) -> alt.HConcatChart:
    """Give both sides one `zoom` and one `pick`: added to each side they would be
    two of one name, which Altair merges with a warning."""
    views = [side.layer[0].name for side in chart.hconcat]
    click = alt.PointSelectionConfig(type="point", fields=["i"], on="click")
    chart.params = [
        alt.TopLevelSelectionParameter(name="zoom", select="interval", bind="scales", views=views),
        alt.TopLevelSelectionParameter(name="pick", select=click, views=views),
    ]
    return chart
