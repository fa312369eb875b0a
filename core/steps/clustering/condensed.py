"""HDBSCAN's condensed tree: which denser clusters each cluster breaks into."""

from __future__ import annotations

import numpy as np

from core.domain.clusterings import ClusterSpec, Condensed
from core.domain.spaces import Floats, Layout
from core.steps.clustering.methods import fitted

# Densities beyond this share of all are drawn as that: twins are infinitely dense.
_HIGHEST = 0.995


def condense(layout: Layout, spec: ClusterSpec) -> Condensed:
    """Return the condensed tree (Campello, Moulavi, Sander 2013, section 3) that `spec`,
    with its sizes resolved, chooses clusters from."""
    tree = fitted(layout.reduced, spec).condensed_tree_
    raw = tree._raw_tree
    inner = raw[raw["child_size"] > 1]
    root = int(raw["parent"].min())
    nodes = np.array([root, *inner["child"].tolist()])
    place = {int(node): at for at, node in enumerate(nodes)}
    ends = np.zeros(len(nodes))
    np.maximum.at(ends, [place[int(node)] for node in raw["parent"]], raw["lambda_val"])
    births = np.array([0.0, *inner["lambda_val"].tolist()])
    top = _top(raw["lambda_val"])
    return Condensed(
        parent=np.array([-1, *(place[int(p)] for p in inner["parent"])], dtype=np.int32),
        size=np.array([len(layout.text_ids), *inner["child_size"].tolist()], dtype=np.int32),
        birth=np.minimum(births, top).astype(np.float32),
        death=np.minimum(np.maximum(ends, births), top).astype(np.float32),
        chosen=np.isin(nodes, tree._select_clusters()),
    )


def _top(densities: Floats) -> float:
    finite = densities[np.isfinite(densities)]
    return float(np.quantile(finite, _HIGHEST)) if len(finite) else 1.0
