"""Carrying a taxonomy over to a new clustering, case by case."""

from __future__ import annotations

import numpy as np

from core.domain.clusterings import Clustering, ClusterSpec, Lineage, LineageStep
from core.domain.taxonomy import Taxonomy, Topic
from core.steps.taxonomy.assignment import assign
from core.steps.taxonomy.carry import carry

NO_STEPS = Lineage(())


def _clustering(*labels: int) -> Clustering:
    ids = tuple(f"t{i}" for i in range(len(labels)))
    strength = np.ones(len(labels), np.float32)
    return Clustering("space", ids, np.array(labels, np.int32), strength, ClusterSpec())


def _leaf(cluster: int, parent: str | None = None, label: str = "") -> Topic:
    return Topic(f"c{cluster}", label or f"fresh {cluster}", parent, (cluster,), (f"k{cluster}",))


def _fresh(*topics: Topic) -> Taxonomy:
    return Taxonomy(0, "new", topics)


def _carried(
    old: Taxonomy, before: Clustering, fresh: Taxonomy, after: Clustering, *steps: LineageStep
) -> dict[str, Topic]:
    carried = carry(old, assign(old, before), fresh, Lineage(steps), after)
    return {topic.id: topic for topic in carried.topics}


def test_a_kept_topic_takes_fresh_words_and_keeps_a_persons() -> None:
    old = Taxonomy(
        3,
        "map",
        (
            Topic("p0", "Cards", named_by="human"),
            Topic("c1", "old 1", "p0", (1,), ("o1",), "What", reviewed=True),
            Topic("c2", "Lost", "p0", (2,), ("o2",), named_by="human"),
        ),
    )
    now = _carried(old, _clustering(1, 2), _fresh(_leaf(1), _leaf(2)), _clustering(1, 2))
    assert now == {
        "p0": Topic("p0", "Cards", named_by="human"),
        "c1": Topic("c1", "fresh 1", "p0", (1,), ("k1",), "What", reviewed=True),
        "c2": Topic("c2", "Lost", "p0", (2,), ("k2",), named_by="human"),
    }


def test_retired_clusters_vanish_unless_a_person_touched_them() -> None:
    old = Taxonomy(
        3,
        "map",
        (
            Topic("p0", "gone with its leaf"),
            Topic("c1", "plain", "p0", (1,)),
            Topic("c2", "Named", None, (2,), named_by="human"),
            Topic("c3", "described", None, (3,), description="What"),
            Topic("c4", "locked", None, (4,), locked=True),
            Topic("c5", "filled", None, (5,)),
            Topic("u2", "Made", None, named_by="human"),
        ),
        {"t6": "c5"},
    )
    before = _clustering(1, 2, 3, 4, 5, -1, 1)
    after = _clustering(*[9] * 7)
    carried = carry(old, assign(old, before), _fresh(_leaf(9)), NO_STEPS, after)
    assert [topic.id for topic in carried.topics] == ["c2", "c3", "c4", "c5", "u2", "c9"]
    assert carried.moved == {"t6": "c5", "t3": "c4"}
    assert all(topic.clusters == () for topic in carried.topics[:5])


def test_merged_topics_stay_merged_and_keep_the_pieces_of_a_split() -> None:
    old = Taxonomy(1, "map", (Topic("c1", "both", None, (1, 2), ("a", "b")), _leaf(3)))
    fresh = _fresh(*(_leaf(c) for c in (1, 2, 3, 7, 8)))
    now = _carried(
        old,
        _clustering(1, 2, 2, 3, 3),
        fresh,
        _clustering(1, 2, 7, 3, 8),
        LineageStep("split", (2,), (2, 7), 2),
        LineageStep("split", (3,), (3, 8), 2),
    )
    assert now["c1"] == Topic("c1", "both", None, (1, 2, 7), ("a", "b"))
    assert set(now) == {"c1", "c3", "c8"}


