"""Triplets around the texts that stand between groups."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain, combinations, zip_longest

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import UNASSIGNED, Clustering
from core.domain.questions import Asked, Triplet
from core.domain.spaces import Embedding, Floats, Ints
from core.steps.questions.soft import check_same_texts, soft_assignment
from core.steps.questions.walk import walk

# The share of texts, by falling entropy, that become anchors (ClusterLLM's code).
_ANCHORS = 0.2

_BETWEEN = "This text lies between two groups and could go either way."
_OUTSIDE = "This text is in no group yet and lies between two of them."

_Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Draw:
    """A triplet, the row of its anchor, and the clusters that its sides come from."""

    triplet: Triplet
    anchor: int
    boundary: tuple[int, int]


def propose_triplets(
    embedding: Embedding,
    clustering: Clustering,
    *,
    count: int,
    asked: Collection[str],
    seed: int,
) -> tuple[Asked, ...]:
    """Return up to `count` triplets, none with an id in `asked` (ClusterLLM, section 3.1).

    Anchors are the 20% of texts with the highest entropy of soft assignment,
    shuffled by `seed`, then dealt out cluster by cluster; each serves once a
    batch. The sides are one member of each of two of the anchor's closest
    clusters. `touches` counts the anchors that have both of these clusters
    among their closest. Fewer come back where fewer are left; none with fewer
    than two clusters. Raises InputError where the arguments are about
    different texts.
    """
    check_same_texts(embedding, clustering)
    members = _members(clustering.labels)
    if len(members) < 2:
        return ()
    soft = soft_assignment(embedding, clustering)
    rng = np.random.default_rng(seed)
    anchors = _anchors(soft.entropy, soft.closest, rng)
    starts = rng.random((len(anchors), 2))
    waiting = deque(
        _draws(embedding.text_ids, int(row), soft.closest[row], members, *start)
        for row, start in zip(anchors, starts.tolist(), strict=True)
    )
    return tuple(
        Asked(
            question=draw.triplet,
            why=_OUTSIDE if clustering.labels[draw.anchor] == UNASSIGNED else _BETWEEN,
            touches=_touches(soft.closest[anchors], draw.boundary),
            space=embedding.space,
        )
        for draw in _unasked(waiting, count, frozenset(asked))
    )


def _members(labels: Ints) -> dict[int, _Rows]:
    """Return the rows of each cluster, unassigned texts left out."""
    order = np.argsort(labels, kind="stable")
    ids, starts = np.unique(labels[order], return_index=True)
    groups = zip(ids.tolist(), np.split(order, starts[1:]), strict=True)
    return {k: rows for k, rows in groups if k != UNASSIGNED}


def _anchors(entropy: Floats, closest: Ints, rng: np.random.Generator) -> _Rows:
    """Return the rows of the anchors, shuffled so that their nearest clusters alternate."""
    pool = np.argsort(-entropy, kind="stable")[: int(np.ceil(_ANCHORS * len(entropy)))]
    rng.shuffle(pool)
    dealt: dict[int, int] = {}
    rounds = []
    for nearest in closest[pool, 0].tolist():
        rounds.append(dealt.get(nearest, 0))
        dealt[nearest] = rounds[-1] + 1
    return pool[np.argsort(rounds, kind="stable")]


def _draws(
    text_ids: tuple[str, ...],
    anchor: int,
    closest: Ints,
    members: dict[int, _Rows],
    start: float,
    first: float,
) -> Iterator[_Draw]:
    """Yield every triplet of `anchor`, its boundaries in turn from `first` in [0, 1)."""
    boundaries = list(combinations(closest.tolist(), 2))
    turn = int(first * len(boundaries))
    streams = (
        _across(text_ids, anchor, boundary, members, start)
        for boundary in boundaries[turn:] + boundaries[:turn]
    )
    yield from (draw for draw in chain.from_iterable(zip_longest(*streams)) if draw is not None)


def _across(
    text_ids: tuple[str, ...],
    anchor: int,
    boundary: tuple[int, int],
    members: dict[int, _Rows],
    start: float,
) -> Iterator[_Draw]:
    lefts, rights = members[boundary[0]], members[boundary[1]]
    for i, j in walk(len(lefts), len(rights), start):
        left, right = int(lefts[i]), int(rights[j])
        if anchor not in (left, right):
            triplet = Triplet(text_ids[anchor], text_ids[left], text_ids[right])
            yield _Draw(triplet, anchor, boundary)


def _unasked(waiting: deque[Iterator[_Draw]], count: int, asked: frozenset[str]) -> list[_Draw]:
    """Take one draw of each anchor; an anchor that was asked about waits for the next turn."""
    chosen: list[_Draw] = []
    while waiting and len(chosen) < count:
        draws = waiting.popleft()
        draw = next(draws, None)
        if draw is None:
            continue
        if draw.triplet.id in asked:
            waiting.append(draws)
        else:
            chosen.append(draw)
    return chosen


def _touches(closest: Ints, boundary: tuple[int, int]) -> int:
    """Count the rows of `closest` that hold both clusters of the boundary."""
    left, right = boundary
    return int(((closest == left).any(axis=1) & (closest == right).any(axis=1)).sum())
