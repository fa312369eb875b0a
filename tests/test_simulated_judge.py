"""The simulated judge of the benchmarks, and the rows of the table that it makes."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import quality
from benchmarks.judge import SimulatedJudge
from core.domain.judgments import GROUPS, Verdict
from core.domain.questions import Contradiction, Pair, Placement, Triplet
from core.domain.texts import Text
from tests.steps.question_texts import make

GOLD = {"a1": "a", "a2": "a", "a3": "a", "b1": "b", "b2": "b", "c1": "c", "c2": "c"}
# The group b lies near a, and c far from it.
CENTROIDS = {
    "a": np.array([1.0, 0.0], dtype=np.float32),
    "b": np.array([0.95, 0.3], dtype=np.float32),
    "c": np.array([0.5, 0.85], dtype=np.float32),
}
RIGHT = [
    (Pair("a1", "a2"), "same"),
    (Pair("a1", "b1"), "different"),
    (Triplet("a1", "a2", "b1"), "left"),
    (Triplet("a1", "b1", "c1"), "neither"),
    (Triplet("a1", "a2", "a3"), "both"),
    (Triplet("b1", "a1", "b2"), "right"),
    (Contradiction("a1", "a2", "a3"), "all"),
    (Contradiction("a1", "a2", "b1"), "first and second"),
    (Contradiction("a1", "b1", "b2"), "second and third"),
    (Contradiction("a1", "b1", "c1"), "none"),
    (Placement("a1", (), (("a2",), ("b1",))), "group 1"),
    (Placement("b1", (), (("a1", "a2", "b2"), ("b2x", "c1"))), "new"),
    (Placement("c1", (), (("a1",), ("b1", "b2"), ("c2",))), "group 3"),
    (Placement("c1", (), (("a1",), ("b1",))), "new"),
]
GOLD["b2x"] = "c"


def judge(accuracy: float, errors="uniform", seed: int = 0) -> SimulatedJudge:
    return SimulatedJudge(GOLD, CENTROIDS, accuracy=accuracy, errors=errors, seed=seed)


@pytest.mark.parametrize(("question", "verdict"), RIGHT)
def test_at_accuracy_one_every_kind_is_answered_right(question, verdict):
    (given,) = judge(1.0).judge([question])
    assert given.verdict == verdict
    assert given.source == "llm"


@pytest.mark.parametrize("errors", ["uniform", "confusable"])
def test_it_errs_as_often_as_set_and_is_never_unsure(errors):
    questions = [question for question, _ in RIGHT] * 200
    given = judge(0.85, errors).judge(questions)
    assert all(answer.verdict is not Verdict.UNSURE for answer in given)
    wrong = sum(
        answer.verdict != verdict for answer, (_, verdict) in zip(given, RIGHT * 200, strict=True)
    )
    deviation = np.sqrt(len(questions) * 0.85 * 0.15)
    assert abs(wrong - 0.15 * len(questions)) < 4 * deviation


def test_confusable_errors_fall_on_the_nearer_group():
    question = Placement("a1", (), (("a2",), ("b1",), ("c1",)))
    found = {
        errors: [a.verdict for a in judge(0.0, errors).judge([question] * 600)]
        for errors in ("uniform", "confusable")
    }
    near, far = GROUPS[1], GROUPS[2]
    assert found["confusable"].count(near) > 10 * found["confusable"].count(far)
    assert 150 < found["uniform"].count(near) < 250
    assert Verdict.NEW in found["confusable"]
    assert GROUPS[0] not in found["uniform"]


def test_the_same_seed_gives_the_same_answers_and_kinds_are_counted():
    questions = [question for question, _ in RIGHT]
    one, two = judge(0.5, seed=3), judge(0.5, seed=3)
    assert one.judge(questions) == two.judge(questions)
    assert one.asked == {"pair": 2, "triplet": 4, "contradiction": 4, "placement": 4}


KEYS = {
    *("data", "label_column", "recipe", "judge_accuracy", "errors", "questions", "human"),
    *("seeds", "acc", "acc_std", "nmi", "ari", "bcubed", "groups", "seconds"),
}


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch) -> quality.Data:
    """Sixty texts in four groups, and their first map, without encoder or projection."""
    rng = np.random.default_rng(0)
    truth = np.arange(60) % 4
    vectors = rng.normal(size=(4, 16))[truth] + 0.2 * rng.normal(size=(60, 16))
    embedding, clustering = make(vectors, np.arange(60) % 12)
    monkeypatch.setattr(quality, "first_map", lambda data, seed: clustering)
    monkeypatch.setattr(quality, "load_bundled", None)
    texts = tuple(Text(i, i) for i in embedding.text_ids)
    return quality.Data("some", "label", texts, embedding, tuple(f"g{t}" for t in truth))


@pytest.mark.parametrize("recipe", ["clade", "kmeans", "hdbscan"])
def test_a_row_of_the_table_has_the_keys_that_are_asked_for(data, recipe):
    row = quality.run(data, recipe, quality.Plan(20, 5, 1.0, "uniform"), seeds=2)
    assert set(row) >= KEYS
    assert set(row) - KEYS <= {"true_groups", "asked", "mixed"}
    assert row["mixed"] is False
    assert 0 <= row["acc"] <= 100
    assert row["seeds"] == 2
    assert row["true_groups"] == 4
    if recipe == "clade":
        assert row["asked"] == {"placement": 25}
        assert (row["questions"], row["human"]) == (20, 5)


def test_right_answers_score_above_the_map_that_knows_none(data):
    plan = quality.Plan(40, 0, 1.0, "uniform")
    clade, before = (quality.run(data, recipe, plan, seeds=1) for recipe in ("clade", "hdbscan"))
    assert clade["acc"] > before["acc"] + 20


def test_mixed_asks_questions_of_other_kinds_too_and_says_so(data):
    row = quality.run(data, "clade", quality.Plan(40, 0, 1.0, "uniform", True), seeds=1)
    assert row["mixed"] is True
    assert sum(row["asked"].values()) == 40
    assert len(row["asked"]) > 1
