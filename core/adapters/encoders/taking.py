"""Taking in a model from elsewhere: by name from Hugging Face, or from a folder.

What is taken is copied, checked and pinned: safetensors weights and plain texts alone
(Python code only where a person allowed it), under a revision that is the hash of the
files. The model is tried on a text before anything is kept.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from core.adapters.encoders.opening import WEIGHTS, code_is_off, open_checked
from core.adapters.encoders.sentence import (
    REVISION_DIGITS,
    SentenceEncoder,
    checksums,
    space_of,
    write_manifest,
)
from core.domain.errors import ModelError, StorageError
from core.domain.spaces import Space

_PLAIN = frozenset({".json", ".txt", ".model", ".jinja", WEIGHTS})
_PICKLED = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".h5", ".msgpack"})
# Other forms of the same weights, which are not read.
_OTHER_FORMS = frozenset({"onnx", "openvino", "coreml"})
_TRIAL = "A short text to try the model on."
# Share of the model's weights that must be in the files: a pooler may be missing.
_NAMED_SHARE = 0.9


def fetch_model(name: str, revision: str | None, cache: Path) -> tuple[Path, str]:
    """Download a sentence-transformers model by its name on Hugging Face.

    Returns its folder and the commit that it is pinned to; `revision` None means the
    newest. Only the name goes out. Raises ModelError where it cannot be had.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    patterns = [f"*{suffix}" for suffix in (*_PLAIN, ".py")]
    try:
        folder = snapshot_download(
            name,
            revision=revision or None,
            cache_dir=cache,
            allow_patterns=patterns,
            ignore_patterns=[f"{folder}/*" for folder in _OTHER_FORMS],
        )
    except (HfHubHTTPError, HFValidationError, OSError) as error:
        raise ModelError(
            f"The model {name} could not be downloaded ({_first_line(error)}).",
            "Check its name, its revision and the connection, or give the folder of a copy.",
        ) from error
    return Path(folder), Path(folder).name


def take_folder(
    source: Path, target: Path, *, name: str, prompt: str | None, runs_code: bool
) -> Space:
    """Copy the model in `source` into the empty folder `target`, and return its space.

    `prompt` is put before each text ("" for nothing, None: as the model has it).
    Raises ModelError where there is no model, where it is damaged, keeps its weights
    in a format that can hide program code, or brings code while `runs_code` is off,
    and StorageError where the disk refuses.
    """
    code = _look_over(source, name)
    if code and not runs_code:
        raise code_is_off(name)
    try:
        _copy(source, target, _PLAIN | ({".py"} if code else frozenset()))
    except OSError as error:
        raise StorageError(
            f"The model {name} could not be copied ({error.strerror or error}).",
            "Make room on the disk or check the rights of its folder, then try again.",
        ) from error
    _try(target, name, runs_code=code)
    pinned = json.dumps([checksums(target), prompt])
    digest = hashlib.sha256(pinned.encode()).hexdigest()
    space = space_of(name, digest[:REVISION_DIGITS], None)
    write_manifest(target, space, runs_code=code, prompt=prompt)
    return space


def _look_over(source: Path, name: str) -> bool:
    """Return whether the model brings program code; raise ModelError where it is none."""
    if not source.is_dir():
        raise ModelError(f"There is no folder {source}.", "Give the whole path of a model folder.")
    if not any((source / file).is_file() for file in ("modules.json", "config.json")):
        raise ModelError(
            f"{name} is no model: its folder holds neither modules.json nor config.json.",
            "Give the folder that sentence-transformers or transformers saved the model into.",
        )
    suffixes = {path.suffix for path in _files(source)}
    if WEIGHTS not in suffixes:
        if suffixes & _PICKLED:
            raise ModelError(
                f"{name} keeps its weights in a format that can hide program code.",
                "Save it once more as safetensors (safe_serialization=True) and give that folder.",
            )
        raise ModelError(
            f"{name} is incomplete: its folder holds no weights (*{WEIGHTS}).",
            "Copy or download the whole model again.",
        )
    return _brings_code(source, name)


def _brings_code(source: Path, name: str) -> bool:
    """Whether a configuration names code that does not come with the libraries."""
    modules = _read(source / "modules.json", name) or []
    types = [str(module.get("type", "")) for module in modules if isinstance(module, dict)]
    if any(not kind.startswith("sentence_transformers.") for kind in types):
        return True
    configs = [path for path in _files(source) if path.suffix == ".json" and "config" in path.name]
    found = (_read(path, name) for path in configs)
    return any(isinstance(config, dict) and "auto_map" in config for config in found)


def _read(path: Path, name: str) -> Any:
    if not path.is_file():
        return None
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{name} is damaged: {path.name} cannot be read.",
            "Copy or download the whole model again.",
        ) from error


def _files(source: Path) -> list[Path]:
    """The files of a model, without hidden ones and other forms of its weights."""
    return [
        path
        for path in sorted(source.rglob("*"))
        if path.is_file()
        and not any(
            part.startswith(".") or part in _OTHER_FORMS for part in path.relative_to(source).parts
        )
    ]


def _copy(source: Path, target: Path, suffixes: frozenset[str]) -> None:
    for path in _files(source):
        if path.suffix in suffixes:
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


def _try(folder: Path, name: str, *, runs_code: bool) -> None:
    """Open the copy and embed one text; raise ModelError where that does not work."""
    from safetensors import SafetensorError

    try:
        model = open_checked(folder, runs_code=runs_code)
        whole = _has_its_weights(folder, model)
        SentenceEncoder(model, space_of(name, "", None)).encode([_TRIAL])
    except (
        *(OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError, ImportError),
        SafetensorError,
    ) as error:
        raise ModelError(
            f"{name} cannot be opened as a sentence-transformers model ({_first_line(error)}).",
            "Check that the folder is whole, or choose another model.",
        ) from error
    if not whole:
        raise ModelError(
            f"{name} is damaged: its weights belong to another model.",
            "Copy or download the whole model again.",
        )


def _has_its_weights(folder: Path, model: Any) -> bool:
    """Whether the files hold the model's weights: what is missing is drawn at random."""
    from safetensors import safe_open

    stored: set[str] = set()
    for path in folder.rglob(f"*{WEIGHTS}"):
        with safe_open(path, framework="pt") as weights:
            stored.update(weights.keys())
    wanted = [name for name, _ in model.named_parameters()]
    # The beginning of a name depends on what the model is wrapped in.
    found = [any(name.endswith(key) or key.endswith(name) for key in stored) for name in wanted]
    return sum(found) >= _NAMED_SHARE * len(wanted)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
