"""Pairs: both sides of the merges of a tree, from the coarsest to the finest."""

import numpy as np

from core.domain.clusterings import UNASSIGNED
from core.domain.questions import Pair
from core.steps.questions import propose_pairs
from core.steps.questions.pairs import _FINEST
from tests.steps.question_texts import blobs, labels_of, make


def test_pairs_stand_on_both_sides_of_a_merge_and_only_on_texts_with_a_cluster():
    embedding, clustering = blobs(300, 3, noise=0.05, unassigned=0.2)
    batch = propose_pairs(embedding, clustering, count=16, asked=(), seed=0)
    assert all(UNASSIGNED not in labels_of(asked, clustering) for asked in batch)
    # The first level is the current number of clusters: 3 → 2 joins two whole clusters.
    left, right = labels_of(batch[0], clustering)
    assert left != right
    assert batch[0].touches == int(np.isin(clustering.labels, [left, right]).sum())
    assert "could be one" in batch[0].why
    splits = [a for a in batch if len(set(labels_of(a, clustering))) == 1]
    assert splits
    assert all("could be split" in a.why for a in splits)


def test_a_batch_of_pairs_asks_by_turns_about_joining_and_splitting():
    embedding, clustering = blobs(1000, 20, noise=0.3)
    batch = propose_pairs(embedding, clustering, count=8, asked=(), seed=0)
    joins, splits = batch[::2], batch[1::2]
    assert all(len(set(labels_of(asked, clustering))) == 2 for asked in joins)
    assert all(len(set(labels_of(asked, clustering))) == 1 for asked in splits)
    # From the merge of two clusters of 50 texts to one near the root, and down to a corner.
    assert joins[0].touches == 100
    assert max(asked.touches for asked in joins) > 200
    assert splits[0].touches == 50
    assert min(asked.touches for asked in splits) < 20


def test_touches_of_pairs_are_scaled_up_from_the_texts_in_the_tree():
    embedding, clustering = blobs(6000, 2, noise=0.02)
    top = propose_pairs(embedding, clustering, count=1, asked=(), seed=0)[0]
    assert top.touches == 6000


def test_the_whole_tree_down_to_199_groups_is_asked_once_before_it_starts_again():
    embedding, clustering = blobs(400, 10)
    batch = propose_pairs(embedding, clustering, count=_FINEST - 1, asked=(), seed=0)
    assert len({a.question.id for a in batch}) == _FINEST - 1
    coarsest = [a for a in batch if a.touches == 400]
    assert len(coarsest) == 1


def test_pairs_run_out_when_every_two_texts_were_asked_about():
    embedding, clustering = make(np.random.default_rng(2).normal(size=(6, 4)), [0, 0, 1, 1, 1, -1])
    batch = propose_pairs(embedding, clustering, count=99, asked=(), seed=0)
    assert {a.question for a in batch} == {
        Pair(a, b) for a in embedding.text_ids[:5] for b in embedding.text_ids[:5] if a != b
    }
    asked = {a.question.id for a in batch}
    assert propose_pairs(embedding, clustering, count=9, asked=asked, seed=0) == ()
