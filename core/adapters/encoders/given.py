"""Vectors that came from a file, behind the Encoder port."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from core.domain.errors import ModelError
from core.domain.ids import text_id
from core.domain.spaces import Embedding, Floats, Space


class GivenVectors:
    """Answers for the texts that it was given vectors of, and for no other."""

    max_words = 1_000_000
    """Whatever made the vectors has read the texts already."""

    def __init__(self, space: Space, embedding: Embedding) -> None:
        self._space = space
        self._vectors = embedding.vectors
        self._row_of = {text: row for row, text in enumerate(embedding.text_ids)}

    @property
    def space(self) -> Space:
        return self._space

    def encode(
        self, bodies: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> Floats:
        """Return float32 (n, d), unit rows, in the order of `bodies`.

        Raises ModelError for a text that came without a vector.
        """
        rows = [self._row_of.get(text_id(body), -1) for body in bodies]
        if -1 in rows:
            raise ModelError(
                "This map stands on vectors from a file, so no model can read a new text.",
                "Embed anew with a model on the Map page, then try again.",
            )
        if on_batch is not None:
            on_batch(len(rows))
        return self._vectors[np.array(rows, dtype=np.int64)]
