"""What to learn from: bodies of texts, out of constraints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import cycle

from core.domain.judgments import Constraints, Link
from core.domain.training import TrainingExamples
from core.steps.training.items import gather, items_of, placed_among


def examples(constraints: Constraints, bodies: Mapping[str, str]) -> TrainingExamples:
    """Return the bodies to learn from; `bodies` maps text ids to bodies.

    Constraints on texts that are not in `bodies` (deleted since) are left out.
    A text with must-links and cannot-links also gives triplets, as many as it
    takes to use each of its links once; so does a placed text, with a text of
    the chosen group and one of another group that was offered: it may not be
    different, but it is not the nearer one.
    """
    known = gather(item for item in items_of(constraints) if bodies.keys() >= set(item[1]))
    triplets = {(item.anchor, item.positive, item.negative) for item in known.triplets}
    together, apart = _partners(known.must_links), _partners(known.cannot_links)
    for anchor in together.keys() & apart.keys():
        triplets.update(_triplets(anchor, together[anchor], apart[anchor]))
    for placed in placed_among(constraints.placements, bodies):
        others = [group[0] for group in placed.rejected]
        triplets.update(_triplets(placed.text, placed.chosen, others))
    links = [(link.left, link.right, True) for link in known.must_links]
    links += [(link.left, link.right, False) for link in known.cannot_links]
    return TrainingExamples(
        tuple((bodies[a], bodies[p], bodies[n]) for a, p, n in sorted(triplets)),
        tuple((bodies[left], bodies[right], same) for left, right, same in links),
    )


def _triplets(
    anchor: str, near: Sequence[str], far: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    """Yield triplets that use each near and each far text once; none without both."""
    pairs = (
        zip(near, cycle(far), strict=False)
        if len(near) >= len(far)
        else zip(cycle(near), far, strict=False)
    )
    for positive, negative in pairs:
        yield anchor, positive, negative


def _partners(links: Iterable[Link]) -> dict[str, list[str]]:
    """The texts linked to each text, sorted."""
    found: dict[str, set[str]] = defaultdict(set)
    for link in links:
        found[link.left].add(link.right)
        found[link.right].add(link.left)
    return {text: sorted(others) for text, others in found.items()}
