"""Whether answers can teach anything at all, and what is missing where they cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from core.domain.clusterings import UNASSIGNED
from core.domain.errors import TooFewError
from core.domain.judgments import Constraints
from core.steps.training.items import items_of

FEW_OTHERS = 4
"""Answers of the other kind, or about other clusters, to ask for at least."""

LARGE_SHARE = 0.5
"""Share of the texts answered about from which one group outweighs all others."""


def demand_contrast(constraints: Constraints, clusters: Mapping[str, int]) -> None:
    """Raise TooFewError where the constraints say nothing to learn a space from.

    `clusters` are the cluster ids of the current map by text. Only must-links would
    draw everything together, only cannot-links would push everything apart, and
    answers about one cluster say nothing of what lies between clusters.
    """
    links, triplets = len(constraints), len(constraints.triplets)
    if not triplets and len(constraints.must_links) == links:
        raise TooFewError(
            "All answers so far say that texts belong together; none says what to keep apart.",
            f"Answer at least {FEW_OTHERS} questions about texts that differ, then train.",
        )
    if not triplets and len(constraints.cannot_links) == links:
        raise TooFewError(
            "All answers so far say that texts differ; none says what belongs together.",
            f"Answer at least {FEW_OTHERS} questions about texts that are alike, then train.",
        )
    touched = {clusters.get(text) for _, texts, _ in items_of(constraints) for text in texts}
    within = touched - {None, UNASSIGNED}
    if len(touched) == 1 and within and len(set(clusters.values()) - {UNASSIGNED}) > 1:
        raise TooFewError(
            "All answers so far are about the texts of one single cluster.",
            f"Answer at least {FEW_OTHERS} questions about other clusters, then train.",
        )


def largest_group(constraints: Constraints) -> tuple[int, int]:
    """Return the size of the largest group of texts that must-links hold together, and
    how many texts the constraints are about. Groups are connected components."""
    root: dict[str, str] = {}

    def find(text: str) -> str:
        while root.setdefault(text, text) != text:
            root[text] = text = root[root[text]]
        return text

    for link in constraints.must_links:
        root[find(link.left)] = find(link.right)
    texts = {text for _, texts, _ in items_of(constraints) for text in texts}
    sizes = Counter(find(text) for text in texts)
    return max(sizes.values(), default=0), len(texts)


def lopsided(constraints: Constraints) -> bool:
    """Whether one group holds most of the texts that were answered about."""
    largest, texts = largest_group(constraints)
    return largest > 2 and largest > LARGE_SHARE * texts
