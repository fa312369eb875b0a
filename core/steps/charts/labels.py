"""Names on the map: where they stand, and which of them fit."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from core.domain.clusterings import UNASSIGNED
from core.domain.spaces import Floats, Ints

FONT_SIZE = 12

_CHARS = 28
_CHAR_WIDTH = 0.6  # of the font size: a wide average, so that labels rather stay apart
_LINE_HEIGHT = 1.5
_COLUMNS = ("group", "label", "x", "y", "size")


def medoid_labels(xy: Floats, groups: Ints, names: Mapping[int, str]) -> pd.DataFrame:
    """Return a label for each group of `groups` (n,), largest first, −1 left out.

    A label stands on a text of its group: the one nearest to the group's
    coordinate-wise median, a stand-in for the medoid that takes linear time.
    Columns `group`, `label` (one line, shortened), `x`, `y`, `size` (texts). A group
    that `names` does not have is called by its number.
    """
    lines: list[tuple[int, str, float, float, int]] = []
    for group in np.unique(groups[groups != UNASSIGNED]).tolist():
        members = xy[groups == group].astype(np.float64)
        distances = np.linalg.norm(members - np.median(members, axis=0), axis=1)
        x, y = members[distances.argmin()]
        name = shortened(names.get(group, f"Group {group}"))
        lines.append((group, name, round(float(x), 3), round(float(y), 3), len(members)))
    lines.sort(key=lambda line: (-line[4], line[0]))
    return pd.DataFrame(lines, columns=list(_COLUMNS))


def shortened(name: str) -> str:
    """Return a name as one short line."""
    line = " ".join(name.split())
    return line if len(line) <= _CHARS else f"{line[: _CHARS - 1].rstrip()}…"


def thin(
    labels: pd.DataFrame,
    x_domain: tuple[float, float],
    y_domain: tuple[float, float],
    width: int,
    height: int,
) -> pd.DataFrame:
    """Return the rows of `labels` that can be read together, in the same order.

    Labels are placed one after the other, so the earlier ones win; one that
    would overlap a label placed before it is left out, and one that would stick
    out at a side is shifted inside (its `x` changes). The domains are those drawn
    over `width` × `height` pixels.
    """
    scale = (x_domain[1] - x_domain[0]) / width
    across = (labels["x"].to_numpy(float) - x_domain[0]) / scale
    down = (labels["y"].to_numpy(float) - y_domain[0]) / (y_domain[1] - y_domain[0]) * height
    half = labels["label"].str.len().to_numpy(float) * FONT_SIZE * _CHAR_WIDTH / 2
    across = np.maximum(np.minimum(across, width - half), half)
    placed: list[int] = []
    for i in range(len(labels)):
        beside = np.abs(across[placed] - across[i]) >= half[placed] + half[i]
        apart = np.abs(down[placed] - down[i]) >= FONT_SIZE * _LINE_HEIGHT
        if bool((beside | apart).all()):
            placed.append(i)
    inside = labels.assign(x=(across * scale + x_domain[0]).round(3))
    return inside.iloc[placed].reset_index(drop=True)
