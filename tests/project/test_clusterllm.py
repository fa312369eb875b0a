"""The reference recipe from end to end, on real texts and with a judge who knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

from core.adapters.encoders import SentenceEncoder, load_bundled
from core.domain.errors import InputError, TooFewError
from core.domain.ids import text_id
from core.domain.judgments import Judgment, Verdict
from core.domain.questions import Pair, Question, Triplet
from core.domain.texts import Text
from core.project import clusterllm
from core.steps.metrics import accuracy

QUICK = replace(clusterllm.PAPER, epochs=1, learning_rate=2e-5)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Knowing:
    """A judge with the gold labels; `stubborn` answers neither and unsure to everything."""

    def __init__(self, gold: dict[str, str], stubborn: bool = False) -> None:
        self.gold, self.stubborn = gold, stubborn
        self.asked: Counter[str] = Counter()

    def judge(self, questions: Sequence[Question]) -> tuple[Judgment, ...]:
        self.asked.update(type(question).__name__.lower() for question in questions)
        return tuple(Judgment(q, self.verdict(q), "llm", "knowing", 1.0, NOW) for q in questions)

    def verdict(self, question: Question) -> Verdict:
        gold = self.gold
        if isinstance(question, Pair):
            same = gold[question.left] == gold[question.right]
            return Verdict.UNSURE if self.stubborn else Verdict.SAME if same else Verdict.DIFFERENT
        assert isinstance(question, Triplet)
        near = [gold[side] == gold[question.anchor] for side in (question.left, question.right)]
        if self.stubborn or near == [False, False]:
            return Verdict.NEITHER
        return Verdict.BOTH if all(near) else Verdict.LEFT if near[0] else Verdict.RIGHT


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return load_bundled()


@pytest.fixture(scope="module")
def texts(bank: pd.DataFrame) -> list[Text]:
    return [Text(text_id(body), body) for body in bank["text"]]


@pytest.fixture(scope="module")
def gold(bank: pd.DataFrame) -> dict[str, str]:
    return {text_id(body): label for body, label in zip(bank["text"], bank["label"], strict=True)}


def test_the_recipe_asks_trains_and_clusters(
    encoder: SentenceEncoder, texts: list[Text], gold: dict[str, str]
) -> None:
    judge = Knowing(gold)
    steps: list[int] = []
    found = clusterllm.run(
        encoder,
        texts[::-1],
        judge,
        triplets=60,
        pairs_a_level=1,
        k=10,
        training=QUICK,
        on_step=lambda done, total, loss: steps.append(done),
    )
    assert found.asked == dict(judge.asked)
    assert found.asked["triplet"] == 60
    assert found.asked["pair"] == 198
    assert 0 < found.dropped["triplet"] < 60
    assert found.dropped["pair"] == 0
    assert steps and found.encoder.space.parent == encoder.space.id
    assert found.embedding.space == found.clustering.space == found.encoder.space.id
    assert len(set(found.clustering.labels.tolist())) == found.k
    assert found.given is not None
    labels = [gold[i] for i in found.given.text_ids]
    plain = clusterllm.embed(encoder, {text.id: text.body for text in texts})
    again = clusterllm.run(
        encoder,
        texts,
        Knowing(gold),
        embedding=plain,
        triplets=60,
        pairs_a_level=1,
        k=10,
        training=QUICK,
    )
    assert again.k == found.k
    assert again.encoder.space == found.encoder.space, "rows in another order change nothing"
    assert accuracy(found.given.labels, labels) > 0.6


def test_a_judge_who_names_no_side_leaves_nothing_to_train_on(
    encoder: SentenceEncoder, texts: list[Text], gold: dict[str, str]
) -> None:
    plain = clusterllm.embed(encoder, {text.id: text.body for text in texts})
    with pytest.raises(TooFewError, match="Ask another judge"):
        clusterllm.run(encoder, texts, Knowing(gold, stubborn=True), embedding=plain, triplets=10)
    with pytest.raises(InputError):
        clusterllm.run(encoder, texts[1:], Knowing(gold), embedding=plain)
