"""Projection: from vectors to coordinates that can be clustered and drawn."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from core.domain.errors import InputError
from core.domain.neighbours import Beside, Neighbours
from core.domain.spaces import Embedding, Floats, Layout

REDUCED_DIMS = 5
# UMAP needs a neighbourhood to learn from; at or below this many distinct
# vectors the principal components show all there is.
FEW = 15
# Neighbours (itself among them) that a text is laid out by: for clusters a number that
# grows with √n, which evens out chance; for the drawing few, which keeps near texts together.
WIDEST, NARROWEST, DRAWN = 60, 10, 15
# Texts times passes over them. More passes than this pull groups apart from within:
# on Bank77's training part 100 passes gave the same clusters as 500, with fewer left over.
_TEXT_PASSES, _FEWEST_PASSES, _MOST_PASSES = 2_000_000, 100, 500


def project(
    embedding: Embedding,
    neighbours: Neighbours,
    *,
    seed: int,
    start: Layout | None = None,
    on_stage: Callable[[float, str], None] | None = None,
) -> Layout:
    """Return coordinates of the texts: `reduced` to cluster, `xy` to draw.

    UMAP (McInnes, Healy, Melville 2018, arXiv 1802.03426) twice on one
    nearest-neighbour graph, cosine metric: 5-D with min_dist 0, as Carpintero
    (2024) clusters on, and 2-D with min_dist 0.1, from the two widest directions of
    the 5-D one. The same embedding and seed give the same layout. `xy` is centred
    with a root-mean-square radius of 1; with `start`, the layout of an earlier
    space, the drawing begins at its places and is aligned onto it, so that a map
    does not flip or jump.

    15 distinct vectors or fewer are laid out by principal components.
    `on_stage(fraction, message)`, fraction in [0, 1), is called before each
    stage and may raise. Raises InputError where a vector is not finite, or the
    neighbours are those of other texts.
    """
    _check(embedding, neighbours)
    stage = on_stage or (lambda _fraction, _message: None)
    if _few_distinct(embedding.vectors):
        stage(0.0, "Placing the texts")
        reduced, xy = _principal(embedding.vectors)
    else:
        stage(0.0, "Reducing dimensions for clustering")
        n, width = embedding.vectors.shape
        wide = min(n - 1, max(NARROWEST, min(WIDEST, round(np.sqrt(n) / 3))))
        vectors, dims = embedding.vectors, min(REDUCED_DIMS, width)
        reduced = _umap(vectors, neighbours, wide, dims, 0.0, seed, "spectral")
        stage(0.6, "Drawing the map")
        places = None if start is None else _places(embedding.text_ids, neighbours, start)
        init = _widest(reduced) if places is None else places
        # Full steps would carry texts away from the places they are given.
        rate = 1.0 if places is None else 0.1
        xy = _umap(vectors, neighbours, min(wide, DRAWN), 2, 0.1, seed, init, rate)
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


def place(layout: Layout, embedding: Embedding, near: Beside) -> Layout:
    """Return the places of all texts of `embedding`, those of `layout` exactly as they were.

    `near` holds for each text that `layout` lacks, in the order of the ids, its nearest
    rows of `layout`. It comes to the geometric median of their places (Weiszfeld 1937),
    weighted by cosine: a mean would put a text between two groups into neither. Where
    `layout` is empty all come to the origin.
    """
    known = np.isin(embedding.text_ids, layout.text_ids, assume_unique=True)
    placed = []
    for old in (layout.reduced, layout.xy):
        found = np.zeros((len(known), old.shape[1]), dtype=np.float32)
        found[known] = old
        if near.rows.shape[1]:
            found[~known] = _medians(old[near.rows], near.cosines.clip(1e-6) ** 3)
        placed.append(found)
    return Layout(layout.space, embedding.text_ids, *placed)


def _medians(places: Floats, weights: Floats, rounds: int = 20) -> Floats:
    """Return the geometric median (m, d) of the places (m, k, d) of each line."""
    middle = np.einsum("mk,mkd->md", weights / weights.sum(axis=1, keepdims=True), places)
    for _ in range(rounds):
        away = np.linalg.norm(places - middle[:, None], axis=2)
        pull = weights / np.maximum(away, 1e-6)
        middle = (places * pull[..., None]).sum(axis=1) / pull.sum(axis=1, keepdims=True)
    return np.asarray(middle, dtype=np.float32)


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


def _umap(
    vectors: Floats,
    neighbours: Neighbours,
    width: int,
    dims: int,
    min_dist: float,
    seed: int,
    init: str | Floats,
    rate: float = 1.0,
) -> Floats:
    """Lay out by the `width` nearest of each text, the text itself counted."""
    from umap.umap_ import find_ab_params, fuzzy_simplicial_set, simplicial_set_embedding

    n = len(neighbours.text_ids)
    near = np.c_[np.arange(n, dtype=np.int32), neighbours.rows[:, : width - 1]]
    away = np.c_[np.zeros(n), 1.0 - neighbours.cosines[:, : width - 1]].clip(0.0)
    chance = np.random.RandomState(seed)
    a, b = find_ab_params(1.0, min_dist)
    with _expected_warnings(), _one_thread():
        graph, *_ = fuzzy_simplicial_set(
            vectors,
            width,
            chance,
            "cosine",
            knn_indices=near,
            knn_dists=away.astype(np.float32),
        )
        places, _ = simplicial_set_embedding(
            data=vectors,
            graph=graph,
            n_components=dims,
            initial_alpha=rate,
            a=a,
            b=b,
            gamma=1.0,
            negative_sample_rate=5,
            n_epochs=round(np.clip(_TEXT_PASSES / n, _FEWEST_PASSES, _MOST_PASSES)),
            init=init,
            random_state=chance,
            metric="cosine",
            metric_kwds={},
            densmap=False,
            densmap_kwds={},
            output_dens=False,
        )
    return np.asarray(places, dtype=np.float32)


@contextmanager
def _expected_warnings() -> Iterator[None]:
    """Silence what UMAP says of a graph in several pieces, which it lays out one by one."""
    with warnings.catch_warnings():
        for message in (
            "Graph is not fully connected",
            "Spectral initialisation failed",
            "A few of your vertices were disconnected",
        ):
            warnings.filterwarnings("ignore", message=message, category=UserWarning)
        yield


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let numba use one thread: several add up in any order, and the result would differ."""
    import numba

    before = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        yield
    finally:
        numba.set_num_threads(before)


