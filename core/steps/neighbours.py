"""Neighbours: the nearest texts of each text, exact where that is affordable."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import InputError
from core.domain.neighbours import Beside, Neighbours
from core.domain.spaces import Embedding, Floats, Ints

FEWEST, MOST = 15, 60
"""Neighbours kept of each text, where there are so many: what answers spread over, and
what a layout of many texts learns from."""

# Up to here all pairs are compared (exact, a matrix product in blocks); beyond it the
# n² comparisons cost more than NN-descent.
EXACT_UP_TO = 50_000
_ROWS = 1024
# Columns at most whose largest value is looked at first, and the values a line that are
# sorted beside the k wanted ones at most.
_STRIP, _SORTED = 64, 8


def wanted(n: int) -> int:
    """Return how many neighbours are kept of each of n texts: √n/3, within bounds."""
    return max(0, min(n - 1, max(FEWEST, min(MOST, round(float(np.sqrt(n)) / 3)))))


def find_neighbours(embedding: Embedding, *, seed: int, light: bool = False) -> Neighbours:
    """Return the nearest other texts of each text by cosine.

    Up to 50,000 texts all pairs are compared, a block of rows at a time, so that
    memory grows with n; beyond, NN-descent (Dong, Moses, Li 2011; pynndescent) finds
    nearly all of them. The same embedding and seed give the same graph; with `light` torch is
    not loaded for it, and cosines differ in their last digit. Raises InputError where a
    vector is not finite.
    """
    vectors = embedding.vectors
    if not np.isfinite(vectors).all():
        raise InputError(
            "Some texts have damaged vectors (values that are not numbers).",
            "Embed the texts again, or choose another embedding model.",
        )
    n, k = len(vectors), wanted(len(vectors))
    if k == 0:
        none = np.zeros((n, 0))
        rows, cosines = none.astype(np.int32), none.astype(np.float32)
    elif n > EXACT_UP_TO:
        rows, cosines = _descend(vectors, k, seed)
    else:
        rows, cosines = _search(vectors, vectors, k, alone=True, light=light)
    return Neighbours(embedding.space, embedding.text_ids, rows, cosines)


def beside(queries: Floats, among: Floats, k: int = FEWEST) -> Beside:
    """Return the `k` rows of `among` (n, d) nearest to each of `queries` (m, d), unit rows.

    Fewer where there are fewer. Raises InputError where the dimensions differ.
    """
    if queries.shape[1] != among.shape[1]:
        raise InputError(
            f"These texts have vectors of {queries.shape[1]} numbers, and the map's have "
            f"{among.shape[1]}.",
            "Embed them with the model that made the map.",
        )
    return Beside(*_search(queries, among, min(k, len(among)), alone=False))


def nearest_to(embedding: Embedding, text: str, count: int) -> tuple[str, ...]:
    """Return the ids of the `count` texts nearest to one of them, nearest first, equally
    near ones by id.

    One line of all pairs, so that the graph does not have to be loaded for it.
    """
    row = embedding.text_ids.index(text)
    cosines = embedding.vectors @ embedding.vectors[row]
    cosines[row] = -2.0
    order = np.argsort(-cosines, kind="stable")[: min(count, len(cosines) - 1)]
    return tuple(embedding.text_ids[other] for other in order.tolist())


def extend(old: Neighbours, embedding: Embedding) -> Neighbours:
    """Return the graph of `embedding`, of which the texts of `old` are a part.

    Only pairs with a new text are compared; where a new text is nearer than a kept
    neighbour it takes its place, so the result is what comparing all would give (as far
    as `old` is). Fewer than 16 old texts are compared anew.
    """
    if old.k < FEWEST:
        return find_neighbours(embedding, seed=0)
    place = {text: row for row, text in enumerate(embedding.text_ids)}
    kept = np.array([place[text] for text in old.text_ids], dtype=np.int32)
    fresh = np.setdiff1d(np.arange(len(place), dtype=np.int32), kept)
    if not len(fresh):
        return old
    k, vectors = old.k, embedding.vectors
    rows = np.zeros((len(place), k), dtype=np.int32)
    cosines = np.zeros((len(place), k), dtype=np.float32)
    near, likeness = _search(vectors[kept], vectors[fresh], min(k, len(fresh)), alone=False)
    rows[kept], cosines[kept] = kept[old.rows], old.cosines
    nearer = likeness[:, 0] >= old.cosines[:, -1]
    rows[kept[nearer]], cosines[kept[nearer]] = _best(
        np.c_[kept[old.rows[nearer]], fresh[near[nearer]]],
        np.c_[old.cosines[nearer], likeness[nearer]],
        k,
    )
    found, likeness = _search(vectors[fresh], vectors, k + 1, alone=False)
    itself = found == fresh[:, None]
    # A twin may stand where the text itself would; then the last one goes.
    itself[~itself.any(axis=1), -1] = True
    rows[fresh] = found[~itself].reshape(len(fresh), k)
    cosines[fresh] = likeness[~itself].reshape(len(fresh), k)
    return Neighbours(embedding.space, embedding.text_ids, rows, cosines)


def near_duplicates(neighbours: Neighbours, *, cosine: float) -> tuple[tuple[str, ...], ...]:
    """Return groups of texts that hang together by neighbours of `cosine` or more.

    The largest group first, ties by text id; texts with no such neighbour are in none.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(neighbours.text_ids)
    left, place = np.nonzero(neighbours.cosines >= cosine)
    right = neighbours.rows[left, place]
    graph = coo_array((np.ones(len(left)), (left, right)), shape=(n, n))
    _, part = connected_components(graph, directed=False)
    order = np.argsort(part, kind="stable")
    groups = np.split(order, np.cumsum(np.bincount(part))[:-1]) if n else []
    found = [tuple(neighbours.text_ids[row] for row in group) for group in groups if len(group) > 1]
    return tuple(sorted(found, key=lambda group: (-len(group), group)))


