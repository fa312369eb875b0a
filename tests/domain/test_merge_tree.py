"""The tree of merges against a slow and plain one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.domain.granularity import MergeTree


@st.composite
def trees(draw: st.DrawFn) -> MergeTree:
    leaves = draw(st.integers(2, 12))
    alive = list(range(leaves))
    merges = []
    for step in range(leaves - 1):
        pair = [alive.pop(draw(st.integers(0, len(alive) - 1))) for _ in range(2)]
        merges.append(pair)
        alive.append(leaves + step)
    extra = draw(st.lists(st.integers(-1, leaves - 1), max_size=8))
    bunches = np.array([*range(leaves), *extra], dtype=np.int32)
    ids = tuple(f"{i:02d}" for i in range(len(bunches)))
    return MergeTree(ids, bunches, np.array(merges, dtype=np.int32))


def plain_cut(tree: MergeTree, k: int) -> list[set[int]]:
    """Return the groups at level k as sets of rows, joined one by one."""
    nodes = {
        leaf: set(np.flatnonzero(tree.bunches == leaf).tolist()) for leaf in range(tree.leaves)
    }
    for step, (left, right) in enumerate(tree.merges.tolist()[: tree.leaves - k]):
        nodes[tree.leaves + step] = nodes.pop(left) | nodes.pop(right)
    return list(nodes.values())


@given(trees(), st.integers(1, 12))
def test_a_cut_has_its_groups_by_size(tree: MergeTree, k: int) -> None:
    k = min(k, tree.leaves)
    labels = tree.cut(k)
    found = [set(np.flatnonzero(labels == group).tolist()) for group in range(k)]
    assert sorted(map(sorted, found)) == sorted(map(sorted, plain_cut(tree, k)))
    assert [len(group) for group in found] == sorted(map(len, found), reverse=True)
    assert ((labels == -1) == (tree.bunches == -1)).all()


@given(trees())
def test_two_texts_are_together_at_every_level_below_their_own(tree: MergeTree) -> None:
    rows = np.flatnonzero(tree.bunches >= 0)
    left, right = (grid.ravel() for grid in np.meshgrid(rows, rows))
    levels = tree.levels(left, right)
    for k in range(1, tree.leaves + 1):
        labels = tree.cut(k)
        assert ((labels[left] == labels[right]) == (levels > k)).all()


@given(trees())
def test_the_sides_of_a_merge_meet_at_its_level(tree: MergeTree) -> None:
    sides = tree.sides(tree.leaves)
    assert len(sides) == tree.leaves - 1
    for level, (left, right) in enumerate(sides, start=2):
        assert (tree.levels(np.repeat(left, len(right)), np.tile(right, len(left))) == level).all()


def test_a_cut_out_of_range_is_the_nearest_there_is() -> None:
    tree = MergeTree(("a", "b"), np.array([0, 1], np.int32), np.array([[0, 1]], np.int32))
    assert tree.cut(0).tolist() == [0, 0]
    assert tree.cut(9).tolist() == [0, 1]
