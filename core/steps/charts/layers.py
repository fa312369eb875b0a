"""The layers of a map: density, points, names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from core.domain.clusterings import UNASSIGNED
from core.steps.charts.labels import FONT_SIZE, thin, thin_by_width
from core.steps.charts.looks import Look

# The app turns to canvas by itself above 2,000 marks, but not for layers with a
# transform (the lookup of names); SVG with an ARIA label a mark is far slower.
CANVAS = {"embedOptions": {"renderer": "canvas"}}

MOST_RINGS = 2_000  # each costs as much as a point
_FEW_RINGS = 100

# A name at a side begins or ends there, however wide the browser's font makes it; one whose
# text is out of sight, since the map was zoomed or panned, is not drawn.
_AT = "scale('x', datum.x)"
_LEFT, _RIGHT = f"{_AT} < datum.half", f"{_AT} > width - datum.half"
_SEEN = f"{_AT} >= 0 && {_AT} <= width ? 1 : 0"
_EDGE = 4  # pixels: room for the halo
_INWARD = {
    "align": f"{_LEFT} ? 'left' : {_RIGHT} ? 'right' : 'center'",
    "dx": f"{_LEFT} ? {_EDGE} - {_AT} : {_RIGHT} ? width - {_EDGE} - {_AT} : 0",
    "fillOpacity": _SEEN,
    "strokeOpacity": _SEEN,
}

_UNASSIGNED = f"datum.group === {UNASSIGNED}"


@dataclass(frozen=True, slots=True)
class Frame:
    """The window on a map: ranges of the data over a number of pixels."""

    x: tuple[float, float]
    y: tuple[float, float]
    width: int
    height: int

    @classmethod
    def around(cls, points: pd.DataFrame, width: int, height: int) -> Frame:
        """Return the frame that holds all `points` (columns `x`, `y`) with a margin."""
        return cls(_domain(points["x"]), _domain(points["y"]), width, height)


def _domain(values: pd.Series[float]) -> tuple[float, float]:
    if values.empty:
        return (-1.0, 1.0)
    low, high = float(values.min()), float(values.max())
    margin = (high - low) * 0.04 or 1.0
    return (low - margin, high + margin)


def density_layer(cells: pd.DataFrame, look: Look, frame: Frame) -> alt.Chart:
    """Draw `cells` (as from `points.density`) as a faint ground, darker where more texts lie."""
    strength = alt.Scale(type="sqrt", range=[0.04, 0.4])
    chart: alt.Chart = (
        alt.Chart(cells)
        .mark_rect(color=look.greys[1], tooltip=None)
        .encode(
            x=_x(frame),
            y=_y(frame),
            x2="x2",
            y2="y2",
            opacity=alt.Opacity("count:Q", scale=strength, legend=None),
        )
    )
    return chart


def point_layer(
    points: pd.DataFrame,
    fill: alt.Fill,
    look: Look,
    frame: Frame,
    labels: pd.DataFrame | None,
    category_names: Sequence[str] = (),
) -> alt.Chart:
    """Draw one circle a line of `points`; a stroke marks the picked and the unassigned.

    The chart that holds the layer brings the selection `pick`.

    Names reach the tooltip through a lookup, so that each is sent once and not
    once a point, and under column names of ours: a viewer takes some names
    ("image") for a wish to fetch.
    """
    chart = alt.Chart(points)
    named = "id" in points
    number = alt.Tooltip("i:Q", title="number", format="d")
    tooltip = [alt.Tooltip("id:N", title="row id") if named else number]
    if labels is not None:
        names = alt.LookupData(labels[["group", "label"]], key="group", fields=["label"])
        chart = chart.transform_lookup(lookup="group", from_=names, default="unassigned")
        tooltip.append(alt.Tooltip("label:N", title="group"))
    if "strength" in points:
        tooltip.append(alt.Tooltip("strength:Q", title="strength"))
    if category_names:
        codes = pd.DataFrame({"category": range(len(category_names)), "value": category_names})
        values = alt.LookupData(codes, key="category", fields=["value"])
        chart = chart.transform_lookup(lookup="category", from_=values)
        tooltip.append(alt.Tooltip("value:N", title="value"))
    is_picked = alt.when({"param": "pick", "empty": False})
    hollow = alt.when(_UNASSIGNED).then(alt.value("transparent")).otherwise(fill)
    dots: alt.Chart = chart.mark_circle(size=_size(len(points)), opacity=0.85).encode(
        x=_x(frame),
        y=_y(frame),
        fill=fill if category_names else hollow,
        stroke=is_picked.then(alt.value(look.ink)).otherwise(alt.value(look.hollow)),
        strokeWidth=is_picked.then(alt.value(2.5))
        .when(_UNASSIGNED)
        .then(alt.value(0.8))
        .otherwise(alt.value(0)),
        tooltip=tooltip,
    )
    return dots


def ring_layer(points: pd.DataFrame, rows: Sequence[int], look: Look, frame: Frame) -> alt.Chart:
    """Draw a ring around those of `points` whose number is one of `rows`."""
    ringed = points[points["i"].isin(rows)].head(MOST_RINGS)[["x", "y"]]
    # Many rings lie on each other: bold ones would hide the points.
    many = len(ringed) > _FEW_RINGS
    chart: alt.Chart = (
        alt.Chart(ringed)
        .mark_point(
            size=max(40 if many else 60, (2 if many else 4) * _size(len(points))),
            color=look.ink,
            strokeWidth=0.8 if many else 1.5,
            opacity=0.5 if many else 0.9,
            tooltip=None,
        )
        .encode(x=_x(frame), y=_y(frame))
    )
    return chart


def _size(n: int) -> int:
    """Return the area of a circle in square pixels: less ink each where there are more."""
    return int(min(70, max(16, 90_000 / max(n, 1))))


def _x(frame: Frame) -> alt.X:
    # A fixed domain: a new sample or another colour must not move the map.
    scale = alt.Scale(domain=list(frame.x), nice=False, zero=False)
    return alt.X("x:Q", scale=scale, axis=None)


def _y(frame: Frame) -> alt.Y:
    scale = alt.Scale(domain=list(frame.y), nice=False, zero=False)
    return alt.Y("y:Q", scale=scale, axis=None)


def label_layers(labels: pd.DataFrame | None, look: Look, frame: Frame) -> list[alt.Chart]:
    """Draw those of `labels` that fit `frame`, each over a halo in the colour of the ground."""
    if labels is None or labels.empty:
        return []
    fitting = thin(labels, frame.x, frame.y, frame.width, frame.height)
    return _words(alt.Chart(fitting), look, frame)


def fluid_label_layers(labels: pd.DataFrame | None, look: Look, frame: Frame) -> list[alt.Chart]:
    """Draw `labels` as `label_layers` does, on a chart that is as wide as its container.

    How wide that is, only the browser knows: there names without room are dropped, and
    those at a side shifted inside. Not for charts beside each other, which have no `width`
    of their own.
    """
    if labels is None or labels.empty:
        return []
    fitting = thin_by_width(labels, frame.x, frame.y, frame.height)
    shown = alt.Chart(fitting).transform_filter("width >= datum.wide")
    moved = {key: alt.ExprRef(rule) for key, rule in _INWARD.items()}
    return _words(shown, look, frame, **moved)


def _words(chart: alt.Chart, look: Look, frame: Frame, **place: Any) -> list[alt.Chart]:
    base = chart.encode(x=_x(frame), y=_y(frame), text="label:N")
    halo = base.mark_text(
        fontSize=FONT_SIZE,
        fontWeight="bold",
        fill=look.halo,
        stroke=look.halo,
        strokeWidth=4,
        strokeJoin="round",
        opacity=0.85,
        tooltip=None,
        **place,
    )
    ink = base.mark_text(
        fontSize=FONT_SIZE, fontWeight="bold", fill=look.ink, tooltip=None, **place
    )
    return [halo, ink]
