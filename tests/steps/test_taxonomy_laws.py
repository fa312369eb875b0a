"""Laws of the taxonomy under any edits and any re-clustering."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.clusterings import Clustering, ClusterSpec, Lineage, LineageStep
from core.domain.errors import EditError
from core.domain.taxonomy import (
    Basis,
    Describe,
    Edit,
    Group,
    Hierarchy,
    Merge,
    Move,
    NewName,
    NewParent,
    NewTopic,
    Reassign,
    Regrow,
    Rename,
    SetArchived,
    SetLock,
    SetReviewed,
    Split,
    TakeNames,
    Taxonomy,
    Together,
)
from core.steps.taxonomy import apply, assign, carry, grow, leaves, ordered, path, sizes

WORDS = ["card", "arrival", "lost", "fee", "rate", "pin", "cash", "order", "limit", "refund"]
LABELS = st.sampled_from(["Card", "arrival", "Fees", "rate", "Other", "lost · pin"])
LAW = settings(max_examples=70, deadline=None)


def _clustering(labels: list[int]) -> Clustering:
    ids = tuple(f"t{i:02}" for i in range(len(labels)))
    strength = np.ones(len(labels), np.float32)
    return Clustering("space", ids, np.array(labels, np.int32), strength, ClusterSpec())


def _grown(draw: Callable, map_id: str, clustering: Clustering) -> Taxonomy:
    parents: dict[int, list[int]] = {}
    for cluster in sorted(set(clustering.labels.tolist()) - {-1}):
        parents.setdefault(draw(st.integers(0, 2)), []).append(cluster)
    hierarchy = Hierarchy(tuple(tuple(parent) for parent in parents.values()))
    bodies = {
        text: f"{WORDS[i % 10]} {WORDS[(i * i) % 7]}" for i, text in enumerate(clustering.text_ids)
    }
    return grow(map_id, clustering, hierarchy, bodies)


def _edit(draw: Callable, taxonomy: Taxonomy, texts: tuple[str, ...]) -> Edit:
    one = st.sampled_from([topic.id for topic in taxonomy.topics])
    several = st.lists(one, min_size=1, max_size=3).map(tuple)
    some = st.lists(st.sampled_from(texts), min_size=1, max_size=4).map(tuple)
    now = st.just(taxonomy.version)
    at_once = st.lists(
        st.builds(Rename, now, one, LABELS)
        | st.builds(Move, now, one, st.none() | one)
        | st.builds(Reassign, now, some, st.just("") | one),
        max_size=4,
    )
    said = st.sampled_from(["", "As given"])
    named = st.builds(NewName, one, LABELS, st.just(Basis((), 1, ("t00",))), said)
    names = st.lists(named, max_size=3).map(tuple)
    under = st.lists(one, min_size=2, max_size=3).map(tuple)
    low = st.builds(NewParent, LABELS, under, st.just(1))
    high = st.builds(NewParent, LABELS, st.lists(one | low, min_size=2).map(tuple), st.just(1))
    grown = low | high
    kinds = [
        st.builds(Rename, now, one, LABELS),
        st.builds(Describe, now, one, st.sampled_from(["", "What it is"])),
        st.builds(Move, now, one, st.none() | one),
        st.builds(Group, now, several, LABELS),
        st.builds(Merge, now, several),
        st.builds(Reassign, now, some, st.just("") | one),
        st.builds(NewTopic, now, some, LABELS),
        st.builds(SetLock, now, one, st.booleans()),
        st.builds(SetReviewed, now, one, st.booleans()),
        st.builds(SetArchived, now, one, st.booleans()),
        st.builds(
            Split, now, one, some.map(lambda part: (part,)), LABELS.map(lambda name: (name,))
        ),
        st.builds(TakeNames, now, names, st.just("llm")),
        st.builds(Regrow, now, st.lists(grown, max_size=2).map(tuple), several),
        st.builds(Together, now, at_once.map(tuple), st.just("a workbook")),
    ]
    return draw(st.one_of(kinds))


@st.composite
def worked_on(draw: Callable) -> tuple[Clustering, Taxonomy, Taxonomy]:
    """A clustering, the taxonomy grown from it, and that after some edits."""
    labels = draw(st.lists(st.sampled_from([-1, 0, 1, 2, 3, 4]), min_size=4, max_size=24))
    clustering = _clustering([*labels, 0, 1])
    grown = taxonomy = _grown(draw, "map", clustering)
    for _ in range(draw(st.integers(0, 8))):
        edit = _edit(draw, taxonomy, clustering.text_ids)
        try:
            taxonomy = apply(taxonomy, edit)
        except EditError:
            continue
    return clustering, grown, taxonomy


@st.composite
def reclustered(draw: Callable, before: Clustering) -> tuple[Clustering, Taxonomy, Lineage]:
    """Another clustering of the same texts and more, matched to `before` somehow."""
    labels = before.labels.tolist()
    for i in draw(st.lists(st.integers(0, len(labels) - 1), max_size=12)):
        labels[i] = draw(st.sampled_from([-1, 0, 1, 2, 3, 4, 7, 8]))
    after = _clustering([*labels, *draw(st.lists(st.sampled_from([-1, 0, 7, 9]), max_size=3))])
    steps = []
    for cluster in sorted(set(after.labels.tolist()) - set(before.labels.tolist())):
        inside = after.labels[: len(labels)] == cluster
        came = Counter(before.labels[inside].tolist())
        source = came.most_common(1)[0][0] if came else -1
        if source in after.labels and source != -1:
            steps.append(LineageStep("split", (source,), (source, cluster), came[source]))
        else:
            steps.append(LineageStep("new", (), (cluster,), 0))
    return after, _grown(draw, "new map", after), Lineage(tuple(steps))


def _assert_sound(taxonomy: Taxonomy, clustering: Clustering) -> None:
    ids = [topic.id for topic in taxonomy.topics]
    assert len(set(ids)) == len(ids)
    assert all(topic.parent is None or topic.parent in ids for topic in taxonomy.topics)
    # Walking down from the roots reaches every topic: no cycles.
    counts = sizes(taxonomy, assign(taxonomy, clustering))
    assert sorted(topic.id for _, topic in ordered(taxonomy, counts)) == sorted(ids)
    held = [cluster for leaf in leaves(taxonomy) for cluster in leaf.clusters]
    assert sorted(held) == sorted(set(clustering.labels.tolist()) - {-1})
    assert sum(len(topic.clusters) for topic in taxonomy.topics) == len(held)
    places = [(topic.parent, topic.label.casefold()) for topic in taxonomy.topics]
    assert len(set(places)) == len(places)
    for topic in taxonomy.topics:
        if any(above.locked for above in path(taxonomy, topic.id)):
            assert topic.locked
        below = [child.archived for child in taxonomy.topics if child.parent == topic.id]
        assert not below or topic.archived == all(below)
    archived = {topic.id for topic in taxonomy.topics if topic.archived}
    assert not archived & set(assign(taxonomy, clustering).topics)


def _texts_by_topic(taxonomy: Taxonomy, clustering: Clustering) -> dict[str, set[str]]:
    assignment = assign(taxonomy, clustering)
    held: dict[str, set[str]] = {topic.id: set() for topic in taxonomy.topics}
    for text, topic in zip(assignment.text_ids, assignment.topics, strict=True):
        held.setdefault(topic, set()).add(text)
    return held


@LAW
@given(worked_on())
def test_edits_keep_a_forest_that_assigns_every_text(work) -> None:
    clustering, _, taxonomy = work
    _assert_sound(taxonomy, clustering)
    assignment = assign(taxonomy, clustering)
    assert assignment.text_ids == clustering.text_ids
    assert len(assignment.topics) == len(assignment.by) == len(clustering.text_ids)
    assert set(assignment.topics) <= {leaf.id for leaf in leaves(taxonomy)} | {""}
    counts = sizes(taxonomy, assignment)
    roots = sum(counts[topic.id] for topic in taxonomy.topics if topic.parent is None)
    assert roots == len(clustering.text_ids) - assignment.topics.count("")


@LAW
@given(worked_on(), st.data())
def test_a_rename_to_the_same_label_changes_only_who_named_it(work, data) -> None:
    _, _, taxonomy = work
    topic = data.draw(st.sampled_from(taxonomy.topics))
    renamed = apply(taxonomy, Rename(taxonomy.version, topic.id, topic.label))
    expected = tuple(
        replace(other, named_by="human") if other == topic else other for other in taxonomy.topics
    )
    assert renamed == replace(taxonomy, version=taxonomy.version + 1, topics=expected)


@LAW
@given(worked_on())
def test_carrying_to_the_same_clustering_changes_nothing(work) -> None:
    clustering, grown, taxonomy = work
    held = sorted(set(clustering.labels.tolist()) - {-1})
    same = Lineage(tuple(LineageStep("kept", (c,), (c,), 1) for c in held))
    fresh = replace(grown, map_id="new map")
    carried = carry(taxonomy, assign(taxonomy, clustering), fresh, same, clustering)
    assert carried == replace(taxonomy, version=taxonomy.version + 1, map_id="new map")


@LAW
@given(worked_on(), st.data())
def test_carrying_keeps_the_tree_sound_and_what_a_person_did(work, data) -> None:
    clustering, _, old = work
    after, fresh, lineage = data.draw(reclustered(clustering))
    before = assign(old, clustering)
    carried = carry(old, before, fresh, lineage, after)

    _assert_sound(carried, after)
    assert (carried.version, carried.map_id) == (old.version + 1, "new map")
    now = {topic.id: topic for topic in carried.topics}
    then, held = _texts_by_topic(old, clustering), _texts_by_topic(carried, after)
    for topic in leaves(old):
        if topic.locked:
            assert held[topic.id] == then[topic.id]
            assert replace(now[topic.id], clusters=()) == replace(topic, clusters=())
        if topic.named_by == "human":
            assert (now[topic.id].label, now[topic.id].named_by) == (topic.label, "human")
        if topic.id in now:
            assert now[topic.id].parent == topic.parent
            assert now[topic.id].description == topic.description
    assert old.moved.items() <= carried.moved.items()
    lost = carried.moved.keys() - old.moved.keys()
    assert all(now[carried.moved[text]].locked for text in lost)


@LAW
@given(worked_on(), st.data())
def test_carrying_twice_to_one_clustering_changes_only_the_version(work, data) -> None:
    clustering, _, old = work
    after, fresh, lineage = data.draw(reclustered(clustering))
    once = carry(old, assign(old, clustering), fresh, lineage, after)
    held = sorted(set(after.labels.tolist()) - {-1})
    same = Lineage(tuple(LineageStep("kept", (c,), (c,), 1) for c in held))
    twice = carry(once, assign(once, after), fresh, same, after)
    assert assign(twice, after) == assign(once, after)
    assert {topic.id for topic in twice.topics} == {topic.id for topic in once.topics}
