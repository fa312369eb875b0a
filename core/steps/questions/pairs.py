"""Pairs across the two sides of a merge: should these groups be one?"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import UNASSIGNED, Clustering
from core.domain.questions import Asked, Pair
from core.domain.spaces import Embedding, Floats
from core.steps.questions.soft import check_same_texts
from core.steps.questions.walk import walk

# Leaves of the tree: 2,000 texts keep the distances at 16 MB and the tree at 0.2 s.
_LEAVES = 2_000

# The finest merge level asked about (ClusterLLM, section 3.2).
_FINEST = 199

# Questions with which a batch goes once through the coarser half of the tree, or
# the finer one.
_STEPS = 4

_SPLIT = "These texts share a group that could be split in two; your answer says whether it holds."
_JOIN = "These texts are in two groups that could be one; your answer says whether to join them."
_BROAD = "There are no groups to compare yet; your answer says how broad a group should be."


@dataclass(frozen=True, slots=True)
class _Merge:
    """Two sides, as rows of texts, that the tree joins when it goes from `level`
    groups to one fewer."""

    level: int
    left: NDArray[np.intp]
    right: NDArray[np.intp]


def propose_pairs(
    embedding: Embedding,
    clustering: Clustering,
    *,
    count: int,
    asked: Collection[str],
    seed: int,
) -> tuple[Asked, ...]:
    """Return up to `count` pairs, none with an id in `asked` (ClusterLLM, section 3.2).

    Each pair is one text of either side of a merge in a Ward tree, at the levels
    of 2 to 199 groups: in turn one no finer than the current clusters and one
    finer, from near to far, so that eight pairs go once through the tree. With
    two clusters or more only texts in a cluster serve, otherwise all do.

    The tree stands on texts rather than on centroids, so that it also has levels
    finer than the current clusters and can ask whether one should be split.
    Above 2,000 texts it stands on that many drawn by `seed`, in which each
    cluster weighs as much as it holds. `touches` estimates the texts in the two
    sides from those in the tree. Fewer come back where fewer are left. Raises
    InputError where the arguments are about different texts.
    """
    check_same_texts(embedding, clustering)
    clusters = np.unique(clustering.labels[clustering.labels != UNASSIGNED])
    grouped = len(clusters) >= 2
    pool = np.arange(len(embedding.text_ids))
    if grouped:
        pool = pool[clustering.labels != UNASSIGNED]
    if len(pool) < 2:
        return ()
    rng = np.random.default_rng(seed)
    leaves = np.sort(rng.choice(pool, min(_LEAVES, len(pool)), replace=False))
    merges = _ordered(_merges(embedding.vectors, leaves), max(2, len(clusters)))
    starts = rng.random(len(merges)).tolist()
    waiting = deque(
        (merge, _draws(embedding.text_ids, merge, start))
        for merge, start in zip(merges, starts, strict=True)
    )
    label = dict(zip(embedding.text_ids, clustering.labels.tolist(), strict=True))
    return tuple(
        Asked(
            question=pair,
            why=_why(label[pair.left] == label[pair.right]) if grouped else _BROAD,
            touches=round((len(merge.left) + len(merge.right)) * len(pool) / len(leaves)),
            space=embedding.space,
        )
        for merge, pair in _unasked(waiting, count, frozenset(asked))
    )


def _why(same_cluster: bool) -> str:
    return _SPLIT if same_cluster else _JOIN


def _merges(vectors: Floats, leaves: NDArray[np.intp]) -> list[_Merge]:
    """Return the merges of a Ward tree over the rows `leaves`, coarsest last."""
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    rows = vectors[leaves]
    # Unit rows: ‖x − y‖² = 2 − 2 x·y. Rounding can leave a text apart from itself.
    squared = np.maximum(2.0 - 2.0 * (rows @ rows.T).astype(np.float64), 0.0)
    tree = linkage(squareform(np.sqrt(squared), checks=False), method="ward")
    sides = [np.array([leaf]) for leaf in leaves]
    merges = []
    for done, (left, right) in enumerate(tree[:, :2].astype(int).tolist()):
        level = len(leaves) - done
        if level <= _FINEST:
            merges.append(_Merge(level, sides[left], sides[right]))
        sides.append(np.concatenate([sides[left], sides[right]]))
    return merges


def _ordered(merges: list[_Merge], clusters: int) -> list[_Merge]:
    """Alternate between joining and splitting the current clusters, from near to far.

    There are few coarse levels and many fine ones, but a coarse merge decides
    about more texts: each half gets every other question.
    """
    coarser = [merge for merge in merges if merge.level <= clusters]
    finer = [merge for merge in reversed(merges) if merge.level > clusters]
    turns = zip_longest(_strided(coarser), _strided(finer))
    return [merge for turn in turns for merge in turn if merge is not None]


def _strided(merges: list[_Merge]) -> list[_Merge]:
    """Go through `merges` in wide steps, then again from the second, and so on."""
    stride = max(1, round(len(merges) / _STEPS))
    return [merge for first in range(stride) for merge in merges[first::stride]]


def _draws(text_ids: tuple[str, ...], merge: _Merge, start: float) -> Iterator[Pair]:
    for i, j in walk(len(merge.left), len(merge.right), start):
        yield Pair(text_ids[merge.left[i]], text_ids[merge.right[j]])


def _unasked(
    waiting: deque[tuple[_Merge, Iterator[Pair]]], count: int, asked: frozenset[str]
) -> list[tuple[_Merge, Pair]]:
    """Take one pair of each merge in turn, and go round again until all are spent."""
    chosen: list[tuple[_Merge, Pair]] = []
    while waiting and len(chosen) < count:
        merge, draws = waiting.popleft()
        pair = next(draws, None)
        if pair is None:
            continue
        waiting.append((merge, draws))
        if pair.id not in asked:
            chosen.append((merge, pair))
    return chosen
