"""Where vectors live."""

from __future__ import annotations

from dataclasses import dataclass

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
class Embedding:
    """Vectors of texts in one space.

    `vectors` is float32 of shape (n, d), rows of unit length, in the order of
    `text_ids` (n, sorted).
    """

    space: str
    text_ids: tuple[str, ...]
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
