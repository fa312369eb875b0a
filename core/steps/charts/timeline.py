"""Cluster sizes over a column of dates."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from core.domain.spaces import Ints
from core.steps.charts.labels import shortened
from core.steps.charts.looks import DARK, LIGHT, colored

_ENOUGH = 0.9  # of the filled cells must be dates
_UNITS = ("D", "W", "M", "Q")  # day, week, month, quarter
_MOST = 60  # steps that can be told apart


def dates(values: Sequence[str]) -> pd.Series[pd.Timestamp] | None:
    """Return the values as dates, NaT where a cell is none; None where the column holds
    no dates: numbers alone are none, and nine in ten filled cells must be."""
    cells = pd.Series(list(values), dtype=str).str.strip()
    filled = cells[cells != ""]
    if filled.empty or bool(filled.str.fullmatch(r"[-+]?[\d.,]*\d").mean() > 1 - _ENOUGH):
        return None
    found = pd.to_datetime(cells, errors="coerce", format="mixed", utc=True)
    if found[filled.index].notna().mean() < _ENOUGH or found.nunique() < 2:
        return None
    return found.dt.tz_localize(None)


def sizes_over_time(
    moments: pd.Series[pd.Timestamp],
    groups: Ints,
    names: dict[int, str],
    *,
    focus: Sequence[int] = (),
    dark: bool = False,
) -> alt.Chart:
    """Draw how many texts of each group of `focus` (none: the largest) fall into each day,
    week, month, quarter or year: the finest that gives sixty steps or fewer.

    `moments` and `groups` have one entry a text. As wide as its container.
    """
    look = DARK if dark else LIGHT
    chosen = tuple(focus)[: len(look.palette)] or colored(groups.tolist(), 6)
    inside = moments.notna().to_numpy() & np.isin(groups, chosen)
    span = moments[inside]
    unit = next((unit for unit in _UNITS if span.dt.to_period(unit).nunique() <= _MOST), "Y")
    titles = {group: shortened(names.get(group, f"Group {group}")) for group in chosen}
    counted = (
        pd.DataFrame(
            {
                "when": span.dt.to_period(unit).dt.start_time.to_numpy(),
                "topic": [titles[group] for group in groups[inside].tolist()],
            }
        )
        .value_counts()
        .rename("texts")
        .reset_index()
    )
    drawn: alt.Chart = (
        alt.Chart(counted)
        .mark_line(point=True, strokeWidth=2)
        .encode(
            x=alt.X("when:T", title=None, axis=alt.Axis(grid=False)),
            y=alt.Y("texts:Q", title="texts", axis=alt.Axis(grid=False, tickMinStep=1)),
            color=alt.Color(
                "topic:N",
                scale=alt.Scale(domain=list(titles.values()), range=list(look.palette)),
                legend=alt.Legend(title=None, orient="bottom", columns=3, labelLimit=220),
            ),
            tooltip=[
                alt.Tooltip("when:T", title="from"),
                alt.Tooltip("topic:N"),
                alt.Tooltip("texts:Q", format=",d"),
            ],
        )
        .configure(background="transparent", aria=False)
        .configure_view(stroke=None)
        .properties(height=300, width="container")
    )
    return drawn