def _search(
    queries: Floats, among: Floats, k: int, *, alone: bool, light: bool = False
) -> tuple[Ints, Floats]:
    """Return the k nearest rows of `among` and their cosines; with `alone`, the queries
    are `among`, and none is its own neighbour."""
    rows = np.empty((len(queries), k), dtype=np.int32)
    cosines = np.empty((len(queries), k), dtype=np.float32)
    product = _numpy_product(among) if light else _torch_product(among)
    for first in range(0, len(queries), _ROWS):
        block = product(queries[first : first + _ROWS])
        last = first + len(block)
        if alone:
            block[np.arange(len(block)), np.arange(first, last)] = -2.0
        near = _largest(block, k)
        rows[first:last], cosines[first:last] = _best(near, np.take_along_axis(block, near, 1), k)
    return rows, cosines.clip(-1.0, 1.0)


def _numpy_product(among: Floats) -> Callable[[Floats], Floats]:
    return lambda rows: rows @ among.T


def _torch_product(among: Floats) -> Callable[[Floats], Floats]:
    import torch

    columns = torch.tensor(among).T
    return lambda rows: (torch.tensor(rows) @ columns).numpy()


def _largest(block: Floats, k: int) -> NDArray[np.int64]:
    """Return the columns of the k largest values of each line of `block` (m, n), int64 (m, k).

    Where there are many columns, by the largest of each strip of them: the k-th best strip
    has a value that k others reach, so only what is as large is sorted. This takes a
    ninth of the time of a partition of whole lines; with many equal values lines are sorted.
    """
    m, n = block.shape
    wide = min(_STRIP, n // max(1, 2 * k))
    if wide > 1:
        strips = n // wide
        tops = block[:, : strips * wide].reshape(m, strips, wide).max(axis=2)
        least = np.partition(tops, strips - k, axis=1)[:, [strips - k]]
        line, column = np.nonzero(block >= least)
        if len(line) <= _SORTED * m * k:
            order = np.lexsort((column, -block[line, column], line))
            begin = np.searchsorted(line, np.arange(m))
            found: NDArray[np.int64] = column[order][begin[:, None] + np.arange(k)]
            return found
    near: NDArray[np.int64] = np.argsort(-block, axis=1, kind="stable")[:, :k]
    return near


def _best(rows: NDArray[np.integer], cosines: Floats, k: int) -> tuple[Ints, Floats]:
    """Return the k best columns of each line, equal cosines by row."""
    order = np.lexsort((rows, -cosines), axis=1)[:, :k]
    return (
        np.take_along_axis(rows, order, 1).astype(np.int32),
        np.take_along_axis(cosines, order, 1),
    )


def _descend(vectors: Floats, k: int, seed: int) -> tuple[Ints, Floats]:
    from pynndescent import NNDescent  # type: ignore[import-untyped]

    # The number of threads changes the result, so it is fixed.
    index = NNDescent(vectors, metric="cosine", n_neighbors=k + 1, random_state=seed, n_jobs=1)
    near, away = index.neighbor_graph
    itself = near == np.arange(len(near))[:, None]
    itself[~itself.any(axis=1), -1] = True
    shape = (len(near), k)
    rows = near[~itself].reshape(shape)
    return _best(rows, (1.0 - away[~itself].reshape(shape)).astype(np.float32), k)
