"""The map as one HTML file that needs nothing else, with search."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from core.domain.spaces import Floats, Ints
from core.steps.export.cells import utf8

_SIDE = 10_000  # coordinates are whole numbers up to this
MOST_CHARS = 300
"""Characters of a text that the file shows."""


def standalone(
    template: str,
    name: str,
    xy: Floats,
    groups: Ints,
    texts: Sequence[str],
    labels: pd.DataFrame,
    colors: Mapping[str, Sequence[str]],
) -> bytes:
    """Return a page of all texts: `xy` (n, 2), `groups` (n,), their `texts` shortened,
    `labels` as `charts.medoid_labels` gives them, in whose order `colors` ("light" and
    "dark") are given out.

    The data stand in the page as JSON in which no "<" is left, so no text can end its
    script element; the page shows them as text.
    """
    low, spread = (xy.min(axis=0), float(np.ptp(xy, axis=0).max()) or 1.0) if len(xy) else (0, 1.0)

    def scaled(values: Floats) -> Ints:
        found = (values - low) / spread * _SIDE
        # On a screen y grows downwards.
        return np.column_stack([found[:, 0], _SIDE - found[:, 1]]).round().astype(np.int32)

    places = scaled(xy)
    marks = scaled(labels[["x", "y"]].to_numpy(np.float64))
    ranked = labels["group"].tolist()
    data = {
        "name": name,
        "x": places[:, 0].tolist(),
        "y": places[:, 1].tolist(),
        "g": groups.tolist(),
        "text": [" ".join(text.split())[:MOST_CHARS] for text in texts],
        "topics": [
            {"g": group, "label": label, "x": x, "y": y, "size": int(size)}
            for group, label, size, (x, y) in zip(
                ranked, labels["label"], labels["size"], marks.tolist(), strict=True
            )
        ],
        **{
            look: dict(zip(map(str, ranked), given, strict=False)) for look, given in colors.items()
        },
    }
    filled = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return utf8(template.replace("__DATA__", filled))
