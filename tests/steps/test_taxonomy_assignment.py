"""Reading a taxonomy."""

from __future__ import annotations

import numpy as np
import pytest

from core.domain.clusterings import Clustering, ClusterSpec
from core.domain.errors import EditError, InputError
from core.domain.taxonomy import Taxonomy, Topic
from core.steps.taxonomy.assignment import assign, leaves, ordered, path, sizes

TREE = Taxonomy(
    4,
    "map",
    (
        Topic("c1", "small", "p0", (1,)),
        Topic("p0", "cards", "g5"),
        Topic("c2", "big", "p0", (2, 7)),
        Topic("g5", "all"),
        Topic("c3", "rates", None, (3,)),
        Topic("u2", "Apart", None),
    ),
    {"t0": "u2", "t1": "", "t2": "gone", "t9": "p0", "elsewhere": "c1"},
)


def _clustering(*labels: int) -> Clustering:
    ids = tuple(f"t{i}" for i in range(len(labels)))
    strength = np.ones(len(labels), np.float32)
    return Clustering("space", ids, np.array(labels, np.int32), strength, ClusterSpec())


def test_moved_texts_outrank_clusters_and_lost_places_do_not_count() -> None:
    assignment = assign(TREE, _clustering(1, 1, 1, 7, 2, 3, -1, 2, 3, 2))
    assert assignment.topics == ("u2", "", "c1", "c2", "c2", "c3", "", "c2", "c3", "c2")
    assert assignment.by == ("human", "human", *["cluster"] * 8)


def test_a_cluster_that_no_leaf_holds_is_refused() -> None:
    with pytest.raises(InputError, match="cluster \\(4\\)"):
        assign(TREE, _clustering(1, 2, 4, 4))


def test_leaves_are_topics_without_children() -> None:
    assert [topic.id for topic in leaves(TREE)] == ["c1", "c2", "c3", "u2"]


def test_a_path_starts_at_the_root() -> None:
    assert [topic.id for topic in path(TREE, "c2")] == ["g5", "p0", "c2"]
    assert [topic.id for topic in path(TREE, "u2")] == ["u2"]
    with pytest.raises(EditError, match="no topic 'c99'"):
        path(TREE, "c99")


def test_parents_sum_their_leaves_and_the_tree_is_drawn_by_size() -> None:
    counts = sizes(TREE, assign(TREE, _clustering(1, 1, 1, 7, 2, 3, -1)))
    assert counts == {"c1": 1, "p0": 3, "c2": 2, "g5": 3, "c3": 1, "u2": 1}
    drawn = [(depth, topic.id) for depth, topic in ordered(TREE, counts)]
    assert drawn == [(0, "g5"), (1, "p0"), (2, "c2"), (2, "c1"), (0, "u2"), (0, "c3")]
