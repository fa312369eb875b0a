"""HDBSCAN's condensed tree as a picture."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from core.domain.clusterings import Condensed
from core.domain.spaces import Floats
from core.steps.charts.looks import DARK, LIGHT


def condensed_tree(tree: Condensed, *, dark: bool = False, height: int = 380) -> alt.Chart:
    """Draw a bar a cluster of the tree: from the density where it is born down to the one
    where it breaks up, as wide as it has texts; those of the map in colour.

    As wide as its container.
    """
    look = DARK if dark else LIGHT
    left = _left(tree)
    data = pd.DataFrame(
        {
            "x": left,
            "x2": left + tree.size,
            "y": tree.birth.astype(np.float64).round(4),
            "y2": tree.death.astype(np.float64).round(4),
            "texts": tree.size,
            "cluster": np.where(tree.chosen, "cluster of the map", "on the way to one"),
        }
    )
    kinds = ["cluster of the map", "on the way to one"]
    colors = alt.Scale(domain=kinds, range=[look.palette[0], look.greys[1]])
    drawn: alt.Chart = (
        alt.Chart(data)
        .mark_rect(stroke=look.halo, strokeWidth=0.5)
        .encode(
            x=alt.X("x:Q", axis=None, scale=alt.Scale(nice=False)),
            x2="x2",
            y=alt.Y(
                "y:Q",
                title="density",
                scale=alt.Scale(type="sqrt", reverse=True, nice=False),
                axis=alt.Axis(grid=False, labels=False, ticks=False),
            ),
            y2="y2",
            color=alt.Color("cluster:N", scale=colors, legend=alt.Legend(title=None, orient="top")),
            tooltip=[
                alt.Tooltip("texts:Q", format=",d"),
                alt.Tooltip("cluster:N", title="this is a"),
            ],
        )
        .configure(background="transparent", aria=False)
        .configure_view(stroke=None)
        .properties(height=height, width="container")
    )
    return drawn


def _left(tree: Condensed) -> Floats:
    """Return where each bar begins: children beside each other within their parent."""
    left = np.zeros(len(tree.parent), dtype=np.float32)
    used: dict[int, float] = {}
    inside = np.zeros(len(tree.parent))
    for child, parent in enumerate(tree.parent.tolist()):
        if parent >= 0:
            inside[parent] += tree.size[child]
    for child, parent in enumerate(tree.parent.tolist()):
        if parent >= 0:
            # What fell out as odd is left free at both sides.
            margin = (float(tree.size[parent]) - inside[parent]) / 2
            left[child] = left[parent] + margin + used.get(parent, 0.0)
            used[parent] = used.get(parent, 0.0) + float(tree.size[child])
    return left
