"""Hand it on: one zip or single files, with warnings and a preview."""

from __future__ import annotations

import streamlit as st

from core.project.exporting import Export, export, fingerprint
from pages import _ui

ABOUT = {
    "assignments.csv": "Your rows, in order, with their topics. For spreadsheets.",
    "assignments.parquet": "The same with exact values, for programs.",
    "taxonomy.csv": "One line a topic.",
    "taxonomy.json": "The tree, for programs.",
    "taxonomy.md": "The tree as a dotted outline, for reading.",
    "judgments.csv": "Every answer, for spreadsheets.",
    "judgments.jsonl": "Every answer, for programs.",
    "manifest.json": "Versions, seeds, parameters and hashes: how this was made.",
}


@st.cache_resource(max_entries=2, show_spinner="Building the files…")
def built(project_id: str, state: str) -> Export:
    return export(_ui.workspace(), project_id)


_ui.title("Export")
here = _ui.demand_map()
made = built(here.project.id, fingerprint(_ui.workspace(), here))
for warning in made.warnings:
    st.warning(_ui.plain(warning), icon=":material/info:")
st.download_button(
    f"Download everything ({len(made.archive) / 1e6:.1f} MB)",
    made.archive,
    made.archive_name,
    "application/zip",
    type="primary",
    icon=":material/download:",
    on_click="ignore",
)
st.caption(f"Taxonomy version {here.taxonomy.version} · round {here.map.round}")
st.markdown("#### Single files")
for name, data in made.files.items():
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(name, data, name, key=name, on_click="ignore", width=220)
        st.caption(f"{ABOUT[name]} {len(data) / 1000:,.0f} kB")
st.markdown("#### The outline")
_ui.lines(made.files["taxonomy.md"].decode().splitlines()[:80])
