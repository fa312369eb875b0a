"""All points of a map at once, as options of Apache ECharts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.domain.clusterings import UNASSIGNED
from core.domain.spaces import Floats, Ints
from core.steps.charts.labels import FONT_SIZE, inward
from core.steps.charts.layers import Frame
from core.steps.charts.looks import DARK, LIGHT, Look, colored

MOST_POINTS = 250_000
_SHOWN = 150  # names at most
_NARROW = 400  # pixels: a name that would stick out of so narrow a chart runs inwards
# Pixels and opacity up to so many points: less ink each where there are more.
_SIZES = (
    *((2_000, 7, 0.85), (5_000, 6, 0.85), (20_000, 4, 0.85)),
    *((50_000, 3, 0.6), (MOST_POINTS, 2, 0.6)),
)


def every_point(
    xy: Floats,
    groups: Ints,
    labels: pd.DataFrame,
    *,
    focus: Sequence[int] = (),
    dark: bool = False,
) -> dict[str, Any]:
    """Return the options of a chart of all points: `xy` (n, 2), `groups` (n,).

    The groups of `focus` (none: the largest) have a colour and a series of their own,
    all others share a grey one and the unassigned a fainter one; of more than
    MOST_POINTS texts every so-many-th is drawn. The points are sent as two float32
    columns a series, without their texts. `labels` (as from `medoid_labels`) are shown
    as far as they fit, the earlier ones first. The wheel zooms and a drag pans.
    """
    look = DARK if dark else LIGHT
    every = -(-len(xy) // MOST_POINTS) or 1
    xy, groups = xy[::every], groups[::every]
    chosen = tuple(focus)[: len(look.palette)] or colored(groups.tolist())
    names = dict(zip(labels["group"].tolist(), labels["label"].tolist(), strict=True))
    parts = [
        ("unassigned", look.hollow, groups == UNASSIGNED),
        ("other groups", look.greys[0], (groups != UNASSIGNED) & ~np.isin(groups, chosen)),
    ]
    parts += [
        (names.get(group, f"Group {group}"), color, groups == group)
        for group, color in zip(chosen, look.palette, strict=False)
    ]
    drawn = [part for part in parts if part[2].any()]
    frame = Frame.around(pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1]}), _NARROW, _NARROW)
    return {
        "animation": False,
        "backgroundColor": "transparent",
        "grid": {"left": 0, "right": 0, "top": 0, "bottom": 0},
        "xAxis": _axis(frame.x),
        "yAxis": _axis(frame.y),
        "dataZoom": [
            {"type": "inside", "xAxisIndex": 0, "filterMode": "none"},
            {"type": "inside", "yAxisIndex": 0, "filterMode": "none"},
        ],
        "dataset": [{"source": _columns(xy[inside])} for _, _, inside in drawn],
        "series": [
            *(_points(number, part, len(xy)) for number, part in enumerate(drawn)),
            _names(labels.head(_SHOWN), look, frame),
        ],
    }


def _columns(xy: Floats) -> pd.DataFrame:
    return pd.DataFrame({"x": xy[:, 0].astype(np.float32), "y": xy[:, 1].astype(np.float32)})


def _points(number: int, part: tuple[str, str, Any], count: int) -> dict[str, Any]:
    name, color, _ = part
    size, opacity = next((size, ink) for most, size, ink in _SIZES if count <= most)
    return {
        "type": "scatter",
        "name": name,
        "datasetIndex": number,
        "encode": {"x": "x", "y": "y"},
        "large": True,
        "largeThreshold": 1,
        "progressive": 0,  # in parts each point is drawn six times
        "symbolSize": size,
        "itemStyle": {"color": color, "opacity": opacity},
        "silent": True,
    }


def _names(labels: pd.DataFrame, look: Look, frame: Frame) -> dict[str, Any]:
    sides = inward(labels, frame.x, frame.width)
    return {
        "type": "scatter",
        "symbolSize": 0,
        "silent": True,
        "itemStyle": {"opacity": 1},  # or the names are faint, too
        "labelLayout": {"hideOverlap": True},  # in the order of the data, at any width and zoom
        "data": [
            {"value": [x, y], "name": name, "label": {"position": side}}
            for x, y, name, side in zip(
                labels["x"], labels["y"], labels["label"], sides, strict=True
            )
        ],
        "label": {
            "show": True,
            "formatter": "{b}",
            "fontSize": FONT_SIZE,
            "fontWeight": "bold",
            "color": look.ink,
            "textBorderColor": look.halo,
            "textBorderWidth": 4,
        },
    }


def _axis(domain: tuple[float, float]) -> dict[str, Any]:
    return {"type": "value", "show": False, "min": domain[0], "max": domain[1]}
