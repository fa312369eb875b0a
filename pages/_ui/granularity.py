"""The granularity slider: suggested stops, a preview of any level, and the way to use it."""

from __future__ import annotations

import streamlit as st

from core.project import pictures
from core.project.granularity import Levels, Preview, preview
from core.project.mapping import Current
from core.project.viewing import View
from pages._ui.cached import levels
from pages._ui.press import press
from pages._ui.show import is_dark, plain, told_errors
from pages._ui.work import start

_OPEN, _LEVEL = "granularity", "level"


def granularity(here: Current, shown: View) -> Preview | None:
    """Draw the slider behind a closed lid; return the level to preview while it is open.

    `shown` is by leaf topic.
    """
    lid = st.expander("Granularity", icon=":material/account_tree:", key=_OPEN, on_change="rerun")
    if not lid.open:
        return None
    with lid, told_errors():
        found = levels(here)
        _keep_level(found)
        left, right = st.columns([5, 6], gap="medium")
        with left:
            _stops(found)
            k = st.select_slider("Groups", found.choices, key=_LEVEL)
            _use(here, found, k)
        with right:
            for chart in pictures.level_curves(found, k, dark=is_dark()):
                st.altair_chart(chart)
        st.caption(plain(found.told))
        return None if k == found.groups else preview(found, shown, k)
    return None


def _keep_level(found: Levels) -> None:
    """Begin at the groups of now; a level that is no longer offered goes back there."""
    if st.session_state.get(_LEVEL) not in found.choices:
        now = found.groups if found.groups in found.choices else found.choices[0]
        st.session_state[_LEVEL] = now


def _stops(found: Levels) -> None:
    st.markdown("**Suggested stops**")
    for stop in found.granularity.stops:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(f"{stop.k:,} groups", key=f"stop{stop.k}", on_click=_go, args=(stop.k,))
            st.caption(plain(stop.why))


def _go(k: int) -> None:
    st.session_state[_LEVEL] = k


def _use(here: Current, found: Levels, k: int) -> None:
    press(f"Use {k:,} groups", _start, here, k, type="primary", disabled=k == found.groups)
    st.caption(
        "The map below shows this level. Using it clusters all texts anew, so groups may "
        "differ a little; names, locks and moves made by hand are carried over."
    )


def _start(here: Current, k: int) -> None:
    st.session_state[_OPEN] = False
    start(here.project.id, "map", {"method": "ward", "k": k})
