"""A retrain of a model that brings program code: what is saved says so, and opens again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.adapters.encoders import (
    SentenceEncoder,
    fine_tune,
    fine_tune_classes,
    load_folder,
    take_folder,
    with_adapter,
)
from core.domain.classification import EncoderSpec, Head
from core.domain.errors import ModelError
from core.domain.training import TrainingExamples, TrainingSpec
from tests.adapters.tiny_model import tiny_model, tiny_model_with_code, tiny_model_with_module

TEXTS = ["card lost", "where is my card", "query"]
LABELLED = [("card lost", 0), ("my card", 0), ("where is", 1), ("query", 1)]


def opened(source: Path, folder: Path) -> SentenceEncoder:
    folder.mkdir()
    space = take_folder(source, folder, name="tiny", prompt="query ", runs_code=True)
    return load_folder(folder, space, runs_code=True)


def adapted(encoder: SentenceEncoder) -> SentenceEncoder:
    return with_adapter(encoder, np.eye(16, dtype=np.float32)[::-1].copy())


def tuned(encoder: SentenceEncoder) -> SentenceEncoder:
    examples = TrainingExamples((("card lost", "my card", "query"),), ())
    return fine_tune(encoder, examples, TrainingSpec(epochs=1), lambda *step: None)


def classified(encoder: SentenceEncoder) -> SentenceEncoder:
    start = Head(np.zeros((2, 16), np.float32), np.zeros(2, np.float32))
    spec = EncoderSpec(epochs=1)
    return fine_tune_classes(encoder, LABELLED, LABELLED, start, spec, lambda *step: None)[0]


@pytest.mark.parametrize("learn", [adapted, tuned, classified])
@pytest.mark.parametrize("make", [tiny_model_with_code, tiny_model_with_module])
def test_code_stays_marked_through_retrains(
    make: Callable[[Path], Path], learn: Callable[..., SentenceEncoder], tmp_path: Path
) -> None:
    encoder = opened(make(tmp_path / "source"), tmp_path / "kept")
    for name in ("first", "second"):  # the second learns from what the first saved
        learned = learn(encoder)
        learned.save(tmp_path / name)
        with pytest.raises(ModelError, match="its own program code"):
            load_folder(tmp_path / name, learned.space)
        encoder = load_folder(tmp_path / name, learned.space, runs_code=True)
        assert np.abs(encoder.encode(TEXTS) - learned.encode(TEXTS)).max() < 1e-6
        assert encoder.prompt == "query "


def test_a_model_without_code_is_not_marked(tmp_path: Path) -> None:
    learned = adapted(opened(tiny_model(tmp_path / "source"), tmp_path / "kept"))
    learned.save(tmp_path / "first")
    assert load_folder(tmp_path / "first", learned.space).encode(TEXTS).shape == (3, 16)
