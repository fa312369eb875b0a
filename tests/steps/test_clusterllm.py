"""The reference recipe's sampling and granularity."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from core.domain.clusterings import ClusterSpec
from core.domain.errors import TooFewError
from core.domain.judgments import Judgment, Verdict
from core.domain.questions import Pair, Question, Triplet
from core.steps import clusterllm
from core.steps.clusterllm.partition import standardised
from core.steps.clusterllm.triplets import soft_assignment
from tests.answering import say
from tests.steps.granularity_texts import blobs, grouped


def said(question: Question, verdict: Verdict) -> Judgment:
    return say(question, verdict, "llm", "judge")


def test_the_first_clusters_follow_from_a_distance_or_number_a_hundred(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    embedding, gold = blobs(12, 30, spread=0.2)
    found = clusterllm.initial_clusters(embedding, seed=0)
    assert found.spec.method == "ward"
    assert 12 <= found.spec.k == len(set(found.labels.tolist()))
    assert len(set(zip(found.labels.tolist(), gold, strict=True))) == found.spec.k, "no mixture"
    monkeypatch.setattr("core.steps.clusterllm.partition.LARGE", 359)
    large = clusterllm.initial_clusters(embedding, seed=0)
    assert (large.spec.method, large.spec.k) == ("kmeans", 100)


def test_a_constant_dimension_is_no_trouble() -> None:
    embedding, _ = blobs(3, 10)
    vectors = embedding.vectors.copy()
    vectors[:, 5] = 0.5
    found = standardised(vectors)
    assert (found[:, 5] == 0).all()
    assert np.allclose(np.delete(found, 5, axis=1).std(axis=0), 1, atol=1e-4)


def test_the_soft_assignment_is_the_paper_s_by_hand() -> None:
    vectors = np.array([[0, 0], [2, 0], [5, 0], [1, 1]], dtype=np.float32)
    soft = soft_assignment(vectors, np.array([0, 1, 2, 0], dtype=np.int32))
    assert soft.closest[0].tolist() == [0, 1]
    weights = np.array([1 / (1 + 0.25 + 0.25), 1 / (1 + 4)])
    p = weights / weights.sum()
    assert soft.entropy[0] == pytest.approx(-(p * np.log(p)).sum())


def test_triplets_are_as_many_as_asked_none_twice_and_between_close_clusters() -> None:
    embedding, gold = blobs(8, 25)
    groups = grouped(embedding, gold)
    triplets = clusterllm.propose_triplets(embedding, groups, count=300, seed=1)
    assert len({t.id for t in triplets}) == len(triplets) == 300
    assert triplets == clusterllm.propose_triplets(embedding, groups, count=300, seed=1)
    assert triplets != clusterllm.propose_triplets(embedding, groups, count=300, seed=2)
    label = dict(zip(embedding.text_ids, gold, strict=True))
    soft = soft_assignment(standardised(embedding.vectors), groups.labels)
    closest = dict(zip(embedding.text_ids, soft.closest.tolist(), strict=True))
    assert all({label[t.left], label[t.right]} == set(closest[t.anchor]) for t in triplets)
    entropy = dict(zip(embedding.text_ids, soft.entropy.tolist(), strict=True))
    uses = Counter(t.anchor for t in triplets)
    assert len(uses) == 40, "a fifth of the texts"
    assert min(entropy[a] for a in uses) >= max(v for i, v in entropy.items() if i not in uses)
    assert sorted(uses.values())[2] >= 300 // 40 and max(uses.values()) == 8, "cycled, not drawn"


def test_where_there_are_few_triplets_the_search_ends() -> None:
    embedding, _ = blobs(1, 10)
    few = clusterllm.propose_triplets(embedding, grouped(embedding, [0] * 5 + [1] * 5), seed=0)
    assert 0 < len(few) <= 2 * 4 * 5
    assert clusterllm.propose_triplets(embedding, grouped(embedding, [0] * 10), seed=0) == ()
    with pytest.raises(TooFewError):
        clusterllm.initial_clusters(blobs(1, 2)[0], seed=0)


def test_only_an_answer_that_names_one_side_teaches() -> None:
    triplet = Triplet("a", "b", "c")
    bodies = {"a": "anchor", "b": "near", "c": "far"}
    answers = (Verdict.LEFT, Verdict.RIGHT, Verdict.BOTH, Verdict.NEITHER)
    learned = clusterllm.chosen([said(triplet, verdict) for verdict in answers], bodies)
    assert learned.triplets == (("anchor", "near", "far"), ("anchor", "far", "near"))
    assert learned.pairs == ()


@pytest.mark.parametrize("a_level", [1, 3])
def test_pairs_go_once_through_the_merge_levels(a_level: int) -> None:
    embedding, _ = blobs(30, 10)
    tree = clusterllm.ward_tree(embedding, seed=0)
    pairs = clusterllm.propose_pairs(embedding, tree, a_level=a_level, seed=0)
    row = {text_id: i for i, text_id in enumerate(embedding.text_ids)}
    left, right = np.array([(row[p.left], row[p.right]) for p in pairs]).T
    levels = Counter(tree.levels(left, right).tolist())
    assert set(levels) == set(range(2, 200))
    assert max(levels.values()) <= a_level
    assert len({pair.id for pair in pairs}) == len(pairs)


def test_perfect_answers_on_clear_groups_find_their_number() -> None:
    embedding, gold = blobs(30, 12, spread=0.2)
    label = dict(zip(embedding.text_ids, gold, strict=True))
    tree = clusterllm.ward_tree(embedding, seed=0)
    pairs = clusterllm.propose_pairs(embedding, tree, seed=0)
    answers = [
        said(p, Verdict.SAME if label[p.left] == label[p.right] else Verdict.DIFFERENT)
        for p in pairs
    ]
    assert clusterllm.best_k(tree, answers) == 30
    assert clusterllm.best_k(tree, answers[::-1]) == 30
    unsure = [replace(answer, verdict=Verdict.UNSURE) for answer in answers]
    assert clusterllm.usable(answers + unsure) == len(pairs)
    with pytest.raises(TooFewError):
        clusterllm.best_k(tree, unsure)


def test_the_best_level_is_that_of_the_f_measure() -> None:
    """Against scikit-learn, as the official code computes it."""
    from sklearn.metrics import fbeta_score

    embedding, gold = blobs(15, 20, spread=0.9)
    label = dict(zip(embedding.text_ids, gold, strict=True))
    row = {text_id: i for i, text_id in enumerate(embedding.text_ids)}
    tree = clusterllm.ward_tree(embedding, seed=0)
    pairs = clusterllm.propose_pairs(embedding, tree, a_level=1, seed=3)
    same = [label[p.left] == label[p.right] for p in pairs]
    answers = [
        said(pair, Verdict.SAME if yes else Verdict.DIFFERENT)
        for pair, yes in zip(pairs, same, strict=True)
    ]
    scores = []
    for k in range(2, 201):
        labels = tree.cut(k)
        cut = [labels[row[p.left]] == labels[row[p.right]] for p in pairs]
        scores.append(fbeta_score(same, cut, beta=0.92, zero_division=0))
    assert clusterllm.best_k(tree, answers) == 2 + int(np.argmax(scores))


def test_the_final_partition_has_the_clusters_asked_for() -> None:
    embedding, gold = blobs(6, 20, spread=0.1)
    found = clusterllm.final_clusters(embedding, 6, seed=0)
    assert len(set(zip(found.labels.tolist(), gold, strict=True))) <= 8
    assert found.spec == ClusterSpec("kmeans", k=6)
    assert ((found.strength >= 0) & (found.strength <= 1)).all()
    assert clusterllm.final_clusters(embedding, 10_000, seed=0).spec.k == 120
    assert clusterllm.final_clusters(embedding, 1, seed=0).labels.max() == 0


def test_a_pair_answered_about_unknown_texts_is_left_out() -> None:
    embedding, _ = blobs(5, 10)
    tree = clusterllm.ward_tree(embedding, seed=0)
    with pytest.raises(TooFewError):
        clusterllm.best_k(tree, [said(Pair("gone", embedding.text_ids[0]), Verdict.SAME)])
