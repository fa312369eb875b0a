"""Holding some answers back as a check: no text is on both sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from core.domain.errors import TooFewError
from core.domain.ids import content_id
from core.domain.judgments import Constraints, WeightedPlacement
from core.steps.training.items import Item, gather, items_of, placed_among

MIN_ANSWERS = 8
"""Fewest constraints of which some can be held back and some learned from."""


def split(
    constraints: Constraints, *, share: float = 0.25, seed: int
) -> tuple[Constraints, Constraints]:
    """Return (train, held_out): no text is on both sides.

    About `share` of the constraints is held out, by connected components of the
    graph of texts. Where one component holds too much of the graph, a region is
    cut out of it and the constraints across the cut are left out of both sides.
    A placement goes with its text, without the texts of the other side. The order
    of the constraints changes nothing. Raises TooFewError where there are too
    few constraints, or where they all hang on the same texts.
    """
    items = items_of(constraints)
    if len(items) < MIN_ANSWERS:
        raise TooFewError(
            f"The answers so far settle {len(items)} constraints; {MIN_ANSWERS} are needed.",
            f"Answer at least {_questions(MIN_ANSWERS - len(items))}, then train.",
        )
    target = max(1, round(share * len(items)))
    held: set[str] = set()
    room = target
    too_large = []
    for component in _components(items, seed):
        if len(component) <= room:
            held.update(text for _, texts, _ in component for text in texts)
            room -= len(component)
        else:
            too_large.append(component)
    if room > target // 2 and too_large:
        held |= _region(max(too_large, key=len), room, seed)
    held_out = [item for item in items if held.issuperset(item[1])]
    # A text of the region that no held-out answer is about need not cost the train side.
    judged = {text for _, texts, _ in held_out for text in texts}
    train = [item for item in items if judged.isdisjoint(item[1])]
    if not train or not held_out:
        raise TooFewError(
            "All answers hang on the same few texts, so none can be held back as a check.",
            f"Answer at least {MIN_ANSWERS} more questions about other texts, then train.",
        )
    kept = {text for placed in constraints.placements for text in _texts(placed)} - judged
    return (
        replace(gather(train), placements=placed_among(constraints.placements, kept)),
        replace(gather(held_out), placements=placed_among(constraints.placements, judged)),
    )


def _questions(count: int) -> str:
    return "1 more question" if count == 1 else f"{count} more questions"


def _components(items: Sequence[Item], seed: int) -> list[list[Item]]:
    """The items of each connected component, components in a random order."""
    root: dict[str, str] = {}

    def find(text: str) -> str:
        while root.setdefault(text, text) != text:
            root[text] = text = root[root[text]]
        return text

    for _, texts, _ in items:
        for other in texts[1:]:
            low, high = sorted((find(texts[0]), find(other)))
            root[high] = low  # the least text names its component, whatever the order
    members: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        members[find(item[1][0])].append(item)
    return [members[text] for text in sorted(members, key=lambda text: _shuffle(seed, text))]


def _region(items: Sequence[Item], target: int, seed: int) -> set[str]:
    """Return texts that hold about `target` items among themselves.

    Grown from one text, always by the neighbour that completes the most items
    and cuts the fewest new ones.
    """
    items_of: dict[str, list[int]] = defaultdict(list)
    for index, (_, texts, _) in enumerate(items):
        for text in texts:
            items_of[text].append(index)
    missing = [len(texts) for _, texts, _ in items]
    region: set[str] = set()
    inside = 0
    # The fewest answers first: growth that starts at the rim cuts less.
    start = min(items_of, key=lambda text: (len(items_of[text]), _shuffle(seed, text)))

    def cost(text: str) -> tuple[int, str]:
        completed = sum(missing[index] == 1 for index in items_of[text])
        cut = sum(missing[index] == len(items[index][1]) for index in items_of[text])
        return cut - 2 * completed, _shuffle(seed, text)

    costs = {start: cost(start)}
    while costs and inside < target:
        text = min(costs, key=costs.__getitem__)
        del costs[text]
        region.add(text)
        touched: set[str] = set()
        for index in items_of[text]:
            missing[index] -= 1
            inside += missing[index] == 0
            touched.update(items[index][1])
        costs |= {other: cost(other) for other in touched - region}
    return region


def _shuffle(seed: int, text: str) -> str:
    """A key whose order is random, the same for a seed, and independent of other texts."""
    return content_id("split", str(seed), text)


def _texts(placed: WeightedPlacement) -> set[str]:
    groups = (placed.chosen, *placed.rejected)
    return {placed.text, *placed.bunch, *(text for group in groups for text in group)}
