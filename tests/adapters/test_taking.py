"""Taking in a model: checked, copied, pinned; what is none or could run code is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.adapters.encoders import load_folder, take_folder
from core.domain.errors import CladeError, ModelError
from tests.adapters.tiny_model import tiny_model, tiny_model_with_code

TEXTS = ["card lost", "where is my card", "query"]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("tiny") / "model")


@pytest.fixture
def source(tiny: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny, tmp_path / "source"))


def taken(source: Path, target: Path, prompt: str | None = None, runs_code: bool = False):
    target.mkdir(exist_ok=True)
    space = take_folder(source, target, name="tiny", prompt=prompt, runs_code=runs_code)
    return space, target


def test_a_model_is_copied_and_gives_the_library_s_own_vectors(
    source: Path, tmp_path: Path
) -> None:
    from sentence_transformers import SentenceTransformer

    (source / "notes.exe").write_bytes(b"not a model's")
    space, folder = taken(source, tmp_path / "kept")
    encoder = load_folder(folder, space)
    found = encoder.encode(TEXTS)
    reference = SentenceTransformer(str(source)).encode(TEXTS, normalize_embeddings=True)
    assert np.abs((found * reference).sum(axis=1) - 1).max() < 0.01
    assert space.encoder == "tiny" and space.parent is None
    assert not (folder / "notes.exe").exists()


def test_the_space_is_named_by_weights_and_instruction(source: Path, tmp_path: Path) -> None:
    plain, _ = taken(source, tmp_path / "a")
    again, _ = taken(source, tmp_path / "b")
    asked, folder = taken(source, tmp_path / "c", prompt="query ")
    other, _ = taken(tiny_model(tmp_path / "other", seed=1), tmp_path / "d")
    assert plain == again
    assert len({plain.id, asked.id, other.id}) == 3
    encoder = load_folder(folder, asked)
    assert encoder.prompt == "query "
    bare = load_folder(tmp_path / "a", plain).encode(["query card lost"])
    assert np.allclose(encoder.encode(["card lost"]), bare, atol=1e-5)


def test_an_instruction_that_pooling_leaves_out_is_left_out(source: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(source))
    model.set_pooling_include_prompt(False)
    model.save(str(tmp_path / "instructed"))
    space, folder = taken(tmp_path / "instructed", tmp_path / "kept", prompt="query ")
    reference = model.encode(TEXTS, prompt="query ", normalize_embeddings=True)
    found = load_folder(folder, space).encode(TEXTS)
    assert np.abs((found * reference).sum(axis=1) - 1).max() < 0.01


def test_a_model_of_static_vectors_is_taken_too(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    tokenizer = Tokenizer(WordLevel({"[UNK]": 0, "card": 1, "lost": 2, "query": 3}, "[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=8)]).save(
        str(tmp_path / "static")
    )
    space, folder = taken(tmp_path / "static", tmp_path / "kept")
    encoder = load_folder(folder, space)
    assert encoder.encode(TEXTS).shape == (3, 8)
    assert encoder.max_words > 100_000


def test_a_model_that_reads_long_texts_reads_them(tmp_path: Path) -> None:
    space, folder = taken(tiny_model(tmp_path / "long", longest=4096), tmp_path / "kept")
    encoder = load_folder(folder, space)
    assert encoder.max_words > 3000
    long = "card " * 2000
    first, second = encoder.encode([long, long + "lost " * 500])
    assert not np.allclose(first, second, atol=1e-4)


def no_config(folder: Path) -> None:
    (folder / "config.json").unlink()


def no_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def pickled(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def cut(folder: Path) -> None:
    data = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(data[: len(data) // 2])


def no_json(folder: Path) -> None:
    (folder / "config.json").write_text("{", "utf-8")


def other_weights(folder: Path) -> None:
    import torch
    from safetensors.torch import save_file

    save_file({"something.else": torch.ones(3)}, folder / "model.safetensors")


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (no_config, "is no model"),
        (no_weights, "holds no weights"),
        (pickled, "can hide program code"),
        (cut, "cannot be opened"),
        (no_json, "cannot be read"),
        (other_weights, "belong to another model|cannot be opened"),
        (shutil.rmtree, "There is no folder"),
    ],
)
def test_what_is_no_model_or_a_damaged_one_is_refused_in_a_sentence(
    source: Path, tmp_path: Path, harm: Callable[[Path], None], says: str
) -> None:
    harm(source)
    with pytest.raises(ModelError, match=says) as refused:
        taken(source, tmp_path / "kept")
    assert refused.value.next_move


def test_code_of_a_model_runs_only_where_it_is_allowed(tmp_path: Path) -> None:
    source = tiny_model_with_code(tmp_path / "source")
    with pytest.raises(ModelError, match="its own program code") as refused:
        taken(source, tmp_path / "refused")
    assert "Settings" in refused.value.next_move
    assert not list((tmp_path / "refused").iterdir())

    space, folder = taken(source, tmp_path / "kept", runs_code=True)
    assert load_folder(folder, space, runs_code=True).encode(TEXTS).shape == (3, 16)
    # Turned off again, the kept model is not opened.
    with pytest.raises(CladeError, match="its own program code"):
        load_folder(folder, space)


def test_a_module_from_elsewhere_counts_as_code(source: Path, tmp_path: Path) -> None:
    modules = [{"idx": 0, "name": "0", "path": "", "type": "os.path.Transformer"}]
    (source / "modules.json").write_text(json.dumps(modules), "utf-8")
    with pytest.raises(ModelError, match="its own program code"):
        taken(source, tmp_path / "kept")
