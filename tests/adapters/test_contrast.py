"""The reference recipe's loss, by hand and through the trainer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.adapters.encoders import SentenceEncoder, fine_tune, load_bundled
from core.adapters.encoders.contrast import chosen_contrast
from core.domain.training import TrainingExamples, TrainingSpec

TRIPLETS = (
    ("where is my card", "my card has not arrived", "the exchange rate is wrong"),
    ("top up failed", "I could not add money", "where is my card"),
    ("cash withdrawal fee", "charged at the machine", "my card has not arrived"),
)
SPEC = TrainingSpec(epochs=2, batch_size=4, learning_rate=1e-4, temperature=0.01, loss="clusterllm")


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return load_bundled()


def cross_entropy(scores: np.ndarray, target: int) -> float:
    return float(np.log(np.exp(scores - scores.max()).sum()) + scores.max() - scores[target])


def test_the_loss_is_the_paper_s_by_hand(encoder: SentenceEncoder) -> None:
    import torch

    columns = [list(bodies) for bodies in zip(*TRIPLETS, strict=True)]
    with torch.no_grad():
        features = [encoder.model.tokenize(column) for column in columns]
        loss = float(chosen_contrast(encoder.model, 0.05)(features))
        anchors, chosen, rejected = (
            encoder.model.encode(column, normalize_embeddings=True) for column in columns
        )
    forth = [
        cross_entropy(np.append(a @ c, rejected @ a) / 0.05, 0)
        for a, c in zip(anchors, chosen, strict=True)
    ]
    back = [cross_entropy(anchors @ c / 0.05, row) for row, c in enumerate(chosen)]
    assert loss == pytest.approx(np.mean(forth) + np.mean(back), rel=1e-4)


def test_training_pulls_the_chosen_and_pushes_the_rejected(encoder: SentenceEncoder) -> None:
    examples = TrainingExamples(TRIPLETS, ())
    tuned = fine_tune(encoder, examples, SPEC, lambda done, total, loss: None)
    gains = [margin(tuned, *triplet) - margin(encoder, *triplet) for triplet in TRIPLETS]
    assert min(gains) > 0
    guided = fine_tune(encoder, examples, replace(SPEC, loss="guided"), lambda *step: None)
    assert guided.space.id != tuned.space.id


def margin(encoder: SentenceEncoder, *triplet: str) -> float:
    anchor, near, far = encoder.encode(triplet)
    return float(anchor @ near - anchor @ far)
