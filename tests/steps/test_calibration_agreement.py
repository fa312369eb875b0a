"""Agreement of two annotators, against values worked by hand and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from core.domain.judgments import Judgment
from core.domain.questions import Pair, Triplet
from core.steps.calibration import agreement
from tests.answering import answers, say

ANN, BO, MODEL = ("person", "ann"), ("person", "bo"), ("machine", "m")


def pairs(table: dict[tuple[str, str], int]) -> list[Judgment]:
    """Judgments of ann and bo on as many pairs as `table` counts for (ann's, bo's) verdicts."""
    found = []
    for (one, other), count in table.items():
        for _ in range(count):
            question = Pair("q", f"t{len(found):03}")
            found += [say(question, one), say(question, other, annotator="bo")]
    return found


def test_kappa_by_hand():
    # 50 grant applications, the usual example: 20 and 15 agreed, 5 and 10 not; kappa 0.4.
    table = {("same", "same"): 20, ("same", "different"): 5}
    table |= {("different", "same"): 10, ("different", "different"): 15}
    found = agreement(pairs(table), ANN, BO)
    assert (found.agreed, found.compared) == (35, 50)
    assert found.kappa == pytest.approx(0.4)
    assert (found.low, found.high) == pytest.approx((0.5623, 0.8090), abs=1e-3)


@given(st.lists(st.tuples(*[st.sampled_from(["left", "right", "both", "neither"])] * 2)))
def test_kappa_of_one_kind_is_scikit_learns(said):
    judgments = []
    for number, (one, other) in enumerate(said):
        question = Triplet("a", f"x{number}", f"y{number}")
        judgments += [say(question, one), say(question, other, annotator="bo")]
    found = agreement(judgments, ANN, BO)
    assert found.compared == len(said)
    varied = len({verdict for both in said for verdict in both}) > 1
    if varied:
        assert found.kappa == pytest.approx(cohen_kappa_score(*zip(*said, strict=True)))
    else:
        assert found.kappa is None


def test_chance_is_reckoned_within_a_kind():
    """Two who answer by chance in either kind have no agreement beyond it, though a
    pair's answers never meet a triplet's."""
    rng = np.random.default_rng(0)
    judgments = []
    for number in range(4_000):
        question = Pair("q", f"p{number}") if number % 2 else Triplet("q", f"l{number}", "r")
        options = ["same", "different"] if number % 2 else ["left", "right"]
        judgments += [
            say(question, str(rng.choice(options)), annotator=name) for name in ("ann", "bo")
        ]
    assert agreement(judgments, ANN, BO).kappa == pytest.approx(0.0, abs=0.06)


def test_abstentions_and_other_people_do_not_count_and_the_latest_answer_does():
    pair = Pair("a", "b")
    said = [say(pair, "same", minute=0), say(pair, "different", minute=1)]
    assert agreement([*said, say(pair, "different", "llm", "m")], ANN, MODEL).agreed == 1
    assert agreement([*said, say(pair, "unsure", "llm", "m")], ANN, MODEL).compared == 0
    # A person and a model of one name are two.
    assert agreement([*said, say(pair, "same", "llm", "ann")], ANN, BO).compared == 0


def test_nothing_compared_says_nothing():
    found = agreement([], ANN, BO)
    assert (found.agreed, found.compared, found.low, found.high, found.kappa) == (0, 0, 0, 1, None)


@given(answers())
@settings(deadline=None)
def test_agreement_is_mutual_and_everyone_agrees_with_themselves(judgments):
    assert agreement(judgments, ANN, BO) == agreement(judgments, BO, ANN)
    own = agreement(judgments, ANN, ANN)
    assert own.agreed == own.compared
    assert own.kappa is None or own.kappa == pytest.approx(1.0)
