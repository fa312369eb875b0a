"""From a space to the encoder that made it, and from texts to cached vectors."""

from __future__ import annotations

from functools import cache, partial

import numpy as np

from core.adapters.encoders import (
    GivenVectors,
    SentenceEncoder,
    bundled_space,
    converted_from,
    load_bundled,
    load_converted,
    load_folder,
)
from core.adapters.files import VectorCache
from core.domain.errors import ModelError, TooFewError
from core.domain.ports import Encoder, Progress
from core.domain.spaces import Embedding, Origin, Space
from core.domain.texts import Corpus
from core.project.workspace import Workspace

CHUNK = 1024
"""Texts embedded and kept together: what a killed job has to do again at most."""


def base_space(workspace: Workspace) -> Space:
    """Return the bundled embedder's space, known to the store."""
    space = bundled_space()
    workspace.store.maps.add_space(Origin(space))
    return space


def open_encoder(workspace: Workspace, space_id: str, *, runs_code: bool = False) -> Encoder:
    """Load what makes the vectors of a space: its model, or the vectors that were brought.

    `runs_code` lets a model run the program code that it brings. Raises ModelError,
    StorageError.
    """
    origin = workspace.store.maps.space(space_id)
    if origin.vectors_key is None:
        plain = open_trainable(workspace, space_id, runs_code=runs_code)
        if origin.model_key is None or plain.space.id == space_id:
            return plain
        return load_converted(workspace.files.folder(origin.model_key), origin.space, plain)
    stored = workspace.files.arrays(origin.vectors_key)
    ids = tuple(stored["text_ids"].astype("U16").tolist())
    return GivenVectors(origin.space, Embedding(space_id, ids, stored["vectors"]))


def open_trainable(
    workspace: Workspace, space_id: str, *, runs_code: bool = False
) -> SentenceEncoder:
    """Load the float32 model of a space: of a converted one, that which was converted, whose
    own space it then gives vectors of. Raises as `open_encoder`, and ModelError where the
    space has none."""
    origin = workspace.store.maps.space(space_id)
    if origin.vectors_key is not None:
        raise no_model()
    if origin.model_key is None:
        return _bundled()
    folder = workspace.files.folder(origin.model_key)
    source = converted_from(folder)
    if source is not None:
        return open_trainable(workspace, source, runs_code=runs_code)
    return load_folder(folder, origin.space, runs_code=runs_code)


@cache
def _bundled() -> SentenceEncoder:
    """Load the bundled model once a process: a worker at hand has it for its next job."""
    return load_bundled()


def no_model() -> ModelError:
    """Return the refusal to train where vectors came without a model."""
    return ModelError(
        "This map stands on vectors from a file: there is no model to train.",
        "Embed anew with a model on the Map page, then train it.",
    )


def embed(workspace: Workspace, corpus: Corpus, encoder: Encoder, progress: Progress) -> Embedding:
    """Embed a corpus; only texts that this space never read, whatever their project.

    They go chunk by chunk in the order of the ids, and each chunk is kept when it is
    done, so an interrupted job goes on where it stopped. A text keeps the vector that it
    got first: in another batch its last digits could differ.
    """
    ids = tuple(text.id for text in corpus.texts)
    settings, space = workspace.settings, encoder.space.id
    files = settings.home / "files"
    cache = VectorCache(files / "vectors", files / "tmp", settings.vectors_mb * 1_000_000)
    known, vectors = cache.find(space, ids)
    missing = np.flatnonzero(~known)
    there = len(ids) - len(missing)
    for start in range(0, len(missing), CHUNK):
        rows = missing[start : start + CHUNK]
        on_batch = partial(_report, progress, there + start, len(ids))
        made = encoder.encode([corpus.texts[row].body for row in rows], on_batch)
        cache.keep(space, [ids[row] for row in rows], made)
        if vectors is None:
            vectors = np.empty((len(ids), made.shape[1]), dtype=np.float32)
        vectors[rows] = made
    if vectors is None:
        raise TooFewError("There is no text to embed.", "Bring texts on the Data page first.")
    return Embedding(space, ids, vectors)


def _report(progress: Progress, start: int, total: int, done: int) -> None:
    at = start + done
    progress.report(at / total, f"Embedding {at:,} of {total:,} texts")
