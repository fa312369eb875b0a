"""The map beside itself in other precisions and clusterings."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.project import comparing, pictures, use_cases
from core.project.mapping import Current
from core.project.viewing import View
from pages._ui.cached import workspace
from pages._ui.press import press
from pages._ui.show import is_dark
from pages._ui.work import start, tell_end, watch

FIRST = ("seed", "int8", "uint8", "eom", "leaf")
_MOST = 3  # maps that fit beside each other


def show_comparison(here: Current, shown: View) -> None:
    """Show behind a closed lid how the clusters would be, made otherwise. `shown` is by
    leaf topic."""
    live = use_cases.live_job(workspace(), here.project.id)
    running = live is not None and live.kind == comparing.KIND
    lid = st.expander(
        "Compare precisions and clusterings",
        icon=":material/compare:",
        key="compare",
        on_change="rerun",
    )
    if not lid.open:
        return
    with lid:
        if live is not None and running:
            watch(live)
            return
        tell_end(use_cases.last_job(workspace(), here.project.id, comparing.KIND))
        _choose(here, shown)
        found = comparing.comparison(workspace(), here.project.id, here.map)
        if found is not None:
            _tables(found)
            _maps(here, found)


def _choose(here: Current, shown: View) -> None:
    st.caption(
        "The clusters are made anew from smaller numbers (int8 and uint8 take a quarter of the "
        "memory), from another seed, or in another way, and set beside those of the map. Nothing "
        "is changed."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        ways = [way for way in comparing.WAYS if way != comparing.NOW]
        chosen = st.multiselect(
            "Compare with", ways, list(FIRST), format_func=comparing.WAYS.__getitem__, key="ways"
        )
        seconds = comparing.expected_seconds(chosen, len(shown.text_ids))
        press(
            "Compare",
            *(start, here.project.id, comparing.KIND, {"ways": chosen}),
            type="primary",
            disabled=not chosen,
            help=f"About {seconds} s on two cores.",
        )


def _tables(found: comparing.Compared) -> None:
    share, figure = st.column_config.NumberColumn(format="percent"), "%.3f"
    frame = pd.DataFrame(
        {
            "Clusters": [comparing.WAYS[one.way] for one in found.found],
            "Groups": [one.groups for one in found.found],
            "Unassigned": [one.unassigned for one in found.found],
            "Median size": [one.median for one in found.found],
            "Largest": [one.largest for one in found.found],
            "ARI": [one.ari for one in found.found],
            "NMI": [one.nmi for one in found.found],
            "Silhouette": [one.silhouette for one in found.found],
            "DBCV": [one.dbcv for one in found.found],
        }
    )
    agree = "Agreement with the map as it is, before any answer; 1 is the same."
    columns = {
        "Unassigned": share,
        "ARI": st.column_config.NumberColumn(format=figure, help=f"Adjusted Rand index. {agree}"),
        "NMI": st.column_config.NumberColumn(
            format=figure, help=f"Normalised mutual information. {agree}"
        ),
        "Silhouette": st.column_config.NumberColumn(
            format=figure, help="How far clusters stand apart in the vectors, from −1 to 1."
        ),
        "DBCV": st.column_config.NumberColumn(
            format=figure,
            help="Density-based validity, from −1 to 1: dense clusters with sparse ground between.",
        ),
    }
    st.dataframe(frame, hide_index=True, column_config=columns)
    st.caption(
        "“float32, another seed” shows how far chance alone changes the clusters: another "
        "precision that agrees as well does no harm."
    )
    stored = pd.DataFrame(
        {
            "Vectors": [one.precision for one in found.stored],
            "Memory (MB)": [one.bytes / 1e6 for one in found.stored],
            "Saved": [1 - one.bytes / found.stored[0].bytes for one in found.stored],
            "Values covered": [one.coverage for one in found.stored],
            "Mean cosine": [one.mean for one in found.stored],
            "Lowest cosine": [one.lowest for one in found.stored],
            "Nearest ten found": [one.recall for one in found.stored],
        }
    )
    st.dataframe(
        stored,
        hide_index=True,
        column_config={
            "Memory (MB)": st.column_config.NumberColumn(format="%.1f"),
            "Saved": share,
            "Values covered": st.column_config.NumberColumn(
                format="%.4f", help="Share within the ranges of 10,000 texts; others are clipped."
            ),
            "Mean cosine": st.column_config.NumberColumn(format="%.5f", help="To float32."),
            "Lowest cosine": st.column_config.NumberColumn(format="%.5f", help="To float32."),
            "Nearest ten found": share,
        },
    )


def _maps(here: Current, found: comparing.Compared) -> None:
    ways = [one.way for one in found.found]
    chosen = st.multiselect(
        f"Maps beside each other ({_MOST} at most)",
        ways,
        ways[:_MOST],
        format_func=comparing.WAYS.__getitem__,
        max_selections=_MOST,
        key="beside",
    )
    if chosen:
        st.caption("A cluster has one colour on all maps. The wheel and a drag move all of them.")
        chart = pictures.compared(found, chosen, here.taxonomy, dark=is_dark())
        st.altair_chart(chart, width="content")
