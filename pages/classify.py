"""New texts by the finished taxonomy: bring them, choose a classifier, read and download."""

from __future__ import annotations

import streamlit as st

from pages import _ui

_ui.title("Classify")
here = _ui.demand_map()
st.caption(
    "Bring new texts, and each gets the topic where it belongs. Texts that the project holds "
    "already return exactly what the map shows. Nothing in the project changes unless you add them."
)
if not _ui.at_work_classifying(here.project):
    _ui.bring_batch()
    kind = _ui.choose_classifier(here)
    with _ui.told_errors():
        _ui.offer_batch(here, kind)
    with _ui.told_errors():
        _ui.show_classified(here)
    with _ui.told_errors():
        _ui.show_quality(here, kind)
