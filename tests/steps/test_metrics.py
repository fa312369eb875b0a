"""Metrics against values worked by hand and against their own laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.clusterings import Clustering, ClusterSpec
from core.domain.errors import InputError
from core.steps.metrics import accuracy, agreement, ari, bcubed_f1, dendrogram_purity, nmi

labels_and_gold = st.lists(
    st.tuples(st.integers(-1, 4), st.sampled_from("abc")), min_size=1, max_size=30
).map(lambda rows: tuple(zip(*rows, strict=True)))


def test_accuracy_takes_the_best_one_to_one_map():
    assert accuracy([0, 0, 1, 1, 2, 2], list("aabbbb")) == pytest.approx(4 / 6)
    # Greedy would give cluster 0 to "a" (3) and leave 0 for cluster 1; the best map gives 2 + 2.
    assert accuracy([0] * 5 + [1] * 2, list("aaabbaa")) == pytest.approx(4 / 7)


def test_unassigned_texts_count_as_wrong():
    assert accuracy([0, 0, -1, -1], list("aabb")) == 0.5
    assert accuracy([-1, -1], list("aa")) == 0.0


def test_bcubed_worked_by_hand():
    # Precision (2/3·2 + 1/3 + 1·1)/4 with clusters {a,a,b} and {b}; recall (1·2 + 1/2·2)/4.
    precision, recall = (4 / 3 + 1 / 3 + 1) / 4, 3 / 4
    expected = 2 * precision * recall / (precision + recall)
    assert bcubed_f1([0, 0, 0, 1], list("aabb")) == pytest.approx(expected)


def test_dendrogram_purity_worked_by_hand():
    gold = list("aabb")
    assert dendrogram_purity([[0, 0, 1, 1]], gold) == 1.0
    # Without levels, both pairs meet at the root, where either label has a half.
    assert dendrogram_purity([], gold) == 0.5
    # {a a b} holds the pair of a (2/3); the pair of b meets at the root (1/2).
    assert dendrogram_purity([[0, 0, 0, 1]], gold) == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert dendrogram_purity([[0, 0, 0, 1], [0, 0, 1, 2]], gold) == pytest.approx(0.75)
    with pytest.raises(InputError):
        dendrogram_purity([], list("ab"))


def purity_by_pairs(levels, gold):
    """The definition, pair by pair."""
    found = []
    for i in range(len(gold)):
        for j in range(i):
            if gold[i] == gold[j]:
                held = range(len(gold))
                for labels in levels:
                    if labels[i] != labels[j] or labels[i] == -1:
                        break
                    held = [row for row in held if labels[row] == labels[i]]
                found.append(sum(gold[row] == gold[i] for row in held) / len(held))
    return sum(found) / len(found)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from("ab")), min_size=3))
def test_dendrogram_purity_is_that_of_all_pairs(rows):
    broad = [-1 if row[0] == 2 else row[0] for row in rows]
    fine = [-1 if row[0] == 2 or row[1] == 2 else 10 * row[0] + row[1] for row in rows]
    gold = [row[2] for row in rows]
    levels = [broad, fine]
    assert dendrogram_purity(levels, gold) == pytest.approx(purity_by_pairs(levels, gold))


def test_unassigned_texts_are_alone_in_bcubed():
    assert bcubed_f1([0, 1, -1, -1], list("aabb")) == bcubed_f1([0, 1, 2, 3], list("aabb"))


@settings(deadline=None)  # the first call imports scikit-learn
@given(labels_and_gold)
def test_a_perfect_partition_scores_one(rows):
    _, gold = rows
    labels = ["abc".index(letter) for letter in gold]
    for metric in (accuracy, nmi, ari, bcubed_f1):
        assert metric(labels, gold) == pytest.approx(1.0)


@settings(deadline=None)  # the first call imports scikit-learn
@given(labels_and_gold, st.permutations(range(5)))
def test_names_of_clusters_do_not_matter(rows, renamed):
    labels, gold = rows
    other = [label if label == -1 else renamed[label] for label in labels]
    for metric in (accuracy, nmi, ari, bcubed_f1):
        assert metric(labels, gold) == pytest.approx(metric(other, gold))
        assert -1 <= metric(labels, gold) <= 1 + 1e-9


def test_random_labels_agree_no_better_than_chance():
    rng = np.random.default_rng(0)
    labels, gold = rng.integers(0, 5, 4000), rng.integers(0, 5, 4000)
    assert ari(labels, gold) == pytest.approx(0, abs=0.01)
    assert nmi(labels, gold) == pytest.approx(0, abs=0.01)
    assert accuracy(labels, gold) == pytest.approx(0.2, abs=0.05)


@pytest.mark.parametrize("metric", [accuracy, nmi, ari, bcubed_f1])
@pytest.mark.parametrize(("labels", "gold"), [([], []), ([0, 1], ["a"])])
def test_what_cannot_be_compared_is_refused(metric, labels, gold):
    with pytest.raises(InputError):
        metric(labels, gold)


def clustering(text_ids, labels):
    n = len(labels)
    return Clustering(
        "s", tuple(text_ids), np.array(labels, np.int32), np.ones(n, np.float32), ClusterSpec()
    )


def test_agreement_is_over_the_texts_in_both():
    one = clustering("abcdef", [0, 0, 1, 1, 0, 1])
    other = clustering("abcdxyz", [3, 3, 7, 7, 3, 3, 7])
    assert agreement(one, other) == 1.0
    assert agreement(one, clustering("abcd", [0, 1, 0, 1])) < 0.1
    with pytest.raises(InputError):
        agreement(one, clustering("xyz", [0, 0, 0]))
