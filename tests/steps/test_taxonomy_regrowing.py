"""Another tree over the same leaves, as one edit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.domain.errors import EditError, StaleEditError
from core.domain.taxonomy import NewParent, Regrow, Taxonomy, Topic
from core.steps.taxonomy import apply, find, inner_ids, sentence

TREE = Taxonomy(
    6,
    "map",
    (
        Topic("p0", "cards"),
        Topic("c1", "arrival", "p0", (1,)),
        Topic("c2", "lost", "p0", (2,)),
        Topic("p1", "money", named_by="human", reviewed=True),
        Topic("c3", "rates", "p1", (3,)),
        Topic("c4", "fees", "p1", (4,)),
        Topic("c5", "other", None, (5,)),
    ),
)


def parents_of(tree: Taxonomy) -> dict[str, str | None]:
    labels = {topic.id: topic.label for topic in tree.topics}
    return {t.label: labels[t.parent] if t.parent else None for t in tree.topics}


def regrown(*parents: NewParent, alone: tuple[str, ...] = (), tree: Taxonomy = TREE) -> Taxonomy:
    return apply(tree, Regrow(tree.version, parents, alone))


def test_leaves_go_under_new_parents_and_the_old_ones_go() -> None:
    deep = NewParent("lists", ("c2", "c3"), 9, ("lists",))
    tree = regrown(NewParent("all", (deep, "c1", "c4"), 20, ("all",)), alone=("c5",))

    assert parents_of(tree) == {
        **{"arrival": "all", "lost": "lists", "rates": "lists", "fees": "all"},
        **{"other": None, "all": None, "lists": "all"},
    }
    assert tree.version == 7
    lists = next(topic for topic in tree.topics if topic.label == "lists")
    assert lists.basis is not None
    assert (lists.basis.clusters, lists.basis.size, lists.named_by) == ((2, 3), 9, "keywords")
    told = sentence(Regrow(6, (NewParent("a", ("c1", "c2"), 2),), ("c5",)), TREE)
    assert told == "Grew the tree again: 3 topics under 1 parent"


def test_a_parent_with_the_same_leaves_stays_what_people_made_of_it() -> None:
    tree = regrown(NewParent("rates, fees", ("c4", "c3"), 5, model="m"), alone=("c1", "c2"))
    assert find(tree, "p1") == replace(
        find(tree, "p1"), label="money", named_by="human", reviewed=True
    )
    assert parents_of(tree)["arrival"] is None
    named = regrown(NewParent("All cards", ("c1", "c2"), 5, description="About.", model="m"))
    assert (find(named, "p0").label, find(named, "p0").named_by) == ("All cards", "llm")
    assert find(named, "p0").description == "About."
    assert not find(named, "p0").described_by_hand


def test_what_is_not_named_stays_and_new_ids_are_new() -> None:
    gone = replace(TREE, topics=(Topic("p7", "old"), *TREE.topics[1:]))
    gone = replace(
        gone, topics=tuple(replace(t, parent="p7") if t.parent == "p0" else t for t in gone.topics)
    )
    tree = regrown(
        NewParent("first", ("c1", "c5"), 1), NewParent("second", ("c2", "c3"), 1), tree=gone
    )
    assert parents_of(tree)["fees"] == "money"
    assert {"p7"}.isdisjoint(inner_ids(tree))
    assert len({topic.id for topic in tree.topics}) == len(tree.topics)


def test_equal_labels_of_new_parents_are_told_apart() -> None:
    same = [
        NewParent("cards", leaves, 1, ("cards", "pin")) for leaves in (("c1", "c3"), ("c2", "c5"))
    ]
    tree = regrown(*same)
    assert {"cards", "cards · pin"} <= {topic.label for topic in tree.topics}


def test_a_parent_may_be_called_as_a_leaf_that_goes_under_it_but_not_as_one_beside_it() -> None:
    tree = regrown(NewParent("lost", ("c1", "c2"), 1, model="m"), alone=("c5",))
    assert sum(topic.label == "lost" for topic in tree.topics) == 2
    tree = regrown(NewParent("other", ("c1", "c2"), 1, model="m"), alone=("c5",))
    assert {"other", "other (2)"} <= {topic.label for topic in tree.topics}


@pytest.mark.parametrize(
    ("parents", "alone"),
    [
        ((), ("c1",)),
        ((NewParent("a", ("c1",), 1),), ()),
        ((NewParent("a", ("c1", "c2"), 1),), ("c2",)),
        ((NewParent("a", ("c1", "p1"), 1),), ()),
        ((NewParent("a", ("c1", "c9"), 1),), ()),
        ((NewParent(" ", ("c1", "c2"), 1),), ()),
    ],
)
def test_trees_that_make_no_sense_are_refused(parents, alone) -> None:
    with pytest.raises(EditError):
        regrown(*parents, alone=alone)


def test_locks_archives_twins_and_other_versions_are_refused() -> None:
    locked = replace(
        TREE, topics=tuple(replace(t, locked=t.id in ("p1", "c3", "c4")) for t in TREE.topics)
    )
    with pytest.raises(EditError, match="locked"):
        regrown(NewParent("a", ("c1", "c3"), 1), tree=locked)
    archived = replace(TREE, topics=(*TREE.topics[:-1], replace(TREE.topics[-1], archived=True)))
    with pytest.raises(EditError, match="archived"):
        regrown(NewParent("a", ("c1", "c5"), 1), tree=archived)
    twins = replace(TREE, topics=(*TREE.topics[:-1], replace(TREE.topics[-1], label="Arrival")))
    with pytest.raises(EditError, match="another topic"):
        regrown(NewParent("a", ("c1", "c5"), 1), tree=twins)
    with pytest.raises(StaleEditError):
        apply(TREE, Regrow(5, (NewParent("a", ("c1", "c2"), 1),)))
