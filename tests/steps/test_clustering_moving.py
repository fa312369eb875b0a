"""The texts that moved most between two spaces, and the answers near them."""

from __future__ import annotations

import numpy as np
import pytest

from core.domain.clusterings import Clustering, ClusterSpec
from core.domain.spaces import Embedding
from core.steps.clustering import movers
from core.steps.metrics import silhouette


def side(space: str, degrees: list[float], labels: list[int]) -> tuple[Embedding, Clustering]:
    angles = np.radians(degrees)
    ids = tuple(f"t{i}" for i in range(len(labels)))
    vectors = np.c_[np.cos(angles), np.sin(angles)].astype(np.float32)
    strength = np.ones(len(labels), dtype=np.float32)
    marks = np.array(labels, dtype=np.int32)
    return Embedding(space, ids, vectors), Clustering(space, ids, marks, strength, ClusterSpec())


OLD = side("old", [0, 5, 30, 85, 90, 60], [0, 0, 0, 1, 1, -1])
NEW = side("new", [0, 5, 80, 40, 90, 95], [0, 0, 1, 0, 1, 1])


def test_the_decided_movers_come_first_with_where_from_and_where_to() -> None:
    found = movers(OLD, NEW, {})
    assert {(m.text, m.old, m.new) for m in found} == {("t2", 0, 1), ("t3", 1, 0), ("t5", -1, 1)}
    assert found[0].distance >= found[1].distance > found[2].distance == 0
    assert all(m.questions == () for m in found)
    assert movers(OLD, NEW, {}, count=1) == found[:1]
    assert movers(OLD, OLD, {}) == ()


def test_each_comes_with_the_answers_nearest_to_it() -> None:
    asked = {"far": ("t0", "t1"), "near": ("t4", "t3"), "gone": ("nobody",)}
    (found,) = [m for m in movers(OLD, NEW, asked) if m.text == "t3"]
    assert found.questions == ("near", "far")


def test_renumbering_rows_changes_nothing() -> None:
    order = [3, 0, 5, 1, 4, 2]

    def shuffled(given: tuple[Embedding, Clustering]) -> tuple[Embedding, Clustering]:
        space, found = given
        ids = tuple(space.text_ids[i] for i in order)
        return (
            Embedding(space.space, ids, space.vectors[order]),
            Clustering(found.space, ids, found.labels[order], found.strength, found.spec),
        )

    asked = {"q": ("t0", "t4")}
    assert movers(shuffled(OLD), shuffled(NEW), asked) == movers(OLD, NEW, asked)


def test_a_silhouette_tells_clusters_that_stand_apart() -> None:
    apart = side("s", [0, 1, 2, 90, 91, 92], [0, 0, 0, 1, 1, 1])
    mixed = side("s", [0, 1, 2, 90, 91, 92], [0, 1, 0, 1, 0, 1])
    high, low = silhouette(*apart), silhouette(*mixed)
    assert high is not None and low is not None
    assert high == pytest.approx(1.0, abs=0.01)
    assert low < 0
    assert silhouette(*side("s", [0, 1, 2], [0, 0, -1])) is None
