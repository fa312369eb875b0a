"""Texts embedded a second, beside SentenceTransformer.encode with its defaults.

    python -m benchmarks.embedding

Bank77's test texts, each once; the two take turns in one process on the same
cores, so that a busy machine slows both. Median and range of three turns.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.report import DATA, keep

TURNS = 3


def main() -> None:
    from core.adapters.encoders import load_bundled

    texts = sorted(set(pd.read_csv(DATA / "bank77_test.csv", dtype=str)["text"]))
    ours = load_bundled()
    plain = ours.model
    ways: dict[str, Callable[[], NDArray[np.float32]]] = {
        "SentenceTransformer.encode, defaults": lambda: plain.encode(
            texts, normalize_embeddings=True, show_progress_bar=False
        ),
        "Clade": lambda: ours.encode(texts),
    }
    for way in ways.values():
        way()  # the first pass allocates and compiles
    rates: dict[str, list[float]] = {name: [] for name in ways}
    vectors: dict[str, NDArray[np.float32]] = {}
    for _ in range(TURNS):
        for name, way in ways.items():
            started = time.perf_counter()
            vectors[name] = way()
            rates[name].append(len(texts) / (time.perf_counter() - started))
    base = statistics.median(rates["SentenceTransformer.encode, defaults"])
    reference = vectors["SentenceTransformer.encode, defaults"]
    keep(
        "embedding",
        [
            {
                "way": name,
                "texts": len(texts),
                "texts_a_second": statistics.median(found),
                "lowest": min(found),
                "highest": max(found),
                "times_the_default": statistics.median(found) / base,
                "minimum_cosine": float((vectors[name] * reference).sum(axis=1).min()),
            }
            for name, found in rates.items()
        ],
    )


if __name__ == "__main__":
    main()
