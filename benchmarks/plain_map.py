"""The control of `benchmarks.walk`: the same libraries called plainly, with no app.

    python -m benchmarks.plain_map FILE

Reads a CSV, embeds with SentenceTransformer.encode, UMAP to 5-D and 2-D one
after the other, HDBSCAN; keeps and draws nothing.
"""

from __future__ import annotations

import sys

import pandas as pd


def main(path: str) -> None:
    import hdbscan
    import umap

    from core.adapters.encoders import load_bundled

    texts = list(dict.fromkeys(pd.read_csv(path, dtype=str)["text"]))
    vectors = load_bundled().model.encode(texts, show_progress_bar=False)
    shape = {"metric": "cosine", "random_state": 0}
    reduced = umap.UMAP(n_components=5, min_dist=0.0, **shape).fit_transform(vectors)
    umap.UMAP(n_components=2, **shape).fit_transform(vectors)
    labels = hdbscan.HDBSCAN(min_cluster_size=15).fit_predict(reduced)
    print(len(set(labels.tolist()) - {-1}), "clusters")


if __name__ == "__main__":
    main(sys.argv[1])
