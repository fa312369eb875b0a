"""Names on the map: where they stand, and which of them fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.domain.clusterings import UNASSIGNED
from core.domain.spaces import Floats, Ints

FONT_SIZE = 12

Doubles = NDArray[np.float64]

_CHARS = 28
_CHAR_WIDTH = 0.6  # of the font size: a wide average, so that labels rather stay apart
_LINE_HEIGHT = 1.5
# Of a plot, in pixels: from beside the list in a narrow window to the whole of a large screen.
_WIDTHS = (280, 340, 400, 460, 540, 640, 760, 880, 1000, 1200, 1500, 1900)
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
    room = _Room.of(labels, x_domain, y_domain, height)
    scale = (x_domain[1] - x_domain[0]) / width
    inside = labels.assign(x=(room.across(width) * scale + x_domain[0]).round(3))
    return inside.iloc[sorted(room.place(width, []))].reset_index(drop=True)


def thin_by_width(
    labels: pd.DataFrame,
    x_domain: tuple[float, float],
    y_domain: tuple[float, float],
    height: int,
) -> pd.DataFrame:
    """Return the rows of `labels` that can be read at some width, in the same order.

    For a chart as wide as its container: a label is shown where the plot has `wide`
    pixels or more, and shifted as far as its `half` width needs it. Placed as by
    `thin`, at one width after the other; what was placed stays, so that a wider window
    only adds names. `x` is left as it is.
    """
    room = _Room.of(labels, x_domain, y_domain, height)
    placed: list[int] = []
    wide: dict[int, int] = {}
    for width in _WIDTHS:
        placed = room.place(width, placed)
        for row in placed:
            wide.setdefault(row, width)
    rows = sorted(placed)
    shown = labels.iloc[rows].reset_index(drop=True)
    return shown.assign(
        half=room.half[rows].round().astype(np.int32),
        wide=np.array([wide[row] for row in rows], dtype=np.int32),
    )


def inward(labels: pd.DataFrame, x_domain: tuple[float, float], width: int) -> list[str]:
    """Return to which side of its point each label runs so that it stays inside `width`
    pixels: "right", "left", or "inside" where it can stand over the point."""
    room = _Room.of(labels, x_domain, (0.0, 1.0), 1)
    moved = room.across(width) - room.share * width
    return ["right" if by > 0 else "left" if by < 0 else "inside" for by in moved]


@dataclass(frozen=True, slots=True)
class _Room:
    """Where labels would stand: a share (n,) of the width, pixels (n,) from the top, and
    half of each one's own width (n,) in pixels."""

    share: Doubles
    down: Doubles
    half: Doubles

    @classmethod
    def of(
        cls,
        labels: pd.DataFrame,
        x_domain: tuple[float, float],
        y_domain: tuple[float, float],
        height: int,
    ) -> _Room:
        share = (labels["x"].to_numpy(float) - x_domain[0]) / (x_domain[1] - x_domain[0])
        down = (labels["y"].to_numpy(float) - y_domain[0]) / (y_domain[1] - y_domain[0]) * height
        half = np.array([_pixels(label) / 2 for label in labels["label"]], dtype=np.float64)
        return cls(share, down, half)

    def across(self, width: int) -> Doubles:
        """Return the middles of the labels in pixels, those at a side shifted inside."""
        found: Doubles = np.maximum(np.minimum(self.share * width, width - self.half), self.half)
        return found

    def place(self, width: int, placed: Sequence[int]) -> list[int]:
        """Return `placed` and what else has room beside them, the earlier labels first."""
        across, taken = self.across(width), list(placed)
        for i in sorted(set(range(len(across))) - set(taken)):
            beside = np.abs(across[taken] - across[i]) >= self.half[taken] + self.half[i]
            apart = np.abs(self.down[taken] - self.down[i]) >= FONT_SIZE * _LINE_HEIGHT
            if bool((beside | apart).all()):
                taken.append(i)
        return taken


def _pixels(label: str) -> float:
    """Return about how wide a label is; signs of East Asian scripts are square."""
    square = sum(east_asian_width(sign) in "FW" for sign in label)
    return FONT_SIZE * (square + _CHAR_WIDTH * (len(label) - square))
