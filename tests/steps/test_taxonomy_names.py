"""Generated names: taken as one edit, never over a person's, and marked once they are outdated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.domain.clusterings import Clustering, ClusterSpec, Lineage, LineageStep
from core.domain.errors import EditError, StaleEditError
from core.domain.taxonomy import (
    Basis,
    Describe,
    Merge,
    NewName,
    NewTopic,
    Reassign,
    Rename,
    Split,
    TakeNames,
    Taxonomy,
    Topic,
)
from core.steps.taxonomy import apply, assign, carry, find, outdated, phrases, sentence

TREE = Taxonomy(
    0,
    "map",
    (
        Topic("p0", "cards"),
        Topic("c1", "card arrival", "p0", (1,), ("card arrival",)),
        Topic("c2", "lost", "p0", (2,), ("lost",)),
        Topic("c3", "rates", None, (3,), ("rates",)),
    ),
)
LABELS = [1] * 8 + [2] * 4 + [3] * 4
TEXTS = tuple(f"t{i:02}" for i in range(len(LABELS)))


def clustering(labels=LABELS):
    strength = np.ones(len(labels), np.float32)
    return Clustering("space", TEXTS, np.array(labels, np.int32), strength, ClusterSpec())


def name(topic: str, label: str, *, description: str = "", texts=("t00", "t01")) -> NewName:
    cluster = int(topic[1:]) if topic.startswith("c") else 0
    basis = Basis((cluster,), LABELS.count(cluster), texts, description, ("quote",), "m")
    return NewName(topic, label, basis, description)


def take(tree: Taxonomy, *names: NewName) -> Taxonomy:
    return apply(tree, TakeNames(tree.version, names, "llm"))


def why(tree: Taxonomy) -> dict[str, str]:
    return dict(outdated(tree, assign(tree, clustering()), clustering()))


def test_names_are_taken_together_and_may_be_traded() -> None:
    named = take(TREE, name("c1", "Lost", description="What is gone."), name("c2", "Card arrival"))

    assert find(named, "c1") == replace(
        find(TREE, "c1"),
        label="Lost",
        named_by="llm",
        description="What is gone.",
        basis=Basis((1,), 8, ("t00", "t01"), "What is gone.", ("quote",), "m"),
    )
    assert find(named, "c2").label == "Card arrival"
    assert named.version == 1
    told = sentence(TakeNames(0, (name("c1", "Lost"), name("c2", "Gone")), "llm"), TREE)
    assert told == "Named 'Lost' and 'Gone' with the language model"


def test_a_stale_version_two_alike_and_no_name_are_refused() -> None:
    with pytest.raises(StaleEditError):
        apply(TREE, TakeNames(5, (name("c1", "Lost"),), "llm"))
    for names in ((), (name("c1", "A"), name("c1", "B")), (name("c1", "A"), name("c2", "a"))):
        with pytest.raises(EditError):
            take(TREE, *names)


def test_what_a_person_wrote_or_locked_stays() -> None:
    by_hand = apply(TREE, Rename(0, "c1", "Arrival"))
    with pytest.raises(EditError, match="named by a person"):
        take(by_hand, name("c1", "Other"))
    defined = take(by_hand, name("c1", "Arrival", description="When it comes."))
    topic = find(defined, "c1")
    assert (topic.named_by, topic.description) == ("human", "When it comes.")
    assert not topic.described_by_hand

    described = apply(TREE, Describe(0, "c1", "Mine"))
    assert find(described, "c1").described_by_hand
    with pytest.raises(EditError, match="described by a person"):
        take(described, name("c1", "Other", description="Its own"))
    assert find(take(described, name("c1", "Other")), "c1").description == "Mine"

    for state, told in (({"locked": True}, "locked"), ({"archived": True}, "archived")):
        kept = replace(TREE, topics=(*TREE.topics[:3], replace(TREE.topics[3], **state)))
        with pytest.raises(EditError, match=told):
            take(kept, name("c3", "Other"))


def test_a_description_that_was_given_and_changed_is_a_persons() -> None:
    named = take(TREE, name("c1", "Arrival", description="When it comes."))
    again = take(named, name("c1", "Arrival", description="When it is sent."))
    assert find(again, "c1").description == "When it is sent."

    changed = apply(again, Describe(2, "c1", "When it is late."))
    with pytest.raises(EditError, match="described by a person"):
        take(changed, name("c1", "Arrival", description="When it comes."))


def test_a_name_is_outdated_by_what_its_topic_holds_and_not_by_a_flag() -> None:
    assert why(TREE) == {}
    named = take(TREE, name("c1", "Arrival"))
    assert why(named) == {}

    merged = apply(named, Merge(1, ("c1", "c2")))
    assert why(merged)["c1"].startswith("Groups of texts came or went")
    by_words = apply(TREE, Merge(0, ("c1", "c2")))
    assert why(by_words)["c1"] == "Topics were merged into it since it was named."

    shown_left = apply(named, Split(1, "c1", (("t00",),), ("part",)))
    assert why(shown_left)["c1"].startswith("1 of the 2 texts")
    one_left = apply(named, Reassign(1, ("t07",), "c2"))
    assert why(one_left) == {}
    many_left = apply(named, NewTopic(1, ("t05", "t06", "t07"), "new"))
    assert why(many_left)["c1"] == "It held 8 texts when it was named and holds 5 now."
    words_left = apply(TREE, Split(0, "c1", (("t05", "t06", "t07"),), ("part",)))
    assert why(words_left)["c1"] == "It held 8 texts when it was named and holds 5 now."

    by_hand = apply(merged, Rename(2, "c1", "Mine"))
    assert why(by_hand) == {}
    assert why(take(merged, replace(name("c1", "New"), basis=Basis((1, 2), 12)))) == {}


def test_a_name_that_was_taken_is_carried_over_a_new_clustering() -> None:
    named = take(TREE, name("c1", "Arrival", description="When it comes."))
    steps = [LineageStep("kept", (c,), (c,), 4) for c in (1, 2, 3)]
    fresh = replace(TREE, topics=tuple(replace(t, label=f"{t.label} new") for t in TREE.topics))
    carried = carry(
        *(named, assign(named, clustering()), fresh, Lineage(tuple(steps))), clustering()
    )
    assert find(carried, "c1") == find(named, "c1")
    assert find(carried, "c2").label == "lost new"

    # A topic whose clusters are gone stays for a person's words, not for a model's.
    labels = [2] * 12 + [3] * 4
    gone = replace(fresh, topics=(*fresh.topics[2:],))
    gone = replace(gone, topics=tuple(replace(t, parent=None) for t in gone.topics))
    lineage = Lineage((LineageStep("retired", (1,), (), 8), *steps[1:]))
    left = carry(named, assign(named, clustering()), gone, lineage, clustering(labels))
    assert "c1" not in {topic.id for topic in left.topics}


def test_phrases_come_from_several_texts_and_begin_and_end_with_words_that_tell() -> None:
    bodies = [
        "My card hasn't arrived yet",
        "the card hasn't arrived",
        "Limits on disposable cards, please",
        "limits on disposable cards",
    ]
    found = phrases(bodies, ["arrived"])
    assert found[0] == "arrived"
    assert "limits on disposable cards" in found
    assert not any(" t " in f" {phrase} " or phrase.startswith("on ") for phrase in found)
    assert len(phrases(bodies, ["arrived"], most=2)) == 2
