"""A proposal in plain words."""

from __future__ import annotations

from core.domain.clusterings import UNASSIGNED
from core.domain.proposals import Comparison, Proposal
from core.domain.training import Score
from core.project.mapping import Current


def told(score: Score) -> str:
    """Say a score with its interval."""
    if not score.total:
        return "no answers held out"
    return f"{score.correct} of {score.total} right ({score.low:.0%} to {score.high:.0%})"


def cluster_names(here: Current, proposal: Proposal) -> dict[int, str]:
    """Return the label of each cluster's topic by cluster id, a name for the unassigned,
    and for a proposal's new clusters, which have no label before it is kept."""
    names = {c: topic.label for topic in here.taxonomy.topics for c in topic.clusters}
    fresh = {c for step in proposal.lineage.steps for c in step.new if c not in names}
    return names | {c: f"new cluster {c}" for c in fresh} | {UNASSIGNED: "unassigned"}


def advice(proposal: Proposal) -> tuple[str, str]:
    """Return how the proposal looks ("better", "maybe", "not better") and a sentence."""
    if not proposal.judged:
        return "not better", (
            "None of your own answers was held out, so nothing shows whether the new embedder "
            "is better. Keeping the old one is the safe choice."
        )
    if not proposal.better:
        return "not better", (
            "The new embedder is not better on the held-out answers. Keeping the old one is "
            "the safe choice."
        )
    if proposal.sure:
        return "better", "The new embedder gets more of the held-out answers right."
    return "maybe", (
        "The new embedder gets more of the held-out answers right, but so few that it may be "
        "chance. More answers make it sure."
    )


def changes(found: Comparison) -> str:
    """Say which held-out answers changed sides."""
    return (
        f"{_answers(found.gained)} became right and {_answers(found.lost)} became wrong; "
        "only answers that you gave one by one judge, never those of a model."
    )


def side_figures(found: Comparison) -> tuple[tuple[str, str, str], ...]:
    """Return the rows of the comparison: what, before, after. Kinds of answers that nobody
    gave are left out."""
    kinds = (
        ("Pairs and links", found.before.pairs, found.after.pairs),
        ("Triplets", found.before.triplets, found.after.triplets),
        ("Placements", found.before.placements, found.after.placements),
    )
    rows = [(name, told(old), told(new)) for name, old, new in kinds if old.total]
    before, after = (
        "fewer than two clusters" if value is None else f"{value:.3f}"
        for value in found.silhouettes
    )
    return (*rows, ("How far clusters stand apart (silhouette)", before, after))


def _answers(count: int) -> str:
    return "1 answer" if count == 1 else f"{count:,} answers"
