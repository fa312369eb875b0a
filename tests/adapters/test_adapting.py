"""An adapter as the last modules of an ordinary encoder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.adapters.encoders import SentenceEncoder, load_bundled, load_folder, with_adapter
from core.domain.errors import ModelError
from core.domain.spaces import Embedding, Floats
from core.steps.training import adapted

BODIES = ["where is my card", "top up failed", "the exchange rate is wrong"]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return load_bundled()


def adapter(size: int) -> Floats:
    dice = np.random.default_rng(0)
    return (np.eye(size) + 0.02 * dice.normal(size=(size, size))).astype(np.float32)


def test_the_saved_encoder_gives_what_the_map_gives_of_the_cached_vectors(
    encoder: SentenceEncoder, tmp_path: Path
) -> None:
    found = adapter(384)
    before = encoder.encode(BODIES)

    tuned = with_adapter(encoder, found)
    tuned.save(tmp_path / "model")
    opened = load_folder(tmp_path / "model", tuned.space)

    wanted = adapted(Embedding("old", ("a", "b", "c"), before), found, tuned.space.id).vectors
    assert np.abs(wanted - before).max() > 0.01
    for one in (tuned, opened):
        given = one.encode(BODIES)
        # bfloat16 where the processor has it: a few thousandths.
        assert (given * wanted).sum(axis=1).min() > 0.999
    assert np.array_equal(encoder.encode(BODIES), before)
    assert tuned.space.encoder == "all-MiniLM-L6-v2+r1"
    assert tuned.space.parent == encoder.space.id
    again = with_adapter(opened, found)
    assert again.space.encoder.endswith("+r2") and again.space.parent == tuned.space.id


@pytest.mark.parametrize("wrong", ["size", "nan"])
def test_a_map_that_does_not_fit_is_refused(encoder: SentenceEncoder, wrong: str) -> None:
    found = adapter(16 if wrong == "size" else 384)
    if wrong == "nan":
        found[0, 0] = np.nan
    with pytest.raises(ModelError):
        with_adapter(encoder, found)
