"""Projection: from vectors to coordinates that can be clustered and drawn."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from core.domain.errors import InputError
from core.domain.spaces import Embedding, Floats, Ints, Layout

REDUCED_DIMS = 5
# UMAP needs a neighbourhood to learn from; at or below this many distinct
# vectors the principal components show all there is.
FEW = 15
# Up to here all pairs are compared (exact, a matrix product); beyond it the
# n² comparisons cost more than NN-descent.
EXACT_UP_TO = 30_000


def project(
    embedding: Embedding,
    *,
    seed: int,
    start: Layout | None = None,
    on_stage: Callable[[float, str], None] | None = None,
) -> Layout:
    """Return coordinates of the texts: `reduced` to cluster, `xy` to draw.

    UMAP (McInnes, Healy, Melville 2018, arXiv 1802.03426) twice on one
    nearest-neighbour graph, cosine metric: 5-D with min_dist 0, as Carpintero
    (2024) clusters on, and 2-D with min_dist 0.1. The same embedding and seed
    give the same layout. `xy` is centred with a root-mean-square radius of 1;
    with `start`, the layout of an earlier space, the drawing begins at its
    places and is aligned onto it, so that a map does not flip or jump.

    15 distinct vectors or fewer are laid out by principal components.
    `on_stage(fraction, message)`, fraction in [0, 1), is called before each
    stage and may raise. Raises InputError where a vector is not finite.
    """
    if not np.isfinite(embedding.vectors).all():
        raise InputError(
            "Some texts have damaged vectors (values that are not numbers).",
            "Embed the texts again, or choose another embedding model.",
        )
    stage = on_stage or (lambda _fraction, _message: None)
    if _few_distinct(embedding.vectors):
        stage(0.0, "Placing the texts")
        reduced, xy = _principal(embedding.vectors)
    else:
        stage(0.0, "Finding nearest neighbours")
        near = _neighbours(embedding.vectors, seed)
        stage(0.2, "Reducing dimensions for clustering")
        dims = min(REDUCED_DIMS, embedding.vectors.shape[1])
        reduced = _umap(embedding.vectors, near, dims, 0.0, seed, "spectral")
        stage(0.6, "Drawing the map")
        places = None if start is None else _places(embedding.text_ids, near[0], start)
        init = "spectral" if places is None else places
        xy = _umap(embedding.vectors, near, 2, 0.1, seed, init)
    layout = Layout(embedding.space, embedding.text_ids, reduced, _rescaled(xy))
    return layout if start is None else align(layout, start)


def align(layout: Layout, onto: Layout) -> Layout:
    """Return `layout` with `xy` turned, mirrored, scaled and shifted onto `onto`.

    Orthogonal Procrustes (Schönemann 1966) over the texts in both. The scale is
    the ratio of the spreads, not the least-squares one, which would shrink the
    map the less the two agree. `reduced` is left as it is. With no text in both
    nothing changes; with one place only, the map is shifted.
    """
    _, ours, theirs = np.intersect1d(
        np.array(layout.text_ids, dtype=np.str_),
        np.array(onto.text_ids, dtype=np.str_),
        assume_unique=True,
        return_indices=True,
    )
    if not len(ours):
        return layout
    source = layout.xy[ours].astype(np.float64)
    target = onto.xy[theirs].astype(np.float64)
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    source, target = source - source_mean, target - target_mean
    turn, scale = np.eye(2), 1.0
    if _radius(source) > 0 and _radius(target) > 0:
        left, _, right = np.linalg.svd(source.T @ target)
        turn, scale = left @ right, _radius(target) / _radius(source)
    xy = (layout.xy - source_mean) @ turn * scale + target_mean
    return Layout(layout.space, layout.text_ids, layout.reduced, xy.astype(np.float32))


def _few_distinct(vectors: Floats) -> bool:
    """Whether at most FEW rows differ in the first five decimals."""
    seen: set[bytes] = set()
    for row in vectors:
        seen.add((row.round(5) + 0.0).tobytes())  # + 0.0 makes −0 and 0 one
        if len(seen) > FEW:
            return False
    return True


def _principal(vectors: Floats) -> tuple[Floats, Floats]:
    """Return principal components (n, 5 or less) and two of them, spread a little.

    The spread keeps equal texts apart, so that each can be seen and clicked.
    """
    n = len(vectors)
    centred = vectors.astype(np.float64) - (vectors.mean(axis=0) if n else 0.0)
    # Zeroed noise: components of identical vectors would be scaled up otherwise.
    centred[np.abs(centred) < 1e-5] = 0.0
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    scores = (left * sizes)[:, :REDUCED_DIMS]
    if n:
        # The sign of a component is arbitrary; the widest entry decides it.
        widest = scores[np.abs(scores).argmax(axis=0), np.arange(scores.shape[1])]
        scores = scores * np.where(widest < 0, -1.0, 1.0)
    xy = np.zeros((n, 2))
    xy[:, : min(2, scores.shape[1])] = scores[:, :2]
    turn = np.arange(n) * np.pi * (3 - np.sqrt(5))
    spiral = np.sqrt((np.arange(n) + 0.5) / max(n, 1))[:, None] * np.c_[np.cos(turn), np.sin(turn)]
    xy += spiral * (0.03 * _radius(xy) or 1.0)
    return scores.astype(np.float32), xy.astype(np.float32)


def _neighbours(vectors: Floats, seed: int) -> tuple[Ints, Floats]:
    """Return the nearest neighbours and their cosine distances, both (n, k), each
    text its own first neighbour; k grows with the square root of n."""
    n = len(vectors)
    k = min(n - 1, max(10, min(60, round(np.sqrt(n) / 3))))
    if n > EXACT_UP_TO:
        from pynndescent import NNDescent  # type: ignore[import-untyped]

        # The number of threads changes the result, so it is fixed.
        index = NNDescent(vectors, metric="cosine", n_neighbors=k, random_state=seed, n_jobs=1)
        indices, distances = index.neighbor_graph
        return indices.astype(np.int32), distances.astype(np.float32)
    indices = np.empty((n, k), dtype=np.int32)
    distances = np.empty((n, k), dtype=np.float32)
    for first in range(0, n, 1024):
        rows = slice(first, min(n, first + 1024))
        away = 1.0 - vectors[rows] @ vectors.T
        away[np.arange(len(away)), np.arange(rows.start, rows.stop)] = -1.0
        nearest = np.argpartition(away, k - 1, axis=1)[:, :k]
        order = np.argsort(np.take_along_axis(away, nearest, 1), axis=1, kind="stable")
        indices[rows] = np.take_along_axis(nearest, order, 1)
        distances[rows] = np.take_along_axis(away, indices[rows], 1).clip(0.0)
    return indices, distances


def _umap(
    vectors: Floats,
    near: tuple[Ints, Floats],
    dims: int,
    min_dist: float,
    seed: int,
    init: str | Floats,
) -> Floats:
    from umap import UMAP

    reducer = UMAP(
        n_neighbors=near[0].shape[1],
        n_components=dims,
        min_dist=min_dist,
        metric="cosine",
        random_state=seed,
        n_jobs=1,
        init=init,
        # Full steps would carry texts away from the places they are given.
        learning_rate=1.0 if isinstance(init, str) else 0.1,
        precomputed_knn=near,
    )
    with _expected_warnings():
        return np.asarray(reducer.fit_transform(vectors), dtype=np.float32)


@contextmanager
def _expected_warnings() -> Iterator[None]:
    """Silence what UMAP says of things that are meant: neighbours given without
    their index, and a graph in several pieces, which it lays out one by one."""
    with warnings.catch_warnings():
        for message in (
            r"precomputed_knn\[2\] \(knn_search_index\)",
            "Graph is not fully connected",
            "Spectral initialisation failed",
            "A few of your vertices were disconnected",
        ):
            warnings.filterwarnings("ignore", message=message, category=UserWarning)
        yield


def _places(text_ids: tuple[str, ...], neighbours: Ints, start: Layout) -> Floats | None:
    """Return where `start` shows each text; new texts at the mean of their
    neighbours there, or of the whole map. None where no text is in both."""
    row_of = {text_id: row for row, text_id in enumerate(start.text_ids)}
    rows = np.array([row_of.get(text_id, -1) for text_id in text_ids])
    known = rows >= 0
    if not known.any():
        return None
    places = np.zeros((len(rows), 2))
    places[known] = start.xy[rows[known]]
    beside = known[neighbours[~known]]
    sums = (places[neighbours[~known]] * beside[..., None]).sum(axis=1)
    counts = beside.sum(axis=1, keepdims=True)
    middle = places[known].mean(axis=0)
    places[~known] = np.where(counts > 0, sums / np.maximum(counts, 1), middle)
    return places.astype(np.float32)


def _radius(xy: Floats | np.ndarray) -> float:
    """Return the root-mean-square distance from the origin; 0 for no points."""
    return float(np.sqrt((xy**2).sum(axis=1).mean())) if len(xy) else 0.0


def _rescaled(xy: Floats) -> Floats:
    if not len(xy):
        return xy
    centred = xy - xy.mean(axis=0)
    return np.asarray(centred / (_radius(centred) or 1.0), dtype=np.float32)