def test_a_new_cluster_goes_beside_its_source_then_to_the_majority_then_to_a_new_parent() -> None:
    old = Taxonomy(
        5,
        "map",
        (
            Topic("p0", "cards"),
            _leaf(1, "p0"),
            _leaf(2, "p0"),
            Topic("g4", "Money", named_by="human"),
            _leaf(3, "g4"),
        ),
    )
    fresh = _fresh(
        Topic("p0", "fresh a"),
        *(_leaf(c, "p0") for c in (1, 2, 3, 10, 11)),
        Topic("p1", "fresh b"),
        *(_leaf(c, "p1") for c in (12, 13)),
        _leaf(14),
    )
    now = _carried(
        old,
        _clustering(1, 2, 3, 3, -1, -1, -1, -1),
        fresh,
        _clustering(1, 2, 3, 10, 11, 12, 13, 14),
        LineageStep("split", (3,), (3, 10), 2),
    )
    assert now["c10"].parent == "g4"
    assert now["c11"].parent == "p0"
    assert now["p6"] == Topic("p6", "fresh b")
    assert now["c12"].parent == now["c13"].parent == "p6"
    assert now["c14"].parent is None


def test_a_locked_topic_takes_back_what_left_and_lets_nobody_in() -> None:
    locked = Topic("c1", "mine", None, (1,), ("o1",), locked=True)
    old = Taxonomy(6, "map", (locked, _leaf(2)))
    before = _clustering(1, 1, 1, 2, 2)
    after = _clustering(1, 1, 2, 1, 2)
    carried = carry(old, assign(old, before), _fresh(_leaf(1), _leaf(2)), NO_STEPS, after)
    assert [(t.id, t.clusters) for t in carried.topics] == [
        ("c1", ()),
        ("c2", (2,)),
        ("c1v7", (1,)),
    ]
    assert carried.moved == {"t0": "c1", "t1": "c1", "t2": "c1"}
    assert carried.topics[2].label == "fresh 1"
    assert assign(carried, after).topics == ("c1", "c1", "c1", "c1v7", "c2")


def test_a_locked_topic_that_only_split_holds_both_pieces_without_pins() -> None:
    locked = Topic("c1", "mine", None, (1,), ("o1",), locked=True)
    old = Taxonomy(6, "map", (locked,))
    after = _clustering(1, 1, 7)
    carried = carry(
        old,
        assign(old, _clustering(1, 1, 1)),
        _fresh(_leaf(1), _leaf(7)),
        Lineage((LineageStep("split", (1,), (1, 7), 3),)),
        after,
    )
    assert [(t.id, t.label, t.clusters) for t in carried.topics] == [("c1", "mine", (1, 7))]
    assert carried.moved == {}


def test_nothing_new_enters_a_locked_parent() -> None:
    old = Taxonomy(
        6,
        "map",
        (
            Topic("p0", "cards", locked=True),
            *(Topic(f"c{c}", f"mine {c}", "p0", (c,), locked=True) for c in (1, 2)),
        ),
    )
    fresh = _fresh(Topic("p0", "fresh"), _leaf(1, "p0"), _leaf(2, "p0"), _leaf(5, "p0"))
    now = _carried(old, _clustering(1, 2, -1), fresh, _clustering(1, 2, 5))
    assert now["c5"].parent is None
    assert [i for i, topic in now.items() if topic.parent == "p0"] == ["c1", "c2"]


def test_a_generated_label_gives_way_to_a_persons() -> None:
    old = Taxonomy(
        1, "map", (Topic("c1", "Card", None, (1,), named_by="human"), _leaf(2, label="fee"))
    )
    fresh = _fresh(_leaf(1), _leaf(2, label="card"))
    now = _carried(old, _clustering(1, 2), fresh, _clustering(1, 2))
    assert now["c1"].label == "Card"
    assert now["c2"].label == "card · k2"


def test_a_text_moved_by_hand_stays_where_it_was_put() -> None:
    old = Taxonomy(1, "map", (_leaf(1), _leaf(2)), {"t0": "c2", "t1": ""})
    after = _clustering(1, 1, 2, 9)
    fresh = _fresh(_leaf(1), _leaf(2), _leaf(9))
    carried = carry(old, assign(old, _clustering(1, 1, 2, 2)), fresh, NO_STEPS, after)
    assert assign(carried, after).topics == ("c2", "", "c2", "c9")


def test_what_is_locked_and_archived_stays_set_aside_with_its_clusters() -> None:
    topics = Topic("c1", "one", None, (1,)), Topic("c2", "two", None, (2,))
    aside = Topic("c3", "three", None, (3,), locked=True, archived=True)
    old = Taxonomy(3, "map", (*topics, aside))
    same = _clustering(1, 2, 3)
    now = _carried(old, same, _fresh(_leaf(1), _leaf(2), _leaf(3)), same)
    assert now.keys() == {"c1", "c2", "c3"}
    assert now["c3"] == aside
