from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.adapters.encoders import SentenceEncoder, fine_tune_classes, load_bundled, load_folder
from core.domain.classification import EncoderSpec, Head
from core.domain.errors import Cancelled, TooFewError

TRAIN = [
    ("where is my card", 0),
    ("my card has not arrived", 0),
    ("the card is still in the post", 0),
    ("has the new card been sent", 0),
    ("the exchange rate is wrong", 1),
    ("which rate do you use for euros", 1),
    ("the currency conversion is off", 1),
    ("bad rate for my dollars", 1),
]
TUNE = [("card not delivered yet", 0), ("how do you convert currency", 1)]
SPEC = EncoderSpec(epochs=3, batch_size=4, seed=3)


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return load_bundled()


@pytest.fixture(scope="module")
def start() -> Head:
    # A first guess that is wrong about everything.
    rows = load_bundled().encode([TUNE[1][0], TUNE[0][0]])
    return Head(16 * rows, np.zeros(2, np.float32))


def quiet(done: int, total: int, loss: float) -> None:
    """No interest in the steps."""


def right(encoder: SentenceEncoder, head: Head, rows: list[tuple[str, int]]) -> int:
    logits = encoder.encode([body for body, _ in rows]) @ head.weights.T + head.bias
    return int((logits.argmax(axis=1) == [label for _, label in rows]).sum())


def test_it_learns_and_leaves_the_encoder_as_it_was(
    encoder: SentenceEncoder, start: Head, tmp_path: Path
) -> None:
    before = encoder.encode([body for body, _ in TRAIN])
    steps: list[tuple[int, int, float]] = []

    tuned, head = fine_tune_classes(
        encoder, TRAIN, TUNE, start, SPEC, lambda *step: steps.append(step)
    )

    assert right(encoder, start, TRAIN) == 0
    assert right(tuned, head, TRAIN) == len(TRAIN)
    assert [(done, total) for done, total, _ in steps] == [(n, 6) for n in range(1, 7)]
    assert steps[-1][2] < steps[0][2]
    assert (encoder.encode([body for body, _ in TRAIN]) == before).all()
    assert (start.weights != head.weights).any()
    assert tuned.space.parent == encoder.space.id
    words = tuned.model.state_dict()
    kept = [name for name in words if "word_embeddings" in name]
    assert kept and all(words[n].equal(encoder.model.state_dict()[n]) for n in kept)
    tuned.save(tmp_path / "model")
    again = load_folder(tmp_path / "model", tuned.space)
    assert (again.encode(["card"]) == tuned.encode(["card"])).all()


def test_same_seed_same_weights_whatever_the_order(encoder: SentenceEncoder, start: Head) -> None:
    spec = replace(SPEC, epochs=1)
    _, one = fine_tune_classes(encoder, TRAIN, TUNE, start, spec, quiet)
    _, two = fine_tune_classes(encoder, TRAIN[::-1], TUNE[::-1], start, spec, quiet)
    assert (one.weights == two.weights).all()


def test_it_stops_once_nothing_is_gained(encoder: SentenceEncoder) -> None:
    # What is held out contradicts what is learned: every epoch makes it worse.
    start = Head(16 * encoder.encode([TUNE[0][0], TUNE[1][0]]), np.zeros(2, np.float32))
    against = [(body, 1 - label) for body, label in TRAIN]
    steps: list[int] = []
    fine_tune_classes(
        encoder,
        TRAIN,
        against,
        start,
        replace(SPEC, epochs=8, patience=1),
        lambda done, _total, _loss: steps.append(done),
    )
    assert steps[-1] == 4  # two epochs of eight


def test_a_rare_topic_weighs_as_much_as_a_frequent_one(encoder: SentenceEncoder) -> None:
    from core.adapters.encoders.cross_entropy import _class_weights

    assert _class_weights([("a", 0), ("b", 0), ("c", 0), ("d", 1)], 2) == pytest.approx([2 / 3, 2])


def test_nothing_to_learn_from_is_told(encoder: SentenceEncoder, start: Head) -> None:
    for train, tune in (([], TUNE), (TRAIN, [])):
        with pytest.raises(TooFewError, match="embeddings"):
            fine_tune_classes(encoder, train, tune, start, SPEC, quiet)


def test_a_cancel_is_heard_at_the_next_step(encoder: SentenceEncoder, start: Head) -> None:
    def stop(done: int, total: int, loss: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        fine_tune_classes(encoder, TRAIN, TUNE, start, SPEC, stop)
