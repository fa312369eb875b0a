from __future__ import annotations

import socket
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.adapters.encoders import SentenceEncoder, fine_tune, load_bundled, load_folder
from core.domain.errors import Cancelled, ModelError, TooFewError
from core.domain.ids import content_id
from core.domain.training import TrainingExamples, TrainingSpec

TRIPLETS = (
    ("where is my card", "my card has not arrived", "the exchange rate is wrong"),
    ("top up failed", "I could not add money", "where is my card"),
    ("cash withdrawal fee", "charged at the machine", "my card has not arrived"),
)
PAIRS = (
    ("lost my phone", "my phone was stolen", True),
    ("lost my phone", "my card was stolen", False),
    ("change my pin", "new pin please", True),
)
SPEC = TrainingSpec(epochs=1, batch_size=4, seed=3)
BODIES = sorted({body for triplet in TRIPLETS for body in triplet})


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return load_bundled()


def quiet(done: int, total: int, loss: float) -> None:
    """No interest in the steps."""


def test_training_gives_a_new_encoder_and_leaves_the_old(encoder: SentenceEncoder) -> None:
    before = encoder.encode(BODIES)
    weights = {name: value.clone() for name, value in encoder.model.state_dict().items()}
    steps: list[tuple[int, int, float]] = []
    tuned = fine_tune(
        encoder,
        TrainingExamples(TRIPLETS, PAIRS),
        replace(SPEC, epochs=2),
        lambda done, total, loss: steps.append((done, total, loss)),
    )
    assert [(done, total) for done, total, _ in steps] == [(n, 4) for n in range(1, 5)]
    assert all(np.isfinite(loss) and loss >= 0 for _, _, loss in steps)
    assert np.array_equal(encoder.encode(BODIES), before)
    assert all(value.equal(weights[name]) for name, value in encoder.model.state_dict().items())
    assert not np.array_equal(tuned.encode(BODIES), before)
    assert tuned.space.encoder == "all-MiniLM-L6-v2+r1"
    assert tuned.space.parent == encoder.space.id
    assert tuned.space.id == content_id("space", tuned.space.encoder, tuned.space.revision)


def test_same_seed_same_weights_whatever_the_order(encoder: SentenceEncoder) -> None:
    first = fine_tune(encoder, TrainingExamples(TRIPLETS, PAIRS), SPEC, quiet)
    again = fine_tune(encoder, TrainingExamples(TRIPLETS[::-1], PAIRS[::-1]), SPEC, quiet)
    other = fine_tune(encoder, TrainingExamples(TRIPLETS, PAIRS), replace(SPEC, seed=4), quiet)
    assert first.space == again.space
    assert first.space.id != other.space.id


def test_one_kind_of_example_is_enough_and_learns(encoder: SentenceEncoder) -> None:
    anchor, near, far = (encoder.encode([body])[0] for body in TRIPLETS[1])
    spec = replace(SPEC, epochs=3, learning_rate=1e-4)
    tuned = fine_tune(encoder, TrainingExamples(TRIPLETS, ()), spec, quiet)
    new_anchor, new_near, new_far = (tuned.encode([body])[0] for body in TRIPLETS[1])
    assert new_anchor @ new_near - new_anchor @ new_far > anchor @ near - anchor @ far

    left, right = (encoder.encode([body])[0] for body in PAIRS[1][:2])
    tuned = fine_tune(encoder, TrainingExamples((), PAIRS), spec, quiet)
    new_left, new_right = (tuned.encode([body])[0] for body in PAIRS[1][:2])
    assert new_left @ new_right < left @ right


@pytest.mark.parametrize("same", [True, False])
def test_pairs_that_are_all_alike_teach_too(encoder: SentenceEncoder, same: bool) -> None:
    pairs = tuple((left, right, same) for left, right, _ in PAIRS)
    tuned = fine_tune(encoder, TrainingExamples((), pairs), replace(SPEC, epochs=2), quiet)
    lefts, rights = zip(*(pair[:2] for pair in PAIRS), strict=True)
    before = (encoder.encode(lefts) * encoder.encode(rights)).sum()
    after = (tuned.encode(lefts) * tuned.encode(rights)).sum()
    assert (after > before) == same


def test_an_answer_against_the_model_is_learned(encoder: SentenceEncoder) -> None:
    """The guide finds the negative closer than the positive; the person says otherwise."""
    answer = ("where is my card", "the exchange rate is wrong", "my card has not arrived")
    losses: list[float] = []
    fine_tune(
        encoder,
        TrainingExamples((answer,), ()),
        SPEC,
        lambda done, total, loss: losses.append(loss),
    )
    assert losses[0] > 1


def test_a_tuned_encoder_is_saved_loaded_and_tuned_again(
    encoder: SentenceEncoder, tmp_path: Path
) -> None:
    tuned = fine_tune(encoder, TrainingExamples(TRIPLETS, ()), SPEC, quiet)
    tuned.save(tmp_path / "r1")
    loaded = load_folder(tmp_path / "r1", tuned.space)
    assert np.abs(loaded.encode(BODIES) - tuned.encode(BODIES)).max() <= 1e-6
    assert fine_tune(loaded, TrainingExamples((), PAIRS), SPEC, quiet).space.encoder.endswith("+r2")


def test_cancelling_ends_at_once(encoder: SentenceEncoder) -> None:
    steps: list[int] = []

    def cancel(done: int, total: int, loss: float) -> None:
        steps.append(done)
        raise Cancelled

    with pytest.raises(Cancelled):
        fine_tune(encoder, TrainingExamples(TRIPLETS, ()), replace(SPEC, epochs=50), cancel)
    assert steps == [1]


def test_divergence_is_told(encoder: SentenceEncoder) -> None:
    spec = replace(SPEC, epochs=8, learning_rate=1e30)
    with pytest.raises(ModelError, match="diverged"):
        fine_tune(encoder, TrainingExamples(TRIPLETS, PAIRS), spec, quiet)


def test_nothing_to_learn_from_is_told(encoder: SentenceEncoder) -> None:
    with pytest.raises(TooFewError):
        fine_tune(encoder, TrainingExamples((), ()), SPEC, quiet)


def test_training_leaves_no_trace(
    encoder: SentenceEncoder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    fine_tune(encoder, TrainingExamples(TRIPLETS, PAIRS), SPEC, quiet)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr().out == ""
