"""How many clusters (section 3.2): pairs along a Ward tree, and the most consistent level."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np

from core.domain.errors import TooFewError
from core.domain.granularity import MergeTree
from core.domain.judgments import Judgment, Verdict
from core.domain.questions import Pair
from core.domain.spaces import Embedding

BETA = 0.92
COARSEST, FINEST = 2, 199
PAIRS_A_LEVEL: Literal[1, 3] = 3
"""λ of the paper, which tries 1 and 3."""

# Ward compares all pairs; the official code clusters larger data by k-means first, too.
_LEAVES = 12_000
_CENTRES = 200


def ward_tree(embedding: Embedding, *, seed: int) -> MergeTree:
    """Return Ward's tree of the texts; beyond 12,000 of 200 k-means clusters of them.

    Raises TooFewError with fewer than two texts.
    """
    from scipy.cluster.hierarchy import ward

    if len(embedding.text_ids) < 2:
        raise TooFewError("One text has no tree.", "Bring more texts.")
    leaves = np.arange(len(embedding.text_ids), dtype=np.int32)
    points = embedding.vectors.astype(np.float64)
    if len(leaves) > _LEAVES:
        from sklearn.cluster import MiniBatchKMeans

        model = MiniBatchKMeans(_CENTRES, n_init=1, random_state=seed).fit(embedding.vectors)
        used, index = np.unique(model.labels_, return_inverse=True)
        leaves, points = index.astype(np.int32), model.cluster_centers_[used].astype(np.float64)
    merges = ward(points)[:, :2].astype(np.int32)
    return MergeTree(embedding.text_ids, leaves, merges)


def propose_pairs(
    embedding: Embedding,
    tree: MergeTree,
    *,
    a_level: Literal[1, 3] = PAIRS_A_LEVEL,
    seed: int,
) -> tuple[Pair, ...]:
    """Return `a_level` pairs, one text of either side, for each merge at the levels 2 to 199.

    A pair drawn twice is asked once.
    """
    rng = np.random.default_rng(seed)
    found: dict[str, Pair] = {}
    sides = tree.sides(FINEST)
    for _ in range(a_level):
        for left, right in sides:
            names = (embedding.text_ids[int(rng.choice(rows))] for rows in (left, right))
            pair = Pair(*names)
            found.setdefault(pair.id, pair)
    return tuple(found.values())


def usable(judgments: Iterable[Judgment]) -> int:
    """Return how many of the answers say "same" or "different" of a pair."""
    return len(_said(judgments))


def best_k(tree: MergeTree, judgments: Iterable[Judgment]) -> int:
    """Return the number of clusters that agrees best with the answers: argmax of F_β, β 0.92.

    An answer "same" is the positive class, "in one cluster of the tree cut at
    K" the prediction; unsure ones are dropped. Every answer counts once
    whatever its merge decides, which is why the result is biased high. The
    coarsest of equally good levels. Raises TooFewError without a usable answer.
    """
    row_of = {text_id: row for row, text_id in enumerate(tree.text_ids)}
    known = [
        (row_of[pair.left], row_of[pair.right], same)
        for pair, same in _said(judgments)
        if {*pair.texts} <= row_of.keys()
    ]
    if not known:
        raise TooFewError(
            "No pair was answered, so no number of clusters fits better than another.",
            "Answer some pairs first.",
        )
    left, right, same = np.array(known, dtype=np.int64).T
    levels = tree.levels(left, right)
    counts = np.arange(COARSEST, min(FINEST + 1, tree.leaves) + 1)
    together = levels[None, :] > counts[:, None]
    hits = (together & (same == 1)).sum(axis=1)
    scores = (1 + BETA**2) * hits / np.maximum(BETA**2 * same.sum() + together.sum(axis=1), 1)
    return int(counts[np.argmax(scores)])


def _said(judgments: Iterable[Judgment]) -> list[tuple[Pair, bool]]:
    return [
        (judgment.question, judgment.verdict is Verdict.SAME)
        for judgment in judgments
        if isinstance(judgment.question, Pair) and judgment.verdict is not Verdict.UNSURE
    ]
