"""How alike chosen groups are: a heatmap in the order of their tree, and the tree itself."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from core.domain.spaces import Floats
from core.steps.charts.labels import shortened
from core.steps.charts.looks import DARK, LIGHT

_CELL = 18  # pixels of a line whose name can be read
_BESIDE = 280  # pixels of names and legend
MOST_NAMED = 40  # beyond this many lines names cannot be read


def heatmap(vectors: Floats, names: Sequence[str], *, dark: bool = False) -> alt.Chart:
    """Draw the cosines between `vectors` (k, d), unit rows, called `names`.

    Ordered by average linkage, so that what is alike stands together.
    """
    look = DARK if dark else LIGHT
    order = similarity_order(vectors)
    titles = _distinct([names[row] for row in order])
    cosines = (vectors[order] @ vectors[order].T).clip(-1, 1).astype(np.float64).round(3)
    left, right = np.meshgrid(titles, titles, indexing="ij")
    data = pd.DataFrame({"left": left.ravel(), "right": right.ravel(), "cosine": cosines.ravel()})
    few = len(titles) <= MOST_NAMED
    # The size holds the names, too, which stand at the left; across they are in the tooltip.
    size = max(160, min(640, _CELL * len(titles)))
    axis = alt.Axis(
        labels=few, ticks=False, title=None, domain=False, labelLimit=220, labelOverlap=False
    )
    drawn: alt.Chart = (
        alt.Chart(data)
        .mark_rect()
        .encode(
            x=alt.X("left:N", sort=titles, axis=None),
            y=alt.Y("right:N", sort=titles, axis=axis),
            color=alt.Color(
                "cosine:Q",
                scale=alt.Scale(range=list(look.strength)),
                legend=alt.Legend(title="cosine", orient="right"),
            ),
            tooltip=[
                alt.Tooltip("left:N", title="one"),
                alt.Tooltip("right:N", title="other"),
                alt.Tooltip("cosine:Q", format=".2f"),
            ],
        )
        .configure(background="transparent", aria=False)
        .configure_view(stroke=None)
        .properties(width=size + _BESIDE, height=size)
    )
    return drawn


def dendrogram(
    vectors: Floats, names: Sequence[str], *, dark: bool = False, width: int = 520
) -> alt.LayerChart:
    """Draw the tree of average linkage by cosine over `vectors` (k, d), k two or more:
    the further right two lines meet, the less alike they are."""
    from scipy.cluster.hierarchy import dendrogram as arranged

    look = DARK if dark else LIGHT
    found = arranged(_tree(vectors), no_plot=True)
    titles = _distinct([names[row] for row in found["leaves"]])
    lines = [
        {"branch": branch, "turn": turn, "away": round(away, 4), "place": place}
        for branch, (places, aways) in enumerate(zip(found["icoord"], found["dcoord"], strict=True))
        for turn, (place, away) in enumerate(zip(places, aways, strict=True))
    ]
    height = max(120, 16 * len(titles))
    top = 10.0 * len(titles)
    y = alt.Y("place:Q", axis=None, scale=alt.Scale(domain=[0, top], reverse=True))
    widest = max(line["away"] for line in lines) or 1.0
    x = alt.X(
        "away:Q",
        title="1 − cosine",
        axis=alt.Axis(grid=False, values=[step / 5 for step in range(int(5 * widest) + 1)]),
        scale=alt.Scale(domain=[-0.9 * widest, 1.02 * widest], nice=False),
    )
    branches = (
        alt.Chart(pd.DataFrame(lines))
        .mark_line(color=look.palette[0], strokeWidth=1.5)
        .encode(x=x, y=y, detail="branch:N", order="turn:O")
    )
    ends = pd.DataFrame({"title": titles, "place": [5.0 + 10 * i for i in range(len(titles))]})
    words = (
        alt.Chart(ends.assign(away=0.0))
        .mark_text(align="right", dx=-6, fontSize=11, color=look.ink, limit=width // 2 - 20)
        .encode(x=x, y=y, text="title:N")
    )
    drawn: alt.LayerChart = (
        alt.layer(branches, words)
        .configure(background="transparent", aria=False)
        .configure_view(stroke=None)
        .properties(width=width, height=height)
    )
    return drawn


def similarity_order(vectors: Floats) -> list[int]:
    """Return the rows in the order of the leaves of their tree."""
    from scipy.cluster.hierarchy import leaves_list

    if len(vectors) < 3:
        return list(range(len(vectors)))
    return [int(row) for row in leaves_list(_tree(vectors))]


def _tree(vectors: Floats) -> np.ndarray:
    from scipy.cluster.hierarchy import linkage, optimal_leaf_ordering
    from scipy.spatial.distance import pdist

    away = pdist(vectors.astype(np.float64), "cosine").clip(0.0)
    return np.asarray(optimal_leaf_ordering(linkage(away, "average"), away))


def _distinct(names: Sequence[str]) -> list[str]:
    """Return short names, all different."""
    found: list[str] = []
    for name in names:
        short = shortened(name)
        found.append(short if short not in found else f"{short} ({len(found) + 1})")
    return found
