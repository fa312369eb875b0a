"""Quantization: vectors in a quarter of the memory, or a thirty-second of it to search."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import InputError, TooFewError
from core.domain.quantization import Precision, Quantized, Ranges
from core.domain.spaces import Floats, Ints

CALIBRATION = 10_000
"""Texts whose values set the ranges: as many as Carpintero (2024) took, whose ranges
covered 99.99% of the values of 25,000 abstracts."""

_STEPS = 255


def calibrate(vectors: Floats, *, seed: int, size: int = CALIBRATION) -> Ranges:
    """Return the range of each dimension of `vectors` (n, d) over `size` of the rows, or all.

    Raises TooFewError where there is no row, and InputError where a value is not finite.
    """
    if not len(vectors):
        raise TooFewError("There are no vectors to quantize.", "Make the map first.")
    if not np.isfinite(vectors).all():
        raise InputError(
            "Some texts have damaged vectors (values that are not numbers).",
            "Embed the texts again, or choose another embedding model.",
        )
    if len(vectors) > size:
        rows = np.random.default_rng(seed).choice(len(vectors), size, replace=False)
        vectors = vectors[np.sort(rows)]
    return Ranges(vectors.min(axis=0), vectors.max(axis=0))


def quantize(vectors: Floats, ranges: Ranges, precision: Precision) -> Quantized:
    """Return `vectors` (n, d) in 256 steps a dimension, each value at the nearest step.

    Values outside the ranges are clipped to their ends: cut off, they would come out at
    the other end. Raises InputError where the dimensions differ.
    """
    if vectors.shape[1] != len(ranges.low):
        raise InputError(
            f"The ranges are those of {len(ranges.low)} numbers, the vectors have "
            f"{vectors.shape[1]}.",
            "Calibrate on vectors of the same model.",
        )
    inside = (vectors >= ranges.low) & (vectors <= ranges.high)
    steps = np.rint((vectors - ranges.low) / _step(ranges)).clip(0, _STEPS)
    shift = 128 if precision == "int8" else 0
    codes = (steps - shift).astype(precision)
    return Quantized(codes, ranges, float(inside.mean()) if inside.size else 1.0)


def quantize_by_library(vectors: Floats, ranges: Ranges, precision: Precision) -> Quantized:
    """Return `vectors` as `quantize_embeddings` of sentence-transformers makes them: each
    value at the step below it, so that the error is up to twice that of `quantize`."""
    from sentence_transformers import quantize_embeddings

    codes = quantize_embeddings(
        vectors, precision=precision, ranges=np.stack([ranges.low, ranges.high])
    )
    inside = (vectors >= ranges.low) & (vectors <= ranges.high)
    return Quantized(np.asarray(codes), ranges, float(inside.mean()))


def restore(quantized: Quantized) -> Floats:
    """Return the values that the codes stand for, float32 (n, d), as unit rows."""
    codes, ranges = quantized.codes, quantized.ranges
    shift = 128 if codes.dtype == np.int8 else 0
    values = (codes.astype(np.float32) + shift) * _step(ranges) + ranges.low
    return _unit(values)


def as_vectors(quantized: Quantized) -> Floats:
    """Return the codes themselves as unit rows, float32 (n, d), as Carpintero (2024)
    clusters on them: unlike the restored values they lean towards where their zero is."""
    return _unit(quantized.codes.astype(np.float32))


def binarize(vectors: Floats) -> NDArray[np.uint8]:
    """Return a bit a dimension, whether it is above zero: uint8 (n, d/8 rounded up)."""
    return np.packbits(vectors > 0, axis=1)


def search_binary(
    queries: Floats, vectors: Floats, codes: NDArray[np.uint8], k: int, *, widen: int = 4
) -> Ints:
    """Return the `k` rows of `vectors` nearest to each query, int32 (m, k), as far as
    binary codes find them: `widen` times `k` by Hamming distance, then these by cosine
    (Yamada, Asai, Hajishirzi 2021). The codes alone have to be in memory for the first step.
    """
    asked = binarize(queries)
    few = min(widen * k, len(codes))
    found = np.empty((len(queries), min(k, len(codes))), dtype=np.int32)
    for line, bits in enumerate(asked):
        away = np.bitwise_count(codes ^ bits).sum(axis=1, dtype=np.int32)
        near = np.argsort(away, kind="stable")[:few]
        best = np.argsort(-(vectors[near] @ queries[line]), kind="stable")[: found.shape[1]]
        found[line] = near[best]
    return found


def _step(ranges: Ranges) -> Floats:
    # A dimension that never changes has one step.
    width = ranges.high - ranges.low
    return np.asarray(np.where(width > 0, width / _STEPS, 1.0), dtype=np.float32)


def _unit(values: Any) -> Floats:
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    return np.asarray(values / np.maximum(lengths, 1e-12), dtype=np.float32)
