"""Edits in plain words."""

from __future__ import annotations

import pytest

from core.domain.errors import EditError
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
from core.steps.taxonomy.sentences import sentence

TREE = Taxonomy(
    0,
    "map",
    (
        Topic("p0", "cards"),
        Topic("c1", "card arrival", "p0", (1,)),
        Topic("c2", "lost", "p0", (2,)),
        Topic("c3", "rates", None, (3,)),
        Topic("c4", "fees", None, (4,)),
        Topic("c5", "limits", None, (5,)),
    ),
)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (Rename(0, "c1", " Delivery\n"), "Renamed 'card arrival' to 'Delivery'"),
        (Describe(0, "c1", "Late"), "Described 'card arrival'"),
        (Describe(0, "c1", " "), "Removed the description of 'card arrival'"),
        (Move(0, "c3", "p0"), "Moved 'rates' under 'cards'"),
        (Move(0, "c1", None), "Moved 'card arrival' to the top level"),
        (Group(0, ("c3",), "Money"), "Grouped 'rates' under 'Money'"),
        (Group(0, ("c3", "c4"), "Money"), "Grouped 'rates' and 'fees' under 'Money'"),
        (Merge(0, ("c3", "c4")), "Merged 'fees' into 'rates'"),
        (Merge(0, ("c3", "c4", "c5")), "Merged 'fees' and 'limits' into 'rates'"),
        (
            Group(0, ("c1", "c2", "c3", "c4", "c5"), "All"),
            "Grouped 'card arrival', 'lost', 'rates' and 2 more under 'All'",
        ),
        (Reassign(0, ("a",), "c1"), "Moved 1 text to 'card arrival'"),
        (Reassign(0, ("a", "b"), ""), "Unassigned 2 texts"),
        (NewTopic(0, tuple(map(str, range(1200))), "Refunds"), "Made 'Refunds' from 1,200 texts"),
        (SetLock(0, "c1", True), "Locked 'card arrival'"),
        (SetLock(0, "c1", False), "Unlocked 'card arrival'"),
        (SetReviewed(0, "c1", True), "Marked 'card arrival' as reviewed"),
        (SetReviewed(0, "c1", False), "Marked 'card arrival' as not reviewed"),
    ],
)
def test_each_edit_reads_as_a_sentence(edit: Edit, expected: str) -> None:
    assert sentence(edit, TREE) == expected


def test_a_topic_of_another_tree_is_refused() -> None:
    with pytest.raises(EditError, match="no topic 'c9'"):
        sentence(Merge(0, ("c1", "c9")), TREE)
