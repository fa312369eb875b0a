"""Finding settled answers that cannot all be right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import accumulate, pairwise

import numpy as np

from core.domain.judgments import Constraints, Judgment, Link
from core.domain.questions import Contradiction
from core.domain.sayings import Ends
from core.steps.constraints.settling import settle

_Weights = Mapping[str, Mapping[str, float]]
"""Must-links by either end."""


def contradictions(
    judgments: Iterable[Judgment], asked: Collection[str], known: Collection[str] | None = None
) -> tuple[Contradiction, ...]:
    """Return the contradictions among settled judgments, see `contradictions_among`."""
    return contradictions_among(settle(judgments, known), asked)


def contradictions_among(
    constraints: Constraints, asked: Collection[str]
) -> tuple[Contradiction, ...]:
    """Return A~B, B~C, A≠C among the links as questions, the heaviest first.

    One for each cannot-link between texts that must-links join, none whose id is
    in `asked`. B lies on a shortest way of must-links from A to C, the way with the
    heaviest weakest link where there is one other text between them. A longer way
    is halved: B is where the doubt (the sum of 1/weight) on either side is most
    equal, so that any answer to the question rules out half of it. A contradiction
    weighs what the weakest of its links weighs: one of two strong answers that
    clash is wrong for sure, a faint one says little.
    """
    weights = _by_text(constraints.must_links)
    joined = _components(weights)
    clashes = [
        link
        for link in constraints.cannot_links
        if link.left in joined and joined[link.left] == joined.get(link.right)
    ]
    found: dict[Contradiction, tuple[float, float]] = {}
    for link, way in zip(clashes, _ways(weights, clashes), strict=True):
        question = Contradiction(link.left, _middle(way, weights), link.right)
        if question.id not in asked:
            steps = [weights[one][other] for one, other in pairwise(way)]
            weight = (min(link.weight, *steps), link.weight / len(steps))
            found[question] = max(weight, found.get(question, weight))
    return tuple(
        sorted(found, key=lambda question: (*(-part for part in found[question]), question.texts))
    )


def _by_text(links: Iterable[Link]) -> _Weights:
    weights: dict[str, dict[str, float]] = defaultdict(dict)
    for link in links:
        weights[link.left][link.right] = link.weight
        weights[link.right][link.left] = link.weight
    return weights


def _components(weights: _Weights) -> dict[str, int]:
    """Return a number for each text, one for all that must-links join."""
    found: dict[str, int] = {}
    for number, start in enumerate(weights):
        if start in found:
            continue
        found[start], todo = number, [start]
        while todo:
            for other in weights[todo.pop()]:
                if other not in found:
                    found[other] = number
                    todo.append(other)
    return found


def _ways(weights: _Weights, clashes: Sequence[Link]) -> list[tuple[str, ...]]:
    """Return a shortest way along must-links between the ends of each clash."""
    found: dict[Ends, tuple[str, ...]] = {}
    far: list[Ends] = []
    for link in clashes:
        between = _between(weights, link.left, link.right)
        if between is None:
            far.append((link.left, link.right))
        else:
            found[link.left, link.right] = (link.left, between, link.right)
    found.update(_long_ways(weights, far))
    return [found[link.left, link.right] for link in clashes]


def _between(weights: _Weights, left: str, right: str) -> str | None:
    """Return the text that joins both by the heaviest weakest link, if any does."""
    few, many = sorted((weights[left], weights[right]), key=len)
    shared = [text for text in few if text in many]
    return min(shared, key=lambda text: (-min(few[text], many[text]), text), default=None)


def _long_ways(weights: _Weights, pairs: Sequence[Ends]) -> dict[Ends, tuple[str, ...]]:
    """Return a shortest way for each pair: one breadth-first search for all pairs at a text."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    if not pairs:
        return {}
    texts = sorted(weights)
    row_of = {text: row for row, text in enumerate(texts)}
    columns = [sorted(row_of[other] for other in weights[text]) for text in texts]
    starts = np.array([0, *accumulate(len(row) for row in columns)], dtype=np.int32)
    indices = np.array([column for row in columns for column in row], dtype=np.int32)
    graph = csr_array((np.ones(len(indices)), indices, starts), shape=(len(texts), len(texts)))
    # The text of the most pairs, as one search answers all of its pairs.
    often = Counter(text for pair in pairs for text in pair)
    targets: dict[str, list[Ends]] = defaultdict(list)
    for pair in pairs:
        targets[min(pair, key=lambda text: (-often[text], text))].append(pair)
    found: dict[Ends, tuple[str, ...]] = {}
    for start, reached in targets.items():
        before = breadth_first_order(graph, row_of[start], directed=True)[1]
        for pair in reached:
            other = pair[1] if pair[0] == start else pair[0]
            way = [row_of[other]]
            while way[-1] != row_of[start]:
                way.append(int(before[way[-1]]))
            found[pair] = tuple(texts[row] for row in way)
    return found


def _middle(way: Sequence[str], weights: _Weights) -> str:
    """Return the inner text of the way that halves its doubt."""
    doubt = [1.0 / weights[one][other] for one, other in pairwise(way)]
    walked = list(accumulate(doubt))
    uneven = [abs(walked[-1] - 2.0 * here) for here in walked[:-1]]
    place = min(range(len(uneven)), key=lambda place: (uneven[place], way[place + 1]))
    return way[place + 1]
