"""Edits of a taxonomy, one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.domain.errors import EditError, StaleEditError
from core.domain.taxonomy import (
    Describe,
    Edit,
    Group,
    Merge,
    Move,
    NewTopic,
    Reassign,
    Rename,
    SetLock,
    SetReviewed,
    Taxonomy,
    Topic,
)
from core.steps.taxonomy.edits import apply

TREE = Taxonomy(
    7,
    "map",
    (
        Topic("p0", "cards"),
        Topic("c1", "arrival", "p0", (1,), ("arrival", "post")),
        Topic("c2", "lost", "p0", (2,), ("lost", "stolen", "wallet")),
        Topic("p1", "money"),
        Topic("c3", "rates", "p1", (3,), ("rates",)),
        Topic("c4", "fees", None, (4,), ("fees",)),
    ),
    {"a": "c2", "b": "c4", "c": ""},
)


def _of(taxonomy: Taxonomy) -> dict[str, Topic]:
    return {topic.id: topic for topic in taxonomy.topics}


def test_an_edit_made_on_another_version_is_stale() -> None:
    for version in (6, 8):
        with pytest.raises(StaleEditError, match="current one is 7"):
            apply(TREE, Rename(version, "c1", "x"))


def test_every_edit_gives_the_next_version_and_leaves_the_old_one_alone() -> None:
    before = repr(TREE)
    edited = apply(TREE, Merge(7, ("c1", "c2")))
    assert edited.version == 8
    assert edited.map_id == "map"
    assert repr(TREE) == before


def test_rename_makes_the_label_a_persons() -> None:
    renamed = _of(apply(TREE, Rename(7, "c1", "  On \x07its\u202e\n way \ud800 ")))["c1"]
    assert renamed == replace(_of(TREE)["c1"], label="On its way", named_by="human")


def test_labels_keep_joined_emoji_and_composed_accents() -> None:
    label = apply(TREE, Rename(7, "c1", "👩\u200d💻 cafe\u0301")).topics[1].label
    assert label == "👩\u200d💻 café"


def test_a_label_may_change_its_case_and_equal_one_elsewhere() -> None:
    assert _of(apply(TREE, Rename(7, "c1", "ARRIVAL")))["c1"].label == "ARRIVAL"
    assert _of(apply(TREE, Rename(7, "c1", "rates")))["c1"].label == "rates"
    assert len(_of(apply(TREE, Rename(7, "c1", "x" * 200)))["c1"].label) == 200


def test_describe_and_review() -> None:
    described = apply(TREE, Describe(7, "p0", " Where is\nit? "))
    assert _of(described)["p0"].description == "Where is it?"
    reviewed = apply(TREE, SetReviewed(7, "c1", True))
    assert [topic.id for topic in reviewed.topics if topic.reviewed] == ["c1"]


def test_move_under_a_parent_and_to_the_root_drops_what_is_left_empty() -> None:
    moved = apply(TREE, Move(7, "c3", "p0"))
    assert _of(moved)["c3"].parent == "p0"
    assert "p1" not in _of(moved)
    assert _of(apply(TREE, Move(7, "c1", None)))["c1"].parent is None


def test_move_may_take_the_label_of_the_parent_that_it_empties() -> None:
    tree = apply(TREE, Rename(7, "c3", "money"))
    moved = apply(tree, Move(8, "c3", None))
    assert [t.id for t in moved.topics if t.label == "money"] == ["c3"]


def test_group_goes_under_the_deepest_common_parent() -> None:
    inside = apply(TREE, Group(7, ("c1", "c2"), "Delivery"))
    assert inside.topics[-1] == Topic("g8", "Delivery", "p0", named_by="human")
    assert {t.parent for t in inside.topics if t.id in ("c1", "c2")} == {"g8"}
    across = apply(TREE, Group(7, ("c1", "c3"), "Mixed"))
    assert _of(across)["g8"].parent is None
    assert "p1" not in _of(across)
    parents = apply(TREE, Group(7, ("p0", "p1"), "Bank"))
    assert [_of(parents)[i].parent for i in ("p0", "p1", "g8")] == ["g8", "g8", None]


def test_merge_joins_clusters_texts_and_keywords_under_the_first() -> None:
    tree = replace(TREE, topics=tuple(replace(t, reviewed=t.id == "c4") for t in TREE.topics))
    merged = apply(tree, Merge(7, ("c4", "c2", "c3")))
    assert _of(merged)["c4"] == Topic(
        "c4", "fees", None, (2, 3, 4), ("fees", "lost", "rates"), reviewed=False
    )
    assert merged.moved == {"a": "c4", "b": "c4", "c": ""}
    assert set(_of(merged)) == {"p0", "c1", "c4"}


def test_reassign_moves_texts_and_unassigns_them() -> None:
    assert apply(TREE, Reassign(7, ("a", "z"), "c1")).moved == {
        "a": "c1",
        "b": "c4",
        "c": "",
        "z": "c1",
    }
    assert apply(TREE, Reassign(7, ("b",), "")).moved == {"a": "c2", "b": "", "c": ""}


def test_a_new_topic_is_a_root_leaf_that_holds_its_texts() -> None:
    made = apply(TREE, NewTopic(7, ("a", "q"), "Chargebacks"))
    assert made.topics[-1] == Topic("u8", "Chargebacks", named_by="human")
    assert made.moved == {"a": "u8", "b": "c4", "c": "", "q": "u8"}


def test_a_new_id_is_never_one_that_was_there() -> None:
    tree = replace(TREE, topics=(*TREE.topics, Topic("u8", "There")))
    made = apply(tree, NewTopic(7, ("q",), "Other"))
    assert made.topics[-1].id == "u9"
    merged = apply(made, Merge(8, ("c4", "u9")))
    assert apply(merged, NewTopic(9, ("q",), "Again")).topics[-1].id == "u10"


def test_a_lock_covers_all_below_and_opens_all_above() -> None:
    locked = apply(TREE, SetLock(7, "p0", True))
    assert {t.id for t in locked.topics if t.locked} == {"p0", "c1", "c2"}
    opened = apply(locked, SetLock(8, "c1", False))
    assert {t.id for t in opened.topics if t.locked} == {"c2"}
    grouped = apply(locked, Group(8, ("c1",), "Inside"))
    assert _of(grouped)["g9"].locked


def test_a_locked_topic_can_be_renamed_filled_and_moved_as_a_whole() -> None:
    locked = apply(TREE, SetLock(7, "c4", True))
    for edit in (Rename(8, "c4", "x"), Reassign(8, ("z",), "c4"), Move(8, "c4", "p0")):
        assert _of(apply(locked, edit))["c4"].locked


@pytest.mark.parametrize(
    "edit",
    [
        Merge(8, ("c1", "c4")),
        Merge(8, ("c4", "c1")),
        Move(8, "c4", "p0"),
        Move(8, "c1", None),
        Group(8, ("c1", "c4"), "x"),
    ],
)
def test_a_locked_topic_is_not_merged_entered_or_left(edit: Edit) -> None:
    locked = apply(TREE, SetLock(7, "p0", True))
    with pytest.raises(EditError, match="is locked") as refused:
        apply(locked, edit)
    assert refused.value.next_move == "Unlock it first."


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (Rename(7, "c9", "x"), "no topic 'c9'"),
        (Describe(7, "c9", "x"), "no topic 'c9'"),
        (SetReviewed(7, "c9", True), "no topic 'c9'"),
        (SetLock(7, "c9", True), "no topic 'c9'"),
        (Move(7, "c9", None), "no topic 'c9'"),
        (Move(7, "c1", "c9"), "no topic 'c9'"),
        (Group(7, ("c1", "c9"), "x"), "no topic 'c9'"),
        (Merge(7, ("c1", "c9")), "no topic 'c9'"),
        (Reassign(7, ("a",), "c9"), "no topic 'c9'"),
        (Rename(7, "c1", ""), "is empty"),
        (Rename(7, "c1", " \u200b\n\x00"), "is empty"),
        (Rename(7, "c1", "x" * 201), "201 characters"),
        (Group(7, ("c1",), " "), "is empty"),
        (NewTopic(7, ("a",), "\t"), "is empty"),
        (Rename(7, "c1", "Lost"), "another topic 'Lost'"),
        (Rename(7, "c4", "CARDS"), "another topic 'CARDS'"),
        (Group(7, ("c1",), "lost"), "another topic 'lost'"),
        (NewTopic(7, ("a",), "fees"), "another topic 'fees'"),
        (Move(7, "p0", "p0"), "under itself"),
        (Move(7, "p0", "c1"), "under itself"),
        (Move(7, "c1", "c4"), "holds texts"),
        (Group(7, (), "x"), "Too few"),
        (Group(7, ("c1", "c1"), "x"), "twice"),
        (Group(7, ("p0", "c1"), "x"), "inside another"),
        (Merge(7, ()), "Too few"),
        (Merge(7, ("c1",)), "Too few"),
        (Merge(7, ("c1", "c1")), "twice"),
        (Merge(7, ("c4", "p0")), "has topics under it"),
        (Reassign(7, ("a",), "p0"), "holds no texts itself"),
        (Reassign(7, (), "c1"), "No texts"),
        (NewTopic(7, (), "x"), "No texts"),
    ],
)
def test_edits_that_make_no_sense_are_refused(edit: Edit, problem: str) -> None:
    with pytest.raises(EditError, match=problem) as refused:
        apply(TREE, edit)
    assert refused.value.next_move.endswith(".")


def test_moving_or_grouping_never_brings_equal_labels_together() -> None:
    tree = apply(TREE, Rename(7, "c3", "Arrival"))
    for edit in (Move(8, "c3", "p0"), Group(8, ("c1", "c3"), "x")):
        with pytest.raises(EditError, match="in the same place"):
            apply(tree, edit)