def _places(text_ids: tuple[str, ...], neighbours: Neighbours, start: Layout) -> Floats | None:
    """Return where `start` shows each text; new texts at the mean of their
    neighbours there, or of the whole map. None where no text is in both."""
    row_of = {text_id: row for row, text_id in enumerate(start.text_ids)}
    rows = np.array([row_of.get(text_id, -1) for text_id in text_ids])
    known = rows >= 0
    if not known.any():
        return None
    places = np.zeros((len(rows), 2))
    places[known] = start.xy[rows[known]]
    near = neighbours.rows[~known]
    beside = known[near]
    sums = (places[near] * beside[..., None]).sum(axis=1)
    counts = beside.sum(axis=1, keepdims=True)
    middle = places[known].mean(axis=0)
    places[~known] = np.where(counts > 0, sums / np.maximum(counts, 1), middle)
    return places.astype(np.float32)


def _widest(reduced: Floats) -> Floats:
    """Return the two principal components of `reduced`, in UMAP's own size."""
    plane, _ = _principal(reduced)
    return np.asarray(10 * plane[:, :2] / np.abs(plane).max(), dtype=np.float32)


def _check(embedding: Embedding, neighbours: Neighbours) -> None:
    if not np.isfinite(embedding.vectors).all():
        raise InputError(
            "Some texts have damaged vectors (values that are not numbers).",
            "Embed the texts again, or choose another embedding model.",
        )
    if (neighbours.space, neighbours.text_ids) != (embedding.space, embedding.text_ids):
        raise InputError(
            "The neighbours were found among other texts or in another embedding.",
            "Make the map again.",
        )


def _radius(xy: Floats | np.ndarray) -> float:
    """Return the root-mean-square distance from the origin; 0 for no points."""
    return float(np.sqrt((xy**2).sum(axis=1).mean())) if len(xy) else 0.0


def _rescaled(xy: Floats) -> Floats:
    if not len(xy):
        return xy
    centred = xy - xy.mean(axis=0)
    return np.asarray(centred / (_radius(centred) or 1.0), dtype=np.float32)
