"""Triplets: on which texts they stand, and that they run out only when all were asked."""

import numpy as np

from core.domain.clusterings import UNASSIGNED
from core.steps.questions import propose_triplets
from core.steps.questions.soft import soft_assignment
from tests.steps.question_texts import blobs, labels_of, make, row


def test_triplets_stand_on_the_most_uncertain_texts_and_their_two_closest_clusters():
    embedding, clustering = blobs(400, 8, unassigned=0.2)
    soft = soft_assignment(embedding, clustering)
    uncertain = set(np.argsort(-soft.entropy, kind="stable")[:80].tolist())
    batch = propose_triplets(embedding, clustering, count=40, asked=(), seed=0)
    assert len(batch) == 40
    for asked in batch:
        anchor, *_ = map(row, asked.question.texts)
        _, left, right = labels_of(asked, clustering)
        assert anchor in uncertain
        assert {left, right} == set(soft.closest[anchor].tolist())
        same = [r for r in uncertain if set(soft.closest[r].tolist()) == {left, right}]
        assert asked.touches == len(same)
        assert asked.space == "space"
        assert ("no group yet" in asked.why) == (clustering.labels[anchor] == UNASSIGNED)
    assert any(clustering.labels[row(a.question.anchor)] == UNASSIGNED for a in batch)


def test_a_batch_of_triplets_uses_an_anchor_once_and_spreads_over_clusters():
    embedding, clustering = blobs(900, 9, noise=0.8)
    soft = soft_assignment(embedding, clustering)
    batch = propose_triplets(embedding, clustering, count=9, asked=(), seed=3)
    anchors = [row(asked.question.anchor) for asked in batch]
    assert len(set(anchors)) == 9
    pool = np.argsort(-soft.entropy, kind="stable")[:180]
    available = set(soft.closest[pool, 0].tolist())
    assert {int(soft.closest[a, 0]) for a in anchors} == available


def test_sides_come_from_different_clusters_where_more_than_two_are_close():
    embedding, clustering = blobs(800, 200)
    soft = soft_assignment(embedding, clustering)
    batch = propose_triplets(embedding, clustering, count=160, asked=(), seed=0)
    ranks = set()
    for asked in batch:
        closest = soft.closest[row(asked.question.anchor)].tolist()
        _, left, right = labels_of(asked, clustering)
        assert left != right
        ranks.add(frozenset((closest.index(left), closest.index(right))))
        assert asked.touches >= 1
    assert len(ranks) == 6


def test_triplets_run_out_only_when_every_combination_was_asked():
    embedding, clustering = make(np.random.default_rng(1).normal(size=(5, 4)), [0, 0, 0, 1, 1])
    asked: set[str] = set()
    while batch := propose_triplets(embedding, clustering, count=3, asked=asked, seed=0):
        assert len(batch) == 1  # a fifth of five texts: one anchor
        assert not asked & {a.question.id for a in batch}
        asked |= {a.question.id for a in batch}
    anchor = int(np.argmax(soft_assignment(embedding, clustering).entropy))
    assert len(asked) == (2 * 2 if anchor < 3 else 3 * 1)


def test_asking_again_goes_on_with_other_anchors_before_it_repeats_one():
    embedding, clustering = blobs(300, 6)
    asked: set[str] = set()
    anchors: list[str] = []
    for _ in range(6):
        batch = propose_triplets(embedding, clustering, count=10, asked=asked, seed=0)
        asked |= {a.question.id for a in batch}
        anchors += [a.question.anchor for a in batch]
    assert len(set(anchors)) == 60
    again = propose_triplets(embedding, clustering, count=60, asked=asked, seed=0)
    assert {a.question.anchor for a in again} == set(anchors)
    assert not asked & {a.question.id for a in again}
