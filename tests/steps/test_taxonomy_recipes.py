"""Recipes: the same edits on the same texts make the same tree; elsewhere nothing is guessed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.domain.clusterings import Clustering
from core.domain.errors import EditError
from core.domain.recipes import Recipe, decode_edit, encode_edit
from core.domain.taxonomy import Group, Merge, Move, Reassign, Rename, Split, Taxonomy
from core.steps.taxonomy import apply, assign, path, recipe_step, replay
from tests.steps.test_taxonomy_laws import LAW, _edit, worked_on
from tests.steps.test_taxonomy_shaping import CLUSTERS, TREE


def recipe(taxonomy: Taxonomy, *edits) -> tuple[Recipe, Taxonomy]:
    steps = []
    for edit in edits:
        edit = replace(edit, version=taxonomy.version)
        after = apply(taxonomy, edit)
        steps.append(recipe_step(edit, taxonomy, after, CLUSTERS))
        taxonomy = after
    return Recipe("p", tuple(steps), ()), taxonomy


def seen(taxonomy: Taxonomy, clustering: Clustering) -> tuple[object, object]:
    """A taxonomy without its ids: every topic by its way, and every text's topic by its."""
    way = {t.id: tuple(a.label for a in path(taxonomy, t.id)) for t in taxonomy.topics}
    topics = {
        (way[t.id], t.description, t.named_by, t.locked, t.reviewed, t.archived)
        for t in taxonomy.topics
    }
    return topics, [way.get(topic, ()) for topic in assign(taxonomy, clustering).topics]


def other_ids(taxonomy: Taxonomy) -> Taxonomy:
    """The same taxonomy under other ids, as another project would have it."""
    name = {topic.id: f"x{topic.id}" for topic in taxonomy.topics}
    topics = (
        replace(t, id=name[t.id], parent=name[t.parent] if t.parent else None)
        for t in taxonomy.topics
    )
    return replace(taxonomy, topics=tuple(topics), version=taxonomy.version + 40)


@LAW
@given(worked_on(), st.data())
def test_replayed_on_the_same_texts_it_makes_the_same_tree(work, data) -> None:
    clustering, grown, _ = work
    taxonomy, steps = grown, []
    for _ in range(data.draw(st.integers(1, 6))):
        edit = _edit(data.draw, taxonomy, clustering.text_ids)
        try:
            after = apply(taxonomy, edit)
        except EditError:
            continue
        assert decode_edit(encode_edit(edit)) == edit
        steps.append(recipe_step(edit, taxonomy, after, clustering))
        taxonomy = after
    again = replay(Recipe("p", tuple(steps), ()), other_ids(grown), clustering)
    assert [line.refused for line in again] == [""] * len(steps)
    if again:
        assert again[-1].taxonomy is not None
        assert seen(again[-1].taxonomy, clustering) == seen(taxonomy, clustering)


def test_a_topic_is_found_by_its_texts_whatever_it_is_called_here() -> None:
    made, _ = recipe(TREE, Rename(1, "a", "Stolen"), Merge(1, ("c", "d")))
    here = replace(
        TREE, topics=tuple(replace(t, label=f"Other {t.id}") for t in other_ids(TREE).topics)
    )
    renamed, merged = replay(made, here, CLUSTERS)
    assert isinstance(renamed.edit, Rename) and renamed.edit.topic == "xa"
    assert isinstance(merged.edit, Merge) and merged.edit.topics == ("xc", "xd")


def test_without_common_texts_a_topic_is_found_by_its_name_or_told() -> None:
    made, _ = recipe(
        TREE, Rename(1, "a", "Stolen"), Rename(1, "b", "Slow"), Reassign(1, ("t0",), "b")
    )
    strange = replace(CLUSTERS, text_ids=tuple(f"z{i}" for i in range(8)))
    topics = tuple(replace(t, label="Something else") if t.id == "b" else t for t in TREE.topics)
    found, missing, texts = replay(made, replace(TREE, topics=topics), strange)
    assert isinstance(found.edit, Rename) and found.edit.topic == "a"
    assert missing.edit is None and "like 'Late'" in missing.refused
    assert texts.edit is None and texts.refused


def test_clusters_that_cut_across_a_topic_are_not_taken_for_it() -> None:
    made, _ = recipe(TREE, Rename(1, "a", "Stolen"))
    across = replace(CLUSTERS, labels=np.array([0, 1, 2, 3] * 2, np.int32))
    topics = tuple(replace(t, label=f"{t.label}!") for t in TREE.topics)
    (told,) = replay(made, replace(TREE, topics=topics), across)
    assert told.edit is None


def test_later_steps_follow_what_earlier_ones_made() -> None:
    made, after = recipe(
        TREE,
        Group(1, ("a", "c"), "Both"),
        Split(1, "b", (("t2",),), ("Part",)),
        Rename(1, "g2", "Pair"),
        Move(1, "u3", "g2"),
    )
    lines = replay(made, other_ids(TREE), CLUSTERS)
    assert lines[-1].taxonomy is not None
    assert seen(lines[-1].taxonomy, CLUSTERS) == seen(after, CLUSTERS)
