"""What to learn from, what to hold back, and how well a space agrees with answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np

from core.domain.errors import TooFewError
from core.domain.ids import content_id
from core.domain.judgments import Constraints, Link, WeightedTriplet
from core.domain.spaces import Embedding, Floats
from core.domain.training import Score, TrainingExamples

MIN_ANSWERS = 8
"""Fewest constraints of which some can be held back and some learned from."""

DEFAULT_THRESHOLD = 0.5
"""Cosine above which two texts count as together where no links say otherwise."""

_Item = tuple[str, tuple[str, ...], Link | WeightedTriplet]
"""Kind, texts, constraint."""


def split(
    constraints: Constraints, *, share: float = 0.25, seed: int
) -> tuple[Constraints, Constraints]:
    """Return (train, held_out): no text is on both sides.

    About `share` of the constraints is held out, by connected components of the
    graph of texts. Where one component holds too much of the graph, a region is
    cut out of it and the constraints across the cut are left out of both sides.
    The order of the constraints changes nothing. Raises TooFewError where
    there are too few constraints, or where they all hang on the same texts.
    """
    items = _items(constraints)
    if len(items) < MIN_ANSWERS:
        raise TooFewError(
            f"The answers so far settle {len(items)} constraints; {MIN_ANSWERS} are needed.",
            f"Answer at least {MIN_ANSWERS - len(items)} more questions, then train.",
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
    return _gather(train), _gather(held_out)


def examples(constraints: Constraints, bodies: Mapping[str, str]) -> TrainingExamples:
    """Return the bodies to learn from; `bodies` maps text ids to bodies.

    Constraints on texts that are not in `bodies` (deleted since) are left out.
    A text with must-links and cannot-links also gives triplets, as many as it
    takes to use each of its links once.
    """
    items = [item for item in _items(constraints) if bodies.keys() >= set(item[1])]
    known = _gather(items)
    triplets = {(item.anchor, item.positive, item.negative) for item in known.triplets}
    together, apart = _partners(known.must_links), _partners(known.cannot_links)
    for anchor in together.keys() & apart.keys():
        long, short = together[anchor], apart[anchor]
        pairs = (
            zip(long, cycle(short), strict=False)
            if len(long) >= len(short)
            else zip(cycle(long), short, strict=False)
        )
        triplets.update((anchor, positive, negative) for positive, negative in pairs)
    links = [(link.left, link.right, True) for link in known.must_links]
    links += [(link.left, link.right, False) for link in known.cannot_links]
    return TrainingExamples(
        tuple((bodies[a], bodies[p], bodies[n]) for a, p, n in sorted(triplets)),
        tuple((bodies[left], bodies[right], same) for left, right, same in links),
    )


def score(embedding: Embedding, held_out: Constraints, train: Constraints) -> Score:
    """Return how many of the held-out constraints `embedding` gets right.

    A triplet is right where the anchor's cosine to the positive is the higher
    one; a link where its cosine lies on its side of the threshold that best
    separates the links of `train` in the same space (the highest balanced
    accuracy; DEFAULT_THRESHOLD unless `train` has links of both kinds). Constraints on
    texts that the embedding lacks do not count.
    """
    row_of = {text: row for row, text in enumerate(embedding.text_ids)}
    must, cannot = (
        _cosines(embedding.vectors, row_of, [(link.left, link.right) for link in links])
        for links in (held_out.must_links, held_out.cannot_links)
    )
    known = [t for t in held_out.triplets if {t.anchor, t.positive, t.negative} <= row_of.keys()]
    near = _cosines(embedding.vectors, row_of, [(t.anchor, t.positive) for t in known])
    far = _cosines(embedding.vectors, row_of, [(t.anchor, t.negative) for t in known])
    threshold = _threshold(
        _cosines(embedding.vectors, row_of, [(link.left, link.right) for link in train.must_links]),
        _cosines(
            embedding.vectors, row_of, [(link.left, link.right) for link in train.cannot_links]
        ),
    )
    right = (near > far).sum() + (must > threshold).sum() + (cannot <= threshold).sum()
    return Score.of(int(right), len(near) + len(must) + len(cannot))


def _cosines(
    vectors: Floats, row_of: Mapping[str, int], pairs: Sequence[tuple[str, str]]
) -> Floats:
    """Cosines float32 (m,) of the pairs whose two texts have a row."""
    rows = [(row_of[a], row_of[b]) for a, b in pairs if a in row_of and b in row_of]
    left, right = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    found: Floats = np.einsum("ij,ij->i", vectors[left], vectors[right])
    return found


def _threshold(must: Floats, cannot: Floats) -> float:
    """The cut that best separates the two; the middle of the widest gap among the best."""
    if not len(must) or not len(cannot):
        return DEFAULT_THRESHOLD
    values = np.unique(np.concatenate([must, cannot]))
    if len(values) == 1:
        return float(values[0])
    cuts, gaps = (values[1:] + values[:-1]) / 2, np.diff(values)
    hits = (must[:, None] > cuts).mean(axis=0) + (cannot[:, None] <= cuts).mean(axis=0)
    return float(cuts[np.lexsort((gaps, hits))[-1]])


def _items(constraints: Constraints) -> list[_Item]:
    """All constraints with their kind, in an order of their own."""
    return sorted(
        [
            *(("must", (link.left, link.right), link) for link in constraints.must_links),
            *(("cannot", (link.left, link.right), link) for link in constraints.cannot_links),
            *(("triplet", (t.anchor, t.positive, t.negative), t) for t in constraints.triplets),
        ],
        key=lambda item: (item[0], item[1], item[2].weight),
    )


def _gather(items: Iterable[_Item]) -> Constraints:
    of_kind: dict[str, list[Any]] = defaultdict(list)
    for kind, _, constraint in items:
        of_kind[kind].append(constraint)
    return Constraints(tuple(of_kind["must"]), tuple(of_kind["cannot"]), tuple(of_kind["triplet"]))


def _partners(links: Iterable[Link]) -> dict[str, list[str]]:
    """The texts linked to each text, sorted."""
    found: dict[str, set[str]] = defaultdict(set)
    for link in links:
        found[link.left].add(link.right)
        found[link.right].add(link.left)
    return {text: sorted(others) for text, others in found.items()}


def _components(items: Sequence[_Item], seed: int) -> list[list[_Item]]:
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
    members: dict[str, list[_Item]] = defaultdict(list)
    for item in items:
        members[find(item[1][0])].append(item)
    return [members[text] for text in sorted(members, key=lambda text: _shuffle(seed, text))]


def _region(items: Sequence[_Item], target: int, seed: int) -> set[str]:
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
