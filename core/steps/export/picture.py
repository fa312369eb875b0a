"""The map as a picture of its own: SVG, one path a group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.spaces import Floats
from core.steps.export.bundle import Bundle
from core.steps.export.cells import utf8
from core.steps.export.tree import outline

WIDTH, HEIGHT = 1600, 1000
_MARGIN = 40
_NAME_CHARS = 32  # of a name in the picture, each this many units wide at most on average
_CHAR_WIDTH = 16
MOST_POINTS = 40_000
"""Points drawn at most: a report of 250,000 texts stays small enough to be sent."""


@dataclass(frozen=True, slots=True)
class Group:
    """Points of one colour. `color` counts the palette from 0, None is grey;
    `path` is the d of an SVG path with a dot a text; `x`, `y` where its name stands, at most
    32 characters of it."""

    label: str
    texts: int
    color: int | None
    path: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Picture:
    """The map by topmost topic, the largest first, the unassigned last. `every`: one
    in so many texts is drawn."""

    groups: tuple[Group, ...]
    every: int


def picture(bundle: Bundle, colors: int) -> Picture:
    """Return the map, the `colors` largest topmost topics in a colour of their own.

    Of more than MOST_POINTS texts, every so-many-th by id is drawn: ids are hashes of
    the contents, so this is a fair sample, and the same one each time.
    """
    layout = bundle.layout
    every = -(-len(layout.text_ids) // MOST_POINTS) or 1
    xy = _scaled(layout.xy)
    root_of = {node.topic.id: node.path[0] for node in outline(bundle.taxonomy)}
    topic_of = dict(zip(bundle.assignment.text_ids, bundle.assignment.topics, strict=True))
    roots = [root_of.get(topic_of.get(text, ""), "") for text in layout.text_ids]
    sizes = Counter(root for root in roots if root)
    names = sorted(sizes, key=lambda name: (-sizes[name], name))
    groups = []
    for place, name in enumerate([*names, ""]):
        rows = [row for row, root in enumerate(roots) if root == name]
        if not rows:
            continue
        drawn = [row for row in rows if row % every == 0]
        x, y = _middle(xy[rows])
        color = place if name and place < colors else None
        label = utf8(name).decode() or "(unassigned)"
        dots = _dots(xy[drawn].tolist())
        groups.append(Group(label, len(rows), color, dots, _inside(x, label), y))
    return Picture(tuple(groups), every)


def _scaled(xy: Floats) -> NDArray[np.int64]:
    """Return whole coordinates inside the picture, the scale of both axes the same."""
    if not len(xy):
        return np.zeros((0, 2), dtype=np.int64)
    low, high = xy.min(axis=0), xy.max(axis=0)
    room = np.array([WIDTH - 2 * _MARGIN, HEIGHT - 2 * _MARGIN])
    scale = float((room / np.maximum(high - low, 1e-9)).min())
    shift = (np.array([WIDTH, HEIGHT]) - scale * (high - low)) / 2
    placed: NDArray[np.float64] = (xy - low) * scale + shift
    # A picture counts from its top, a map from its bottom.
    placed[:, 1] = HEIGHT - placed[:, 1]
    return placed.round().astype(np.int64)


def _middle(xy: NDArray[np.int64]) -> tuple[int, int]:
    """Return the point nearest to the medians, where surely something is drawn."""
    away = np.abs(xy - np.median(xy, axis=0)).sum(axis=1)
    x, y = xy[int(away.argmin())].tolist()
    return int(x), int(y)


def _inside(x: int, label: str) -> int:
    """Return where the middle of a name stands so that all of it is in the picture."""
    half = min(len(label), _NAME_CHARS) * _CHAR_WIDTH // 2
    return max(half, min(WIDTH - half, x))


def _dots(points: Sequence[Sequence[int]]) -> str:
    return "".join(f"M{x} {y}h0" for x, y in points)
