"""Models converted for OpenVINO. Where its packages are not installed only the refusals run."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from core.adapters.encoders import (
    SentenceEncoder,
    convert,
    converted_from,
    has_openvino,
    load_bundled,
    load_converted,
    load_folder,
)
from core.adapters.encoders.int8 import NEEDS
from core.domain.errors import ModelError
from core.domain.spaces import Space

ROOT = Path(__file__).resolve().parents[2]
BODIES = [
    *("my card was stolen", "what is the exchange rate", "", "\ud800 lone"),
    *(f"please tell me {'again and again ' * n}how much I have left" for n in range(12)),
    "money " * 2000,
]


def needs_openvino() -> None:
    for package in NEEDS:
        # nncf must not be imported here: its telemetry is switched off by the converter.
        if find_spec(package) is None:
            pytest.skip(f"{package} is not installed: it is optional")


@pytest.fixture(scope="module")
def base() -> SentenceEncoder:
    return load_bundled()


@pytest.fixture(scope="module")
def made(base: SentenceEncoder, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Space]:
    needs_openvino()
    folder = tmp_path_factory.mktemp("converted")
    return folder, convert(base, folder)


def test_vectors_are_unit_rows_near_those_of_the_model(
    base: SentenceEncoder, made: tuple[Path, Space]
) -> None:
    encoder = load_converted(*made, base)
    seen: list[int] = []
    vectors = encoder.encode(BODIES, seen.append)
    assert vectors.shape == (len(BODIES), 384) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    plain = base.encode(BODIES)
    assert (vectors * plain).sum(axis=1).min() > 0.98
    assert not np.array_equal(vectors, plain)
    assert seen[-1] == len(BODIES)
    assert encoder.max_words == base.max_words
    assert encoder.encode([]).shape == (0, 384)


def test_what_a_text_is_read_with_hardly_changes_its_vector(
    base: SentenceEncoder, made: tuple[Path, Space]
) -> None:
    encoder = load_converted(*made, base)
    together = encoder.encode(BODIES)
    alone = np.concatenate([encoder.encode([body]) for body in BODIES])
    assert (together * alone).sum(axis=1).min() > 0.999


def test_the_space_is_another_and_names_what_made_it(
    base: SentenceEncoder, made: tuple[Path, Space], tmp_path: Path
) -> None:
    folder, space = made
    assert space.encoder == "all-MiniLM-L6-v2 (OpenVINO int8)"
    assert space.id != base.space.id and space.parent is None
    assert converted_from(folder) == base.space.id
    assert convert(base, tmp_path) == space  # the same model gives the same space again
    with pytest.raises(ModelError):  # and its folder is no torch model
        load_folder(folder, space)


def test_a_damaged_or_foreign_conversion_is_refused(
    base: SentenceEncoder, made: tuple[Path, Space], tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match="another"):
        load_converted(made[0], base.space, base)
    space = convert(base, tmp_path)
    weights = next(tmp_path.rglob("*.bin"))
    content = bytearray(weights.read_bytes())
    content[1000] ^= 1
    weights.write_bytes(bytes(content))
    with pytest.raises(ModelError, match="has changed"):
        load_converted(tmp_path, space, base)


def test_no_connection_is_tried_and_no_telemetry_is_loaded(tmp_path: Path) -> None:
    needs_openvino()
    code = (
        "import socket, sys\n"
        "from pathlib import Path\n"
        "tried = []\n"
        "socket.socket.connect = lambda *a: tried.append(a)\n"
        "socket.getaddrinfo = lambda *a, **k: tried.append(a)\n"
        "from core.adapters.encoders import convert, load_bundled, load_converted\n"
        "base, folder = load_bundled(), Path(sys.argv[1])\n"
        "load_converted(folder, convert(base, folder), base).encode(['a text'])\n"
        "import nncf, openvino\n"
        "print(tried, [m for m in sys.modules if m.startswith('openvino_telemetry.')])\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True
    )
    assert ran.stdout.strip().splitlines()[-1] == "[] []", ran.stderr


def test_without_the_packages_the_next_move_is_told(
    base: SentenceEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide(monkeypatch)
    assert not has_openvino()
    with pytest.raises(ModelError, match="pip install openvino nncf"):
        convert(base, tmp_path)
    with pytest.raises(ModelError, match=r"pip install openvino\), or embed anew"):
        load_converted(tmp_path, base.space, base)


def hide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the packages be not found, whether they are installed or not."""
    monkeypatch.setattr(
        "core.adapters.encoders.int8.find_spec",
        lambda name: None if name in NEEDS else find_spec(name),
    )
