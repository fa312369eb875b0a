"""Holding some answers back as a check: no text is on both sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from core.domain.errors import TooFewError
from core.domain.ids import content_id
from core.domain.judgments import Constraints, WeightedPlacement
from core.steps.training.items import Item, gather, items_of, placed_among

# Share of the constraints that must be left to learn from after a component was cut.
_KEPT_SHARE = 0.5

MIN_ANSWERS = 8
"""Fewest constraints of which some can be held back and some learned from."""


def split(
    constraints: Constraints,
    *,
    share: float = 0.25,
    seed: int,
    judges: Constraints | None = None,
) -> tuple[Constraints, Constraints]:
    """Return (train, held_out): no text is on both sides.

    About `share` of the constraints is held out, by connected components of the
    graph of texts. Where one component holds too much of the graph, a region is
    cut out of it and the constraints across the cut are left out of both sides.
    A placement goes with its text, without the texts of the other side. With
    `judges` (what people alone said, say) only those are held out, and the others
    about the same texts are left out; where `judges` are empty, nothing is held
    out. The order of the constraints changes nothing. Raises TooFewError where
    there are too few constraints, or where they all hang on the same texts.
    """
    items = items_of(constraints)
    if len(items) < MIN_ANSWERS:
        raise TooFewError(
            _settled(len(items), constraints.contested),
            f"Answer at least {_questions(MIN_ANSWERS - len(items))}, then train.",
        )
    if judges is None:
        judges = constraints
    judging = items_of(judges)
    if not judging:
        return constraints, Constraints()
    train, held_out = _cut(items, judging, share, seed)
    if not train or not held_out:
        raise TooFewError(
            "All answers hang on the same few texts, so none can be held back as a check.",
            f"Answer at least {MIN_ANSWERS} more questions about other texts, then train.",
        )
    judged = {text for _, texts, _ in held_out for text in texts}
    kept = {text for placed in constraints.placements for text in _texts(placed)} - judged
    return (
        replace(gather(train), placements=placed_among(constraints.placements, kept)),
        replace(gather(held_out), placements=placed_among(judges.placements, judged)),
    )


def _cut(
    items: Sequence[Item], judging: Sequence[Item], share: float, seed: int
) -> tuple[list[Item], list[Item]]:
    """Return the items to learn from, and those of `judging` to hold out."""
    target = max(1, round(share * len(judging)))
    components = _components(judging, seed)
    large = [component for component in components if len(component) > target]
    # Beside a component that is cut, the others are not all held out: cutting it may
    # leave nothing of it to learn from, as where all its answers are about one text.
    small = sum(len(component) for component in components) - sum(map(len, large))
    room = min(target, max(1, round(share * small))) if large and small else target
    held: set[str] = set()
    for component in components:
        if len(component) <= room:
            held.update(text for _, texts, _ in component for text in texts)
            room -= len(component)
    found = _sides(items, judging, held)
    missing = target - len(found[1])
    if large and missing > target // 2:
        region = _region(max(large, key=len), missing, seed)
        wider = _sides(items, judging, held | region)
        if not found[1] or len(wider[0]) >= _KEPT_SHARE * len(items):
            return wider
    return found


def _sides(
    items: Iterable[Item], judging: Iterable[Item], held: set[str]
) -> tuple[list[Item], list[Item]]:
    held_out = [item for item in judging if held.issuperset(item[1])]
    # A text of the region that no held-out answer is about need not cost the train side.
    judged = {text for _, texts, _ in held_out for text in texts}
    return [item for item in items if judged.isdisjoint(item[1])], held_out


def _settled(count: int, contested: int) -> str:
    against = (
        f" ({contested:,} contradict each other and count for nothing until you settle them on "
        "the Review page)"
        if contested
        else ""
    )
    return f"The answers so far settle {count} constraints{against}; {MIN_ANSWERS} are needed."


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
