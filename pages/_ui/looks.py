"""Other looks at the map: all points, how alike groups are, sizes over time, one file."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.project import neighbouring, pictures, telling
from core.project.mapping import Current
from core.project.viewing import View
from pages._ui.cached import arrays, texts, workspace
from pages._ui.position import put_in_tray, tray
from pages._ui.show import is_dark, plain, told_errors

_GROUPS = 12  # of near-duplicates shown
_MOST = 60  # lines of a heatmap that can be told apart


def all_points(here: Current, shown: View, focus: Sequence[int]) -> None:
    """Draw every text. Nothing can be selected there."""
    st.caption("Every text is drawn · wheel to zoom · drag to move · select in the other view")
    spec = pictures.every_point(shown, focus=focus, dark=is_dark())
    st.echarts_chart(spec, height=600, key=f"every{here.map.id}")


def show_likeness(here: Current, shown: View, focus: Sequence[int]) -> None:
    """Show behind a closed lid how alike the chosen texts, or else groups, are."""
    lid = st.expander(
        "How alike they are", icon=":material/grid_on:", key="likeness", on_change="rerun"
    )
    if not lid.open:
        return
    with lid:
        known = texts(here.project)
        chosen = shown.rows(tray())[:_MOST]
        groups = list(focus) or shown.counts().argsort(kind="stable")[::-1][:_MOST].tolist()
        options = ["Topics", "Selected texts"]
        of_texts = len(chosen) > 1 and options[1] == st.segmented_control(
            "Of", options, default=options[0], label_visibility="collapsed"
        )
        count = len(chosen) if of_texts else len(groups)
        if count < 2:
            st.caption("Choose two topics in the list, or select two texts.")
            return
        what = f"{count} selected texts" if of_texts else f"{count} topics"
        st.caption(
            f"The cosines between {what}, 1 for the same, in the order of their tree. Choose "
            f"topics in the list to see these alone; {_MOST} at most are shown."
        )
        heat, tree = pictures.likeness(
            arrays(here.map.id)[0],
            shown,
            known,
            groups=groups,
            chosen=[shown.text_ids[row] for row in chosen] if of_texts else (),
            dark=is_dark(),
        )
        # One under the other: names need their room.
        st.altair_chart(heat, width="content")
        st.altair_chart(tree, width="content")


def show_over_time(here: Current, shown: View, focus: Sequence[int]) -> None:
    """Show behind a closed lid the sizes of groups over a column of dates, if there is one."""
    if not here.project.columns.metadata:
        return
    known = texts(here.project)
    columns = _date_columns(f"{here.project.id}{here.project.table_key}", here)
    if not columns:
        return
    lid = st.expander(
        "Sizes over time", icon=":material/timeline:", key="timeline", on_change="rerun"
    )
    if not lid.open:
        return
    with lid:
        column = columns[0]
        if len(columns) > 1:
            column = st.selectbox("Column of dates", columns, format_func=plain, width=260)
        st.caption("The largest topics, or those that are chosen in the list.")
        chart = pictures.over_time(shown, known, column, focus=focus, dark=is_dark())
        if chart is not None:
            st.altair_chart(chart)


def show_duplicates(here: Current) -> None:
    """Show behind a closed lid the texts that say nearly the same, to select or to read."""
    lid = st.expander(
        "Near-duplicates", icon=":material/content_copy:", key="twins", on_change="rerun"
    )
    if not lid.open:
        return
    with lid, told_errors():
        found, known = _duplicates(here.map.id, here), texts(here.project)
        if not found:
            st.caption("No two texts say nearly the same.")
            return
        groups = "1 group" if len(found) == 1 else f"{len(found):,} groups"
        st.caption(
            f"{sum(map(len, found)):,} texts in {groups} say nearly the same as another of their "
            f"group (cosine {neighbouring.NEAR_DUPLICATE:.2f} or more)."
        )
        for number, group in enumerate(found[:_GROUPS]):
            left, right = st.columns([1, 4], vertical_alignment="center")
            label = f"Select {len(group):,}"
            left.button(label, key=f"twins{number}", on_click=put_in_tray, args=(group,))
            right.markdown(plain(telling.shortened(known[group[0]].body, 160)))


@st.cache_resource(max_entries=4, show_spinner="Looking for near-duplicates…")
def _duplicates(map_id: str, _here: Current) -> tuple[tuple[str, ...], ...]:
    return neighbouring.duplicates(workspace(), _here.map)


@st.cache_resource(max_entries=8, show_spinner=False)
def _date_columns(stamp: str, _here: Current) -> tuple[str, ...]:
    return pictures.date_columns(_here.project, texts(_here.project))


def download_map(here: Current, shown: View) -> None:
    """Offer the map as one file."""
    st.download_button(
        "HTML",
        lambda: pictures.as_file(here.project, shown, texts(here.project)),
        "map.html",
        "text/html",
        icon=":material/download:",
        help="The map as one file with all texts and a search, to send and to open offline. A "
        "picture (PNG, SVG) is in the menu at the chart's corner.",
        on_click="ignore",
    )
