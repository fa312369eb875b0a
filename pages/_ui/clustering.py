"""How the current map is clustered, and the way to cluster it again."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.domain.clusterings import BY_DENSITY, ClusterSpec
from core.project import pictures
from core.project.drawing import describe, kept_tree, suggested
from core.project.mapping import Current
from pages._ui.cached import arrays, workspace
from pages._ui.press import press
from pages._ui.show import is_dark
from pages._ui.work import start

METHODS = {
    "hdbscan": "HDBSCAN: finds how many clusters there are",
    "evoc": "EVoC: finds how many there are, from the vectors themselves",
    "kmeans": "k-means: a given number of round clusters of like size",
    "ward": "Ward: a given number, the nearest joined step by step",
    "agglomerative": "Average linkage: a given number, of any size",
}
ABOUT = {
    "hdbscan": "For most texts the first choice. Clusters are where texts lie densely on the map's "
    "5 dimensions; texts between them are odd.",
    "evoc": "Does without the map's dimensions, so that nothing of UMAP's shows in the clusters. "
    "Half a minute more the first time. From 50 texts.",
    "kmeans": "Every text is in a cluster, however odd. Quick, also for many texts.",
    "ward": "Every text is in a cluster. Above 12,000 texts it joins the centres of thousands of "
    "small k-means clusters.",
    "agglomerative": "Every text is in a cluster: a few large ones, and small ones of what is "
    "different. Above 2,000 texts it joins the centres of small k-means clusters.",
}
DETAIL = {"leaf": "Fine: the smallest clusters (leaf)", "eom": "Wide: the most lasting ones (eom)"}
NOISE = {
    "majority": "join the cluster of most of their neighbours, if there is one",
    "leave": "stay unassigned",
}


def clustering_settings(here: Current) -> None:
    spec, count = here.map.spec, len(arrays(here.map.id)[0].text_ids)
    with st.popover("Clustering", icon=":material/tune:"):
        st.caption(f"Now: {describe(spec)}.")
        methods = [name for name in METHODS if name != "evoc" or count >= 50]
        method = st.radio(
            "Method", methods, index=methods.index(spec.method), format_func=METHODS.get
        )
        st.caption(ABOUT[method])
        params = {"method": method, **_sizes(spec, method, count)}
        press("Cluster again", start, here.project.id, "map", params, type="primary")
        st.caption("Names, locks and moves made by hand are carried over; Undo brings all back.")


def _sizes(spec: ClusterSpec, method: Any, count: int) -> dict[str, Any]:
    """Return the other settings of a method, as chosen; for another method than the map's
    they begin at what suits so many texts."""
    now = spec if spec.method == method else suggested(method, count)
    if method not in BY_DENSITY:
        help_ = f"About √n is usual: {suggested(method, count).k:,} for {count:,} texts."
        k = st.number_input("Clusters", 1, max(2, min(2000, count)), now.k, help=help_)
        return {"k": k}
    details, noises = list(DETAIL), list(NOISE)
    usual = suggested(method, count).min_cluster_size
    return {
        "selection": st.radio(
            "Detail", details, index=details.index(now.selection), format_func=DETAIL.get
        ),
        "min_cluster_size": st.number_input(
            "Smallest cluster (texts)",
            2,
            max(2, min(5000, count)),
            now.min_cluster_size,
            help=f"Usual for {count:,} texts: {usual:,}. Larger ones give fewer clusters.",
        ),
        "noise": st.radio(
            "Odd texts between clusters",
            noises,
            index=noises.index(now.noise or "majority"),
            format_func=NOISE.get,
            help="What joined is counted in History; nobody is put anywhere without a majority.",
        ),
    }


def show_condensed(here: Current) -> None:
    """Show behind a closed lid the tree that HDBSCAN chose the clusters from."""
    if here.map.spec.method != "hdbscan":
        return
    lid = st.expander(
        "How the clusters were found", icon=":material/account_tree:", key="tree", on_change="rerun"
    )
    if not lid.open:
        return
    with lid:
        tree = kept_tree(workspace(), here.map)
        if tree is None:
            st.caption("Cluster again to see the tree: this map was made before trees were kept.")
            return
        st.caption(
            "HDBSCAN's condensed tree. From top to bottom the texts get denser; a bar is a cluster "
            "as long as it holds together, as wide as it has texts. The coloured ones are the "
            "clusters of the map: “leaf” takes the ends, “eom” those that last longest."
        )
        st.altair_chart(pictures.condensed(tree, dark=is_dark()))
