"""Splitting, archiving, and many changes at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.domain.clusterings import Clustering, ClusterSpec
from core.domain.errors import EditError, StaleEditError
from core.domain.taxonomy import (
    Edit,
    Merge,
    Move,
    Reassign,
    Rename,
    SetArchived,
    SetLock,
    Split,
    Taxonomy,
    Together,
    Topic,
)
from core.steps.taxonomy import apply, assign, sentence

TREE = Taxonomy(
    1,
    "map",
    (
        Topic("p", "Cards"),
        Topic("a", "Lost", "p", (0,)),
        Topic("b", "Late", "p", (1,)),
        Topic("q", "Money"),
        Topic("c", "Fees", "q", (2,)),
        Topic("d", "Rates", "q", (3,)),
    ),
)
TEXTS = tuple(f"t{i}" for i in range(8))
CLUSTERS = Clustering(
    "s", TEXTS, np.repeat([0, 1, 2, 3], 2).astype(np.int32), np.ones(8, np.float32), ClusterSpec()
)


def topic(taxonomy: Taxonomy, topic_id: str) -> Topic:
    (found,) = [topic for topic in taxonomy.topics if topic.id == topic_id]
    return found


def done(*edits: Edit, on: Taxonomy = TREE) -> Taxonomy:
    for edit in edits:
        on = apply(on, replace(edit, version=on.version))
    return on


def at_once(*edits: Rename | Move | Reassign) -> Together:
    return Together(1, edits, "the workbook 'a.xlsx'")


def test_a_split_puts_its_parts_beside_and_leaves_the_rest() -> None:
    after = apply(TREE, Split(1, "a", (("t0",),), ("Stolen",)))
    new = after.topics[-1]
    assert (new.label, new.parent, new.named_by) == ("Stolen", "p", "human")
    assert dict(after.moved) == {"t0": new.id}
    assert topic(after, "a") == topic(TREE, "a")
    assert assign(after, CLUSTERS).topics == (new.id, "a", "b", "b", "c", "c", "d", "d")
    assert sentence(Split(1, "a", (("t0",),), ("Stolen",)), TREE) == (
        "Split 'Lost': 'Stolen' left it"
    )


@pytest.mark.parametrize(
    ("parts", "labels", "words"),
    [
        ((), (), "0 parts"),
        ((("t0",),), ("X", "Y"), "1 parts came with 2 names"),
        (((),), ("X",), "No texts"),
        ((("t0",), ("t0",)), ("X", "Y"), "two of the parts"),
        ((("t0",),), ("late",), "another topic 'late'"),
        ((("t0",), ("t1",)), ("X", "x"), "another topic 'x'"),
        ((("t0",),), (" ",), "empty"),
    ],
)
def test_a_split_that_makes_no_sense_is_refused(parts, labels, words) -> None:
    with pytest.raises(EditError, match=words):
        apply(TREE, Split(1, "a", parts, labels))


def test_a_parent_or_a_locked_topic_is_not_split() -> None:
    with pytest.raises(EditError, match="topics under it"):
        done(Split(1, "p", (("t0",),), ("X",)))
    with pytest.raises(EditError, match="locked"):
        done(SetLock(1, "a", True), Split(1, "a", (("t0",),), ("X",)))


def test_an_archived_topic_keeps_what_it_holds_and_its_texts_are_unassigned() -> None:
    archived = done(SetArchived(1, "c", True), Reassign(1, ("t0",), "d"))
    assert assign(archived, CLUSTERS).topics == ("d", "a", "b", "b", "", "", "d", "d")
    restored = done(SetArchived(1, "c", False), on=archived)
    assert assign(restored, CLUSTERS).topics == ("d", "a", "b", "b", "c", "c", "d", "d")
    assert restored.topics == TREE.topics


def test_a_parent_goes_with_its_last_open_child_and_comes_back_with_the_first() -> None:
    both = done(SetArchived(1, "c", True), SetArchived(1, "d", True))
    assert [t.id for t in both.topics if t.archived] == ["q", "c", "d"]
    assert done(SetArchived(1, "q", True)).topics == both.topics
    one = done(SetArchived(1, "c", False), on=both)
    assert [t.id for t in one.topics if t.archived] == ["d"]


@pytest.mark.parametrize(
    "edit",
    [
        Move(1, "c", "p"),
        Move(1, "a", "q"),
        Merge(1, ("a", "c")),
        Reassign(1, ("t0",), "c"),
        SetLock(1, "c", True),
        Split(1, "c", (("t4",),), ("X",)),
        at_once(Move(1, "c", None)),
        at_once(Reassign(1, ("t0",), "c")),
    ],
)
def test_nothing_goes_into_or_out_of_an_archive(edit: Edit) -> None:
    archived = done(SetArchived(1, "q", True))
    with pytest.raises(EditError, match="archived"):
        apply(archived, _on(archived, edit))


def _on(taxonomy: Taxonomy, edit: Edit) -> Edit:
    edit = replace(edit, version=taxonomy.version)
    if isinstance(edit, Together):
        inner = tuple(replace(one, version=taxonomy.version) for one in edit.edits)
        return replace(edit, edits=inner)
    return edit


def test_a_locked_topic_is_not_archived_not_even_with_its_parent() -> None:
    locked = done(SetLock(1, "c", True))
    for name in ("c", "q"):
        with pytest.raises(EditError, match="'Fees' is locked"):
            done(SetArchived(1, name, True), on=locked)


def test_a_name_that_an_archived_sibling_has_is_told_so() -> None:
    archived = done(SetArchived(1, "c", True))
    with pytest.raises(EditError, match="among the archived ones"):
        done(Rename(1, "d", "fees"), on=archived)


def test_two_topics_trade_names_and_two_parents_trade_places() -> None:
    swapped = apply(TREE, at_once(Rename(1, "a", "Late"), Rename(1, "b", "Lost")))
    assert (topic(swapped, "a").label, topic(swapped, "b").label) == ("Late", "Lost")
    under = apply(TREE, Move(1, "q", "p"))
    turned = apply(under, _on(under, at_once(Move(1, "q", None), Move(1, "p", "q"))))
    assert (topic(turned, "q").parent, topic(turned, "p").parent) == (None, "q")


def test_what_the_changes_come_to_must_make_sense() -> None:
    for edits, words in (
        ((Move(1, "p", "q"), Move(1, "q", "p")), "'Cards' under 'Money' under 'Cards'"),
        ((Move(1, "p", "p"),), "'Cards' under 'Cards'"),
        ((Rename(1, "a", "X"), Rename(1, "b", "x")), "another topic"),
        ((Move(1, "a", "q"), Rename(1, "a", "Fees")), "another topic 'Fees'"),
        ((Move(1, "a", "c"),), "'Fees' holds texts"),
        ((Reassign(1, ("t0",), "p"),), "holds no texts"),
        ((Rename(1, "gone", "X"),), "no topic 'gone'"),
    ):
        with pytest.raises(EditError, match=words):
            apply(TREE, at_once(*edits))
    with pytest.raises(StaleEditError):
        apply(TREE, at_once(Rename(1, "a", "X"), Rename(2, "b", "Y")))


def test_a_parent_that_loses_all_goes_and_the_sentence_counts() -> None:
    edit = at_once(
        Rename(1, "a", "Gone"), Move(1, "c", "p"), Move(1, "d", "p"), Reassign(1, ("t0", "t1"), "")
    )
    after = apply(TREE, edit)
    assert [t.id for t in after.topics] == ["p", "a", "b", "c", "d"]
    assert assign(after, CLUSTERS).topics[:2] == ("", "")
    assert sentence(edit, TREE) == (
        "Took over the workbook 'a.xlsx': 1 renamed, 2 moved, 2 texts put elsewhere"
    )
