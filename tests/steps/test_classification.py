"""The steps of classification: parts that share nothing, probabilities, strangers, drift."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.classification import Classifier
from core.domain.errors import TooFewError
from core.domain.spaces import Floats, Ints
from core.steps.classification import (
    drift,
    fit_rule,
    logistic_head,
    logits_of,
    pick_members,
    place,
    quality,
    split,
    temperature,
)
from core.steps.classification.nearness import nearness


def blobs(seed: int, topics: int, each: int, dimension: int = 12) -> tuple[Floats, Ints]:
    """Unit vectors around far centres that depend on no seed, and their topics."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(topics, dtype=np.int32), each)
    vectors = np.eye(dimension)[labels] + rng.normal(0, 0.12, (len(labels), dimension))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), labels


def classifier_of(topics: int) -> Classifier:
    vectors, labels = blobs(0, topics, 30)
    held, gold = blobs(1, topics, 20)
    head = logistic_head(vectors, labels, topics)
    members = pick_members(vectors, labels, topics)
    near = nearness(held, members, topics)
    logits = logits_of(head, held, near)
    heat = temperature(logits, gold)
    rule = fit_rule(logits, near, gold, heat)
    names = tuple(f"t{i}" for i in range(topics))
    return Classifier("logistic", names, head, members, heat, rule)


@given(
    st.lists(st.tuples(st.text(min_size=1), st.sampled_from(["", "a", "b", "c"])), unique=True),
    st.integers(0, 3),
)
def test_the_three_parts_share_no_text_and_leave_none_out(
    rows: list[tuple[str, str]], seed: int
) -> None:
    ids, topics = [f"{i}{id_}" for i, (id_, _) in enumerate(rows)], [topic for _, topic in rows]

    parts = split(ids, topics, seed)

    found = [*parts.train, *parts.tune, *parts.test]
    assert sorted(found) == [row for row, topic in enumerate(topics) if topic]
    for topic in {"a", "b", "c"} & set(topics):
        assert topic in {topics[row] for row in parts.train}
    back = split(ids[::-1], topics[::-1], seed)
    assert {ids[::-1][row] for row in back.test} == {ids[row] for row in parts.test}


def test_texts_of_a_topic_fit_and_texts_of_none_do_not() -> None:
    classifier = classifier_of(5)
    kin, gold = blobs(2, 5, 20)
    strangers = blobs(3, 9, 20)[0][5 * 20 :]

    found, lost = place(classifier, kin, kin), place(classifier, strangers, strangers)

    threshold = classifier.rule.threshold
    assert (found.best == gold).mean() == 1.0
    assert (found.fit >= threshold).mean() > 0.85
    assert (lost.fit < threshold).mean() > 0.95
    assert (found.second != found.best).all()
    assert (found.probability >= found.runner_up).all()
    assert (found.probability + found.runner_up <= 1 + 1e-6).all()


def test_one_topic_takes_everything_and_has_no_runner_up() -> None:
    classifier = classifier_of(1)

    found = place(classifier, *(blobs(2, 1, 5)[0],) * 2)

    assert (found.best == 0).all() and (found.second == -1).all()
    assert (found.probability == 1).all()
    assert (found.fit >= classifier.rule.threshold).all()


def test_figures_are_those_of_the_confusion_table() -> None:
    gold = np.array([0, 0, 0, 1, 1, 2], np.int32)
    found = np.array([0, 0, 1, 1, 1, 0], np.int32)

    made = quality(("a", "b", "c", "d"), found, gold, np.full(6, 0.9, np.float32))

    assert (made.accuracy.correct, made.accuracy.total) == (4, 6)
    assert made.confused == (("a", "b", 1), ("c", "a", 1))
    by_topic = {one.topic: (one.precision, one.recall, one.texts) for one in made.topics}
    assert by_topic["a"] == pytest.approx((2 / 3, 2 / 3, 3))
    assert by_topic["b"] == pytest.approx((2 / 3, 1.0, 2))
    assert by_topic["c"] == (0.0, 0.0, 1)
    assert made.macro.recall == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert made.weighted.recall == pytest.approx(4 / 6)
    with pytest.raises(TooFewError):
        quality(("a",), found[:0], gold[:0], np.zeros(0, np.float32))


def test_temperature_brings_overconfident_logits_to_what_they_are_right_about() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 600).astype(np.int32)
    right = np.where(rng.random(600) < 0.7, labels, (labels + 1) % 3)
    logits = 20 * np.eye(3, dtype=np.float32)[right]

    heat = temperature(logits, labels)

    # Of three, the likeliest gets 70% where e^(20/t) / (e^(20/t) + 2) is that.
    assert np.exp(20 / heat) / (np.exp(20 / heat) + 2) == pytest.approx(0.7, abs=0.05)


def test_drift_is_seen_and_chance_is_not() -> None:
    topics, known = ("a", "b", "c"), np.array([500, 300, 200], np.int32)

    same = drift(topics, known, np.array([51, 29, 20], np.int32), 5, 0.05, 0)
    other = drift(topics, known, np.array([10, 10, 80], np.int32), 60, 0.05, 0)
    empty = drift(topics, known, np.zeros(3, np.int32), 4, 0.05, 0)

    assert not same.shifted and not same.stranger and same.moved == ()
    assert other.shifted and other.stranger
    assert other.moved[0].topic == "c"
    assert {one.topic for one in other.moved} == {"a", "b", "c"}
    assert (empty.distance, empty.shifted, empty.moved) == (0.0, False, ())
