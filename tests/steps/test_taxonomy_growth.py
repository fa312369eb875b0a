"""Version 0 of a taxonomy."""

from __future__ import annotations

import numpy as np
import pytest

from core.domain.clusterings import Clustering, ClusterSpec
from core.domain.errors import InputError
from core.domain.taxonomy import Hierarchy
from core.steps.taxonomy.growth import grow

BODIES = {
    "t0": "card arrival",
    "t1": "card arrival late",
    "t2": "exchange rate",
    "t3": "exchange rate today",
    "t4": "exchange rate wrong",
    "t5": "card lost",
    "t6": "noise",
    "t7": "top up failed",
}
LABELS = [3, 3, 8, 8, 8, 5, -1, 9]


def _clustering(labels: list[int]) -> Clustering:
    ids = tuple(f"t{i}" for i in range(len(labels)))
    strength = np.ones(len(labels), np.float32)
    return Clustering("space", ids, np.array(labels, np.int32), strength, ClusterSpec())


def test_parents_of_two_clusters_are_drawn_and_parents_of_one_are_the_leaf() -> None:
    grown = grow("map", _clustering(LABELS), Hierarchy(((5, 3), (9,), (8,))), BODIES)
    assert (grown.version, grown.map_id, dict(grown.moved)) == (0, "map", {})
    assert [(t.id, t.parent, t.clusters) for t in grown.topics] == [
        ("p0", None, ()),
        ("c3", "p0", (3,)),
        ("c5", "p0", (5,)),
        ("c8", None, (8,)),
        ("c9", None, (9,)),
    ]
    assert all(topic.named_by == "keywords" for topic in grown.topics)


def test_parents_within_parents_are_drawn_where_they_hold_two() -> None:
    grown = grow("map", _clustering(LABELS), Hierarchy((((5, 3), (9,)), ((8,),))), BODIES)
    assert [(t.id, t.parent, t.clusters) for t in grown.topics] == [
        ("p0", None, ()),
        ("p1", "p0", ()),
        ("c3", "p1", (3,)),
        ("c5", "p1", (5,)),
        ("c9", "p0", (9,)),
        ("c8", None, (8,)),
    ]
    assert len({topic.label.casefold() for topic in grown.topics}) == 6


def test_leaves_are_named_against_leaves_and_parents_against_parents() -> None:
    grown = grow("map", _clustering(LABELS), Hierarchy(((5, 3), (9,), (8,))), BODIES)
    of = {topic.id: topic for topic in grown.topics}
    assert of["c8"].label.startswith("exchange rate")
    assert of["p0"].keywords == ("card arrival", "late", "lost")
    assert "arrival" in of["c3"].label
    assert len({topic.label.casefold() for topic in grown.topics}) == 5


def test_a_map_of_nothing_but_unassigned_texts_has_no_topics() -> None:
    assert grow("map", _clustering([-1, -1]), Hierarchy(()), BODIES).topics == ()


@pytest.mark.parametrize("parents", [((3, 5), (8,)), ((3, 5), (8, 9), (9,)), ((3, 5, 8, 9, 10),)])
def test_a_hierarchy_over_other_clusters_is_refused(parents) -> None:
    with pytest.raises(InputError, match="different clusters"):
        grow("map", _clustering(LABELS), Hierarchy(parents), BODIES)
