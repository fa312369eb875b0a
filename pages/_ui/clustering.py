"""How the current map is clustered, and the way to cluster it again."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.project.drawing import describe
from core.project.mapping import Current
from pages._ui.work import start

METHODS = {
    "hdbscan": "HDBSCAN: finds how many clusters there are, leaves odd texts unassigned",
    "kmeans": "k-means: a given number of round clusters, every text assigned",
    "ward": "Ward: a given number of clusters, joined step by step",
}
DETAIL = {"leaf": "leaf: many fine clusters", "eom": "eom: fewer, wider clusters"}


def clustering_settings(here: Current) -> None:
    spec = here.map.spec
    with st.popover("Clustering", icon=":material/tune:"):
        st.caption(f"Now: {describe(spec)}.")
        methods, details = list(METHODS), list(DETAIL)
        method = st.radio(
            "Method", methods, index=methods.index(spec.method), format_func=METHODS.get
        )
        params: dict[str, Any] = {"method": method}
        if method == "hdbscan":
            params["selection"] = st.radio(
                "Detail", details, index=details.index(spec.selection), format_func=DETAIL.get
            )
            params["min_cluster_size"] = st.number_input(
                "Smallest cluster (texts)", 2, 5000, spec.min_cluster_size or 10
            )
        else:
            params["k"] = st.number_input("Clusters", 2, 2000, spec.k or 40)
        st.button(
            "Cluster again", type="primary", on_click=start, args=(here.project.id, "map", params)
        )
        st.caption("Names, locks and moves made by hand are carried over; Undo brings all back.")
