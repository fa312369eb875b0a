"""Constraints as items: what a cut between learning and judging moves around."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from core.domain.judgments import Constraints, Link, WeightedPlacement, WeightedTriplet

Item = tuple[str, tuple[str, ...], Link | WeightedTriplet]
"""Kind, texts, constraint. Placements are no items: their links are."""


def items_of(constraints: Constraints) -> list[Item]:
    """All constraints with their kind, in an order of their own."""
    return sorted(
        [
            *(("must", (link.left, link.right), link) for link in constraints.must_links),
            *(("cannot", (link.left, link.right), link) for link in constraints.cannot_links),
            *(("triplet", (t.anchor, t.positive, t.negative), t) for t in constraints.triplets),
        ],
        key=lambda item: (item[0], item[1], item[2].weight),
    )


def gather(items: Iterable[Item]) -> Constraints:
    """Return the constraints of `items`, without placements."""
    of_kind: dict[str, list[Any]] = defaultdict(list)
    for kind, _, constraint in items:
        of_kind[kind].append(constraint)
    return Constraints(tuple(of_kind["must"]), tuple(of_kind["cannot"]), tuple(of_kind["triplet"]))


def placed_among(
    placements: Iterable[WeightedPlacement], texts: Iterable[str]
) -> tuple[WeightedPlacement, ...]:
    """Return what the placements say about `texts` alone, in an order of its own.

    Left out are those whose text is another, or that have nothing left to be
    placed with or set apart from.
    """
    inside = frozenset(texts)
    found = []
    for placed in placements:
        groups = (tuple(t for t in group if t in inside) for group in placed.rejected)
        part = replace(
            placed,
            bunch=tuple(text for text in placed.bunch if text in inside),
            chosen=tuple(text for text in placed.chosen if text in inside),
            rejected=tuple(group for group in groups if group),
        )
        # A chosen group that is gone does not make the text a new group.
        says = part.chosen if placed.chosen else part.rejected
        if placed.text in inside and says:
            found.append(part)
    return tuple(sorted(found, key=lambda p: (p.text, p.bunch, p.chosen, p.rejected, p.weight)))
