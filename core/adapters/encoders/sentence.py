"""A sentence-transformers model behind the Encoder port."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.domain.errors import ModelError, StorageError
from core.domain.ids import content_id
from core.domain.spaces import Floats, Space

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

REVISION_DIGITS = 16

MANIFEST = "clade.json"
"""The list of a model folder's files with their checksums."""

# English word pieces a word, punctuation included (measured on Bank77 and CLINC150: 1.2).
_PIECES_PER_WORD = 1.3
# Padded tokens in a batch. On a CPU about a thousand keeps the activations in the cache.
_CPU_BATCH_TOKENS = 1024
_CUDA_BATCH_TOKENS = 65536
_TOKENISE_AT_ONCE = 4096
# Tokens beyond which no model reads.
_ENDLESS = 1_000_000
# Below this a vector has no direction and is left as it is.
_SHORTEST = np.float32(1e-12)

Features = dict[str, Any]
"""What a model reads of a batch, by name: torch tensors."""


def space_of(encoder: str, revision: str, parent: str | None) -> Space:
    """Return the space of `encoder` at `revision`; its id follows from the two."""
    return Space(content_id("space", encoder, revision), encoder, parent, revision)


class SentenceEncoder:
    """A SentenceTransformer as an Encoder (core.domain.ports).

    `runs_code` says that the model brings program code of its own, which a person allowed.
    """

    def __init__(
        self, model: SentenceTransformer, space: Space, *, runs_code: bool = False
    ) -> None:
        self._model = model
        self._space = space
        self._runs_code = runs_code
        self._fast: SentenceTransformer | None = None

    @property
    def space(self) -> Space:
        return self._space

    @property
    def model(self) -> SentenceTransformer:
        """The float32 model, for training copies of it; not to be changed."""
        return self._model

    def followed_by(self, model: SentenceTransformer, space: Space) -> SentenceEncoder:
        """Return `model`, which was made of this one and needs the same code, as the encoder
        of `space`."""
        return SentenceEncoder(model, space, runs_code=self._runs_code)

    @property
    def max_words(self) -> int:
        return int((self._max_tokens - 2) / _PIECES_PER_WORD)

    @property
    def _max_tokens(self) -> int:
        found = self._model.max_seq_length
        if found is None:  # a model that reads words one by one has no end
            found = getattr(self._model.tokenizer, "model_max_length", _ENDLESS)
        return int(min(found, _ENDLESS))

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

        model = self._fast_model()
        if not self.reads_tokens:
            return self._encode_otherwise(bodies, on_batch)
        prompt = self.prompt_length()

        def forward(features: Features) -> Floats:
            there = {name: part.to(model.device) for name, part in features.items()}
            with torch.inference_mode():
                found = model({**there, **prompt})["sentence_embedding"].float()
            vectors: Floats = found.cpu().numpy()
            return vectors

        budget = _CPU_BATCH_TOKENS if model.device.type == "cpu" else _CUDA_BATCH_TOKENS
        return self.encode_by(forward, bodies, on_batch, budget)

    def encode_by(
        self,
        forward: Callable[[Features], Floats],
        bodies: Sequence[str],
        on_batch: Callable[[int], None] | None = None,
        budget: int = _CPU_BATCH_TOKENS,
    ) -> Floats:
        """Return what `encode` does, the vectors of a batch coming from `forward`.

        That gets `input_ids` and `attention_mask`, int64 (b, t), as torch tensors in main
        memory, b times t at most `budget`, and returns float32 (b, d) of any length.
        """
        dimension = int(self._model.get_embedding_dimension())
        vectors = np.empty((len(bodies), dimension), dtype=np.float32)
        tokens = self._tokenise(bodies)
        done = 0
        for rows in _batches(tokens, bodies, budget):
            features = self._model.tokenizer.pad(
                {"input_ids": [tokens[row] for row in rows]}, return_tensors="pt"
            )
            vectors[rows] = _unit(forward(dict(features)))
            done += len(rows)
            if on_batch is not None:
                on_batch(done)
        return self._finite(vectors)

    @property
    def reads_tokens(self) -> bool:
        """Whether the model is a transformer, which reads tokens in padded batches."""
        return callable(getattr(self._model.tokenizer, "pad", None))

    def _encode_otherwise(
        self, bodies: Sequence[str], on_batch: Callable[[int], None] | None
    ) -> Floats:
        """Encode by the library's own way: for models that are no transformers."""
        dimension = int(self._model.get_embedding_dimension())
        vectors = np.empty((len(bodies), dimension), dtype=np.float32)
        for start in range(0, len(bodies), _TOKENISE_AT_ONCE):
            block = bodies[start : start + _TOKENISE_AT_ONCE]
            vectors[start : start + len(block)] = self._model.encode(
                list(block), normalize_embeddings=True, show_progress_bar=False
            )
            if on_batch is not None:
                on_batch(start + len(block))
        return self._finite(vectors)

    @staticmethod
    def _finite(vectors: Floats) -> Floats:
        if not np.isfinite(vectors).all():
            raise ModelError(
                "The embedder gives numbers that are not finite.",
                "Go back to the model before the last retrain.",
            )
        return vectors

    @property
    def prompt(self) -> str:
        """What the model wants put before each text, "" for nothing."""
        model = self._model
        name = model.default_prompt_name
        return str(model.prompts.get(name) or "") if name else ""

    def prompt_length(self) -> dict[str, int]:
        """The tokens of the prompt where the model's pooling leaves them out."""
        pools = [m for m in self._model if getattr(m, "include_prompt", True) is False]
        if not self.prompt or not pools:
            return {}
        ids = self._model.tokenizer(self.prompt)["input_ids"]
        ends = {self._model.tokenizer.sep_token_id, self._model.tokenizer.eos_token_id}
        return {"prompt_length": len(ids) - (ids[-1] in ends)}

    def save(self, folder: Path) -> None:
        """Write the model into `folder` (made if missing), for `load_folder`.

        The list of checksums is written last, so that an interrupted save is
        recognised. Raises StorageError where the disk refuses.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._model.save(str(folder), create_model_card=False)
            if self._runs_code:
                _lift_code(folder)
            write_manifest(folder, self._space, runs_code=self._runs_code)
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
        prompt = self.prompt
        for start in range(0, len(bodies), _TOKENISE_AT_ONCE):
            # The tokenizer refuses lone surrogates, which JSON files may hold.
            block = [
                (prompt + body).encode("utf-8", "replace").decode("utf-8")
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


def _unit(vectors: Floats) -> Floats:
    """Scale rows to unit length: bfloat16 leaves them up to 0.4% off."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: Floats = vectors / np.maximum(lengths, _SHORTEST)
    return found


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


def _lift_code(folder: Path) -> None:
    """Copy the code of modules to the top of their model, where the library looks for it:
    it writes it beside the weights of each."""
    for path in sorted(folder.glob("*/*.py")):
        shutil.copyfile(path, folder / path.name)


def write_manifest(
    folder: Path,
    space: Space,
    *,
    runs_code: bool = False,
    prompt: str | None = None,
    of: str | None = None,
) -> None:
    """List the files of a model folder with their checksums, for `load_folder`, which puts
    `prompt` before each text (None: as the model has it). `of` is the id of the space whose
    model was converted into this one, None where it is none of that kind."""
    manifest = {
        "space": space.id,
        "files": checksums(folder),
        "runs_code": runs_code,
        "prompt": prompt,
        "of": of,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")


def checksums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a model folder but the list itself."""
    return {
        path.relative_to(folder).as_posix(): sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
