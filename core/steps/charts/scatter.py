"""The map: points that can be brushed and picked, under names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import altair as alt
import numpy as np
import pandas as pd

from core.domain.clusterings import UNASSIGNED
from core.steps.charts.layers import (
    CANVAS,
    Frame,
    density_layer,
    fluid_label_layers,
    point_layer,
    ring_layer,
)
from core.steps.charts.looks import DARK, LIGHT, Look, color_range, colored

Color = Literal["group", "strength", "category"]

SELECTIONS = ("brush", "pick")
"""The selections worth a rerun; the third of the map, `zoom`, only moves the view."""

# A plain drag belongs to the brush. Were zoom left with its default, one drag
# would draw the brush and pan at the same time.
_DRAG = "[pointerdown[!event.shiftKey], window:pointerup] > window:pointermove!"
_SHIFT_DRAG = "[pointerdown[event.shiftKey], window:pointerup] > window:pointermove!"


def scatter(
    points: pd.DataFrame,
    *,
    color: Color = "group",
    focus: Sequence[int] = (),
    palette: Sequence[str] = (),
    dark: bool = False,
    labels: pd.DataFrame | None = None,
    category_names: Sequence[str] = (),
    behind: pd.DataFrame | None = None,
    ringed: Sequence[int] = (),
    width: int = 640,
    height: int = 600,
) -> alt.LayerChart:
    """Draw `points` (as from `map_points`).

    A plain drag draws the selection `brush`, ranges of `x` and `y`; a click picks
    one point, shift-click adds another, into `pick`, a list of `i`; the wheel
    zooms, shift-drag pans, a double click shows everything again.

    `color`: "group" gives the groups of `focus` (none: the largest) the colours
    of `palette` (none: that of the theme) in that order, and all others greys;
    "strength" shades by the column `strength`; "category" gives each of
    `category_names` a colour, grey beyond the palette. The unassigned are hollow,
    save under "category". `labels` (as from `medoid_labels`) names groups in
    tooltips and, where there is room, on the map. `behind` (as from `density`) is
    drawn underneath; `ringed` are numbers of points that get a ring: those that were
    found or selected.
    """
    look = DARK if dark else LIGHT
    frame = Frame.around(points if behind is None else _corners(behind), width, height)
    chosen = tuple(focus) or _largest(points, labels)
    fill = _fill(points, color, chosen, palette or look.palette, look, category_names)
    shown_names = category_names if color == "category" else ()
    pick = alt.selection_point(name="pick", fields=["i"], on="click", empty=False)
    dots = point_layer(front_last(points, chosen), fill, look, frame, labels, shown_names)
    ground = [] if behind is None else [density_layer(behind, look, frame)]
    layers = [*ground, dots.add_params(_brushing(look), _zooming(), pick)]
    if len(ringed):
        layers.append(ring_layer(points, ringed, look, frame))
    chart: alt.LayerChart = (
        alt.layer(*layers, *fluid_label_layers(_first(labels, chosen), look, frame))
        .properties(width=width, height=height, usermeta=CANVAS)
        .configure(background="transparent", aria=False)
        .configure_view(stroke=None)
    )
    return chart


def _largest(points: pd.DataFrame, labels: pd.DataFrame | None) -> tuple[int, ...]:
    """Return the groups to colour: labels know the true sizes, points only those drawn."""
    if labels is None:
        return colored(points["group"].tolist())
    return tuple(labels["group"].tolist()[: len(LIGHT.palette)])


def _first(labels: pd.DataFrame | None, focus: Sequence[int]) -> pd.DataFrame | None:
    """Return `labels` with those of `focus` ahead, so that they win the room."""
    if labels is None:
        return None
    order = np.argsort(~labels["group"].isin(focus).to_numpy(), kind="stable")
    return labels.iloc[order]


def _corners(cells: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "x": [cells["x"].min(), cells["x2"].max()],
            "y": [cells["y"].min(), cells["y2"].max()],
        }
    )


def _brushing(look: Look) -> alt.Parameter:
    mark = alt.BrushConfig(fill=look.ink, fillOpacity=0.08, stroke=look.ink, strokeOpacity=0.6)
    return alt.selection_interval(
        name="brush", encodings=["x", "y"], on=_DRAG, translate=_DRAG, zoom=False, mark=mark
    )


def _zooming() -> alt.Parameter:
    return alt.selection_interval(
        name="zoom", bind="scales", on=_SHIFT_DRAG, translate=_SHIFT_DRAG, zoom="wheel!"
    )


def _fill(
    points: pd.DataFrame,
    color: Color,
    focus: Sequence[int],
    palette: Sequence[str],
    look: Look,
    category_names: Sequence[str],
) -> alt.Fill:
    if color == "group":
        return group_fill(points["group"].tolist(), focus, palette, look)
    if color == "strength":
        shades = alt.Scale(domain=[0, 1], range=list(look.strength))
        bar = alt.Legend(title="confidence", orient="bottom", direction="horizontal")
        return alt.Fill("strength:Q", scale=shades, legend=bar)
    codes = range(len(category_names))
    colors = color_range(codes, codes, palette, look.greys)
    return alt.Fill(
        "value:N",
        scale=alt.Scale(domain=list(category_names), range=colors),
        # Three fit beside the list of topics on a small laptop; a fourth was cut off.
        legend=alt.Legend(
            title=None, orient="bottom", columns=3, labelLimit=140, symbolStrokeWidth=0
        ),
    )


def group_fill(
    groups: Sequence[int], focus: Sequence[int], palette: Sequence[str], look: Look
) -> alt.Fill:
    """Colour by group: those of `focus` in colour, others of `groups` (one a point) grey."""
    present = sorted(set(groups) - {UNASSIGNED})
    colors = color_range(present, focus, palette, look.greys)
    return alt.Fill("group:N", scale=alt.Scale(domain=present, range=colors), legend=None)


def front_last(points: pd.DataFrame, focus: Sequence[int]) -> pd.DataFrame:
    """Return `points` in drawing order: unassigned, grey, and on top what has colour."""
    groups = points["group"].to_numpy()
    bright = np.isin(groups, list(focus))
    depth = np.where(groups == UNASSIGNED, 0, np.where(bright, 2, 1))
    return points.iloc[np.argsort(depth, kind="stable")].reset_index(drop=True)
