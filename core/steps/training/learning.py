"""What to learn from: bodies of texts, out of constraints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import cycle

from core.domain.judgments import Constraints, Link
from core.domain.training import TaughtGroups, TrainingExamples, TrainingSpec
from core.steps.training.items import gather, items_of, placed_among

# AdamW's peak rate where groups and triplets teach.
_RATE = 1e-4

# Epochs over texts of groups at most, and the texts read in all from which there are fewer.
_EPOCHS, _READ = 10, 6_500


def examples(
    constraints: Constraints, bodies: Mapping[str, str], groups: TaughtGroups | None = None
) -> TrainingExamples:
    """Return the bodies to learn from, weighted; `bodies` maps text ids to bodies.

    Constraints on texts that are not in `bodies` (deleted since) are left out.
    A text with must-links and cannot-links also gives triplets, as many as it
    takes to use each of its links once; so does a placed text, with a text of
    the chosen group and one of another group that was offered: it may not be
    different, but it is not the nearer one. A triplet weighs what the weaker of its
    links does, the most where several say the same.

    Where there are `groups`, the answers have decided these and teach by them alone. Ten
    times as many links say the same again, with the answers' errors in them, and triplets
    that a judge errs in took from the map what they gave to k-means (on BANKING77's train
    file links gained no more and took ten times as long; 1,024 triplets right in 75% left
    67% of the texts right where their groups left 71%, as without training).
    """
    if groups is not None:
        return TrainingExamples((), (), groups=groups)
    known = gather(item for item in items_of(constraints) if bodies.keys() >= set(item[1]))
    triplets: dict[tuple[str, str, str], float] = {}
    for item in known.triplets:
        _add(triplets, (item.anchor, item.positive, item.negative), item.weight)
    together, apart = _partners(known.must_links), _partners(known.cannot_links)
    for anchor in together.keys() & apart.keys():
        near, far = together[anchor], apart[anchor]
        for positive, negative in _matched(sorted(near), sorted(far)):
            weight = min(near[positive], far[negative])
            _add(triplets, (anchor, positive, negative), weight)
    for placed in placed_among(constraints.placements, bodies):
        others = [group[0] for group in placed.rejected]
        for positive, negative in _matched(placed.chosen, others):
            _add(triplets, (placed.text, positive, negative), placed.weight)
    links = [(link, True) for link in known.must_links]
    links += [(link, False) for link in known.cannot_links]
    return TrainingExamples(
        tuple((bodies[a], bodies[p], bodies[n]) for a, p, n in sorted(triplets)),
        tuple((bodies[link.left], bodies[link.right], same) for link, same in links),
        tuple(triplets[triplet] for triplet in sorted(triplets)),
        tuple(link.weight for link, _ in links),
        groups,
    )


def spec_for(found: TrainingExamples) -> TrainingSpec:
    """Return how a fine-tune on `found` learns. Groups are few texts, which it sees the
    oftener the fewer they are; they and triplets teach at a higher rate than links, which
    at that rate undid more than they taught. Chosen on texts of BANKING77's train file and
    of CLINC150 outside its test file, after 200 and 400 placements, 1,024 triplets, and the
    links that these say."""
    rate = TrainingSpec().learning_rate if found.pairs else _RATE
    epochs = TrainingSpec().epochs
    if found.groups is not None:
        epochs = _epochs(len(found.groups.bodies))
    return TrainingSpec(epochs=epochs, learning_rate=rate)


def _epochs(texts: int) -> int:
    """Return how often so many texts of groups are seen."""
    return min(max(_READ // max(texts, 1), TrainingSpec().epochs), _EPOCHS)


def texts_read(constraints: Constraints) -> int:
    """Return about how many texts a fine-tune on `constraints` reads in all its epochs,
    before it is known what they teach: every text that a link or a triplet names is of a
    group."""
    named = {text for item in items_of(constraints) for text in item[1]}
    return _epochs(len(named)) * len(named)


def _add(
    triplets: dict[tuple[str, str, str], float], triplet: tuple[str, str, str], weight: float
) -> None:
    triplets[triplet] = max(weight, triplets.get(triplet, 0.0))


def _matched(near: Sequence[str], far: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs that use each near and each far text once; none without both."""
    return (
        zip(near, cycle(far), strict=False)
        if len(near) >= len(far)
        else zip(cycle(near), far, strict=False)
    )


def _partners(links: Iterable[Link]) -> dict[str, dict[str, float]]:
    """The texts linked to each text, with the weight of the link."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for link in links:
        for text, other in ((link.left, link.right), (link.right, link.left)):
            found[text][other] = max(link.weight, found[text].get(other, 0.0))
    return dict(found)
