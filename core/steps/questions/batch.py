"""A batch of all kinds, each with the embedder's guess."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import cycle, islice

from core.domain.clusterings import Clustering
from core.domain.groupings import Ground, Grouping
from core.domain.questions import Asked, Contradiction
from core.domain.spaces import Embedding
from core.steps.questions.guesses import guesses
from core.steps.questions.pairs import propose_pairs
from core.steps.questions.placements import propose_placements
from core.steps.questions.triplets import propose_triplets

# Eight of ten questions place a text: on texts of BANKING77's train file 400 of which six of
# ten did so put 81.5% right, all of them 85.5%. Triplets teach the embedder what is closer,
# and pairs along the merge tree say how many groups.
_TURNS = ("placement", "triplet", "placement", "pair", "placement", *("placement",) * 5)

# Contradictions come first, but are not all that a person is asked.
_CONTRADICTIONS = 3

_CLASH = "Answers about these three texts cannot all be right; yours settles it."


def propose(
    embedding: Embedding,
    clustering: Clustering,
    ground: Ground,
    grouping: Grouping,
    clashes: Sequence[Contradiction],
    *,
    count: int,
    asked: Collection[str],
    seed: int,
) -> tuple[Asked, ...]:
    """Return up to `count` questions: up to three `clashes`, the heaviest first, then
    80% placements, 10% triplets and 10% pairs, interleaved, over all batches.

    Where one kind runs out the others fill in; fewer come back, and in the end
    none, where all do. Each carries the embedder's guess; none has an id in
    `asked`. Raises InputError where the arguments are about different texts.
    """
    sources = {
        "placement": deque(propose_placements(ground, grouping, count=count, asked=asked)),
        "triplet": deque(
            propose_triplets(embedding, clustering, count=count, asked=asked, seed=seed)
        ),
        "pair": deque(propose_pairs(embedding, clustering, count=count, asked=asked, seed=seed)),
    }
    there = frozenset(embedding.text_ids)
    count = max(0, count)
    batch = [
        Asked(clash, _CLASH, len(clash.texts), embedding.space)
        for clash in clashes
        if there.issuperset(clash.texts) and clash.id not in asked
    ][: min(_CONTRADICTIONS, count)]
    first = len(asked)  # where the batch before this one left off, small as it may be
    for kind in islice(cycle(_TURNS), first, first + count - len(batch)):
        source = sources[kind] or next((left for left in sources.values() if left), deque())
        if not source:
            break
        batch.append(source.popleft())
    made = guesses([item.question for item in batch], embedding, clustering)
    return tuple(replace(item, guess=guess) for item, guess in zip(batch, made, strict=True))
