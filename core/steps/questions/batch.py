"""A batch of both kinds, each with the embedder's guess."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import replace
from itertools import cycle, islice

from core.domain.clusterings import Clustering
from core.domain.errors import TooFewError
from core.domain.questions import Asked
from core.domain.spaces import Embedding
from core.steps.questions.guesses import guess
from core.steps.questions.pairs import propose_pairs
from core.steps.questions.triplets import propose_triplets

# True for a triplet: three of five are triplets, and no two pairs stand together.
_TURNS = (True, False, True, False, True)


def propose(
    embedding: Embedding,
    clustering: Clustering,
    *,
    count: int,
    asked: Collection[str],
    seed: int,
) -> tuple[Asked, ...]:
    """Return up to `count` questions, 60% triplets and 40% pairs, interleaved.

    Where one kind runs out the other fills in; fewer come back, and in the end
    none, where both do. Each carries the embedder's guess. With fewer than two
    clusters all are pairs. Raises TooFewError for fewer than three texts, and
    InputError where the arguments are about different texts.
    """
    if len(embedding.text_ids) < 3:
        raise TooFewError(
            f"Asking takes three texts or more, and this project has {len(embedding.text_ids)}.",
            "Add texts on the Data page.",
        )
    triplets = deque(propose_triplets(embedding, clustering, count=count, asked=asked, seed=seed))
    pairs = deque(propose_pairs(embedding, clustering, count=count, asked=asked, seed=seed))
    batch: list[Asked] = []
    for triplet in islice(cycle(_TURNS), max(0, count)):
        source = triplets if triplets and (triplet or not pairs) else pairs
        if not source:
            break
        batch.append(source.popleft())
    return tuple(replace(item, guess=guess(item.question, embedding, clustering)) for item in batch)
