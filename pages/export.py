"""Hand it on: one zip or single files, with warnings and a preview; a workbook comes back."""

from __future__ import annotations

import streamlit as st

from core.project.exporting import Export, export, fingerprint
from core.project.tuned import tuned_bytes
from pages import _ui

READ = {
    "report.html": "One page with tree, map, quotes and caveats. Opens anywhere, prints well.",
    "workbook.xlsx": "For Excel and LibreOffice. Edit it and bring it back below.",
    "taxonomy.md": "The tree as a dotted outline.",
}
TABLES = {
    "assignments.csv": "Your rows, in order, with their topics.",
    "taxonomy.csv": "One line a topic.",
    "judgments.csv": "Every answer.",
}
PROGRAMS = {
    "assignments.parquet": "Your rows with their topics, exact values.",
    "taxonomy.json": "The tree.",
    "taxonomy.ttl": "The tree as SKOS, for knowledge graphs.",
    "judgments.jsonl": "Every answer.",
    "triplets.jsonl": "Anchor, positive, negative: for sentence-transformers.",
    "pairs.jsonl": "Sentence pairs with label 1 or 0: for sentence-transformers.",
    "history.jsonl": "Every version of the taxonomy: what, who, when.",
    "manifest.json": "Versions, seeds, parameters, metrics and hashes: how this was made.",
}
LABELLING = {
    "label_studio.xml": "Label Studio: the labelling interface.",
    "label_studio.json": "Label Studio: the tasks.",
    "argilla/.argilla/dataset.json": "Argilla: the data set's name.",
    "argilla/.argilla/settings.json": "Argilla: the question and its labels.",
    "argilla/records.json": "Argilla: the records.",
}
SECTIONS = {
    "To read and to edit": READ,
    "For spreadsheets": TABLES,
    "For programs": PROGRAMS,
    "For labelling tools": LABELLING,
}
PREVIEWED = 25  # lines


@st.cache_resource(max_entries=2, show_spinner="Building the files…")
def built(project_id: str, state: str, model: bool) -> Export:
    return export(_ui.workspace(), project_id, model=model)


def wants_model(size: int) -> bool:
    """Offer the tuned model, where there is one of a `size` in bytes."""
    return size > 0 and st.checkbox(
        f"With the tuned model ({size / 1e6:,.0f} MB)",
        help="A sentence-transformers folder, model/, with a card that tells what it learned from.",
    )


def single_files(made: Export) -> None:
    for section, about in SECTIONS.items():
        with st.expander(section, expanded=about is READ):
            for name in filter(made.files.__contains__, about):
                data = made.files[name]
                with st.container(horizontal=True, vertical_alignment="center"):
                    shown = name.rsplit("/", 1)[-1]
                    st.download_button(shown, data, shown, key=name, on_click="ignore", width=220)
                    st.caption(f"{about[name]} {max(1, round(len(data) / 1000)):,} kB")


def preview(made: Export) -> None:
    st.markdown("#### Preview")
    names = [name for about in SECTIONS.values() for name in about if name in made.files]
    texts = [name for name in names if not name.endswith((".xlsx", ".parquet", ".html"))]
    name = st.selectbox("File", texts, index=texts.index("taxonomy.md"), width=320)
    lines = made.files[name][:20_000].decode("utf-8-sig", "ignore").splitlines()
    _ui.lines(line[:400] for line in lines[:PREVIEWED])
    st.caption(f"The first {PREVIEWED} lines at most.")


_ui.title("Export")
here = _ui.demand_map()
model = wants_model(tuned_bytes(_ui.workspace(), here))
made = built(here.project.id, fingerprint(_ui.workspace(), here), model)
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
single_files(made)
_ui.show_import(here)
preview(made)
