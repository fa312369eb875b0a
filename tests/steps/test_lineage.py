"""Lineage: ids last, and every cluster is accounted for once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.clusterings import Clustering, ClusterSpec, LineageStep
from core.domain.errors import InputError
from core.steps.clustering import match

TEXTS = 24


def clustering(labels, first=0):
    n = len(labels)
    return Clustering(
        "space",
        tuple(f"t{first + i:03d}" for i in range(n)),
        np.array(labels, dtype=np.int32),
        np.ones(n, dtype=np.float32),
        ClusterSpec(),
    )


labellings = st.lists(st.integers(-1, 5), min_size=TEXTS, max_size=TEXTS)
# The later clustering may lack the first texts of the earlier one and have more.
pairs = st.builds(
    lambda old, new, first: (clustering(old), clustering(new, first)),
    labellings,
    labellings,
    st.integers(0, TEXTS + 2),
)


def groups(clustering):
    """The members of each cluster, whatever its id."""
    return {
        frozenset(np.flatnonzero(clustering.labels == label).tolist())
        for label in np.unique(clustering.labels)
        if label != -1
    }


def ids(clustering):
    return sorted(set(clustering.labels.tolist()) - {-1})


@given(labellings)
def test_matching_a_clustering_with_itself_keeps_all_ids(labels):
    old = clustering(labels)
    same, lineage = match(old, old, next_id=9)
    assert same.labels.tolist() == labels
    assert [step.kind for step in lineage.steps] == ["kept"] * len(ids(old))
    assert sum(step.shared for step in lineage.steps) == sum(label != -1 for label in labels)


@given(pairs, st.permutations(range(6)))
def test_renumbering_the_new_clusters_changes_nothing(pair, renumbered):
    old, new = pair
    swapped = clustering(
        [label if label == -1 else renumbered[label] for label in new.labels.tolist()],
        int(new.text_ids[0][1:]),
    )
    one, one_lineage = match(old, new, next_id=6)
    other, other_lineage = match(old, swapped, next_id=6)
    assert one.labels.tolist() == other.labels.tolist()
    assert one_lineage == other_lineage


@given(pairs)
def test_only_ids_change_never_the_groups(pair):
    old, new = pair
    matched, _ = match(old, new, next_id=6)
    assert groups(matched) == groups(new)
    assert matched.labels.dtype == np.int32
    assert ((matched.labels == -1) == (new.labels == -1)).all()


@given(pairs)
def test_every_id_stands_once_on_its_side_and_each_kind_is_what_it_says(pair):
    old, new = pair
    matched, lineage = match(old, new, next_id=6)
    assert sorted(i for step in lineage.steps for i in step.old) == ids(old)
    assert sorted(i for step in lineage.steps for i in step.new) == ids(matched)
    for step in lineage.steps:
        match step:
            case LineageStep("kept", (before,), (after,), shared):
                assert before == after
                assert shared > 0
            case LineageStep("split", (before,), after, shared):
                assert len(after) > 1
                assert before in after
                assert shared > 0
            case LineageStep("merged", before, (after,), shared):
                assert len(before) > 1
                assert after in before
                assert shared > 0
            case LineageStep("new", (), (after,), 0):
                assert after >= 6
            case LineageStep("retired", (_,), (), 0):
                pass
            case _:
                pytest.fail(f"not a step: {step}")


@given(pairs)
def test_two_that_hold_most_of_each_other_stay_connected(pair):
    old, new = pair
    _, ours, theirs = np.intersect1d(old.text_ids, new.text_ids, return_indices=True)
    before, after = old.labels[ours], new.labels[theirs]
    lasting = match(old, new, next_id=6)[0].labels[theirs]
    steps = match(old, new, next_id=6)[1].steps
    for i in set(before.tolist()) - {-1}:
        for j in set(after.tolist()) - {-1}:
            shared = ((before == i) & (after == j)).sum()
            if 2 * shared > max((before == i).sum(), (after == j).sum()):
                assert any(i in step.old and lasting[after == j][0] in step.new for step in steps)


def steps(old, new, next_id=9):
    matched, lineage = match(clustering(old), clustering(new), next_id=next_id)
    return matched.labels.tolist(), lineage.steps


def test_a_cluster_that_loses_and_gains_a_few_is_kept():
    labels, found = steps([4] * 10 + [7] * 10, [1] * 9 + [0] * 11)
    assert labels == [4] * 9 + [7] * 11
    assert found == (LineageStep("kept", (4,), (4,), 9), LineageStep("kept", (7,), (7,), 10))


def test_of_a_split_the_largest_piece_keeps_the_id():
    labels, found = steps([3] * 12, [0] * 4 + [1] * 6 + [2] * 2)
    assert labels == [9] * 4 + [3] * 6 + [10] * 2
    assert found == (LineageStep("split", (3,), (3, 9, 10), 12),)


def test_a_merged_cluster_takes_the_id_of_the_largest():
    labels, found = steps([0] * 3 + [1] * 6 + [2] * 4, [5] * 13)
    assert labels == [1] * 13
    assert found == (LineageStep("merged", (0, 1, 2), (1,), 13),)


def test_clusters_out_of_and_into_nothing_are_new_and_retired():
    labels, found = steps([2] * 6 + [-1] * 6, [-1] * 6 + [0] * 6)
    assert labels == [-1] * 6 + [9] * 6
    assert found == (LineageStep("retired", (2,), (), 0), LineageStep("new", (), (9,), 0))


def test_a_small_remnant_is_not_the_cluster_it_came_from():
    labels, found = steps([0] * 20, [0] * 3 + [-1] * 17)
    assert labels == [9] * 3 + [-1] * 17
    assert [step.kind for step in found] == ["retired", "new"]


def test_a_flow_across_two_steps_is_cut_at_the_smaller_end():
    # 0 and 1 merge; the rest of 0 cannot also be a split of it.
    labels, found = steps([0] * 11 + [1] * 9, [0] * 7 + [1] * 4 + [0] * 9)
    assert labels == [0] * 7 + [9] * 4 + [0] * 9
    assert found == (LineageStep("merged", (0, 1), (0,), 16), LineageStep("new", (), (9,), 0))


def test_only_texts_in_both_are_compared():
    old, new = clustering([0] * 6), clustering([1] * 30, first=3)
    matched, lineage = match(old, new, next_id=5)
    assert set(matched.labels.tolist()) == {0}
    assert lineage.steps == (LineageStep("kept", (0,), (0,), 3),)


def test_an_id_in_use_cannot_be_the_next_one():
    with pytest.raises(InputError):
        match(clustering([0, 0, 4]), clustering([0, 0, 0]), next_id=4)
