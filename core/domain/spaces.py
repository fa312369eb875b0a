"""Where vectors live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Space:
    """A vector space: an encoder at one revision.

    `id` is content_id("space", encoder, revision). `encoder` is the name of the
    model ("all-MiniLM-L6-v2"); `revision` the hash of its weights; `parent` the
    id of the space it was trained from, None for an untrained encoder.
    """

    id: str
    encoder: str
    parent: str | None
    revision: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """How a space was learned. `answers` maps who was asked what to what they said,
    both as ids; `facts` are JSON values for a model card (data, loss, seed, scores)."""

    answers: Mapping[str, str]
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the vectors of a space come from.

    `model_key` names a stored model folder, `vectors_key` stored vectors that came
    without a model; both None: the bundled embedder. `lesson` is None where nothing
    was learned from answers.
    """

    space: Space
    model_key: str | None = None
    vectors_key: str | None = None
    lesson: Lesson | None = None


@dataclass(frozen=True, slots=True)
class Embedding:
    """Vectors of texts in one space.

    `vectors` is float32 of shape (n, d), rows of unit length, in the order of
    `text_ids` (n, sorted).
    """

    space: str
    text_ids: tuple[str, ...]
    vectors: Floats


@dataclass(frozen=True, slots=True)
class Given:
    """Vectors that were brought in a file.

    `vectors` is float32 (n, d) as they stood there; `ids` names their rows, None where
    the file has no names and the order of the rows says which is which.
    """

    name: str
    ids: tuple[str, ...] | None
    vectors: Floats


@dataclass(frozen=True, slots=True)
class Layout:
    """Low-dimensional coordinates of texts, from one embedding.

    `reduced` is float32 (n, 5 or less) for clustering, `xy` float32 (n, 2) for
    drawing; both in the order of `text_ids`.
    """

    space: str
    text_ids: tuple[str, ...]
    reduced: Floats
    xy: Floats
