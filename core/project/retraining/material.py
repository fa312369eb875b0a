"""What there is to learn from, what judges the result, and what stands in the way."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core.domain.errors import TooFewError
from core.domain.judgments import Constraints, Judgment, Verdict, counting
from core.domain.questions import Placement
from core.project.arrays import load_clustering
from core.project.encoders import no_model
from core.project.mapping import Current, current
from core.project.settled import settle
from core.project.spread import known_to
from core.project.workspace import Workspace
from core.steps.training import demand_contrast, largest_group, lopsided, split, texts_read


@dataclass(frozen=True, slots=True)
class Halves:
    """Settled answers in two halves without a common text: those to learn from, and the
    people's that judge. `learned` are the answers behind the first half."""

    train: Constraints
    held_out: Constraints
    settled: Constraints
    learned: tuple[Judgment, ...]

    @property
    def taught(self) -> int:
        """How many constraints are learned from: none where no answer teaches."""
        return len(self.train) if self.learned else 0


@dataclass(frozen=True, slots=True)
class Material:
    """What there is to learn from. `contested` counts what contradicts itself, `ignored`
    answers about texts that are gone, `read` about how many texts a fine-tune reads in all
    its epochs; `warnings` are sentences."""

    answers: int
    placements: int
    must_links: int
    cannot_links: int
    triplets: int
    contested: int
    ignored: int
    train: int
    read: int
    held_out: int
    texts: int
    warnings: tuple[str, ...]


def material(workspace: Workspace, project_id: str) -> Material:
    """Return what a retraining would learn from now.

    Raises TooFewError, and ModelError where the map stands on no model that could learn.
    """
    here = current(workspace, project_id)
    demand_model(workspace, here)
    judgments = workspace.store.reviews.judgments(project_id)
    halves = divide(workspace, here, judgments)
    found = halves.settled
    return Material(
        answers=len(judgments),
        placements=len(found.placements),
        must_links=len(found.must_links),
        cannot_links=len(found.cannot_links),
        triplets=len(found.triplets),
        contested=found.contested,
        ignored=found.ignored,
        train=len(halves.train),
        read=texts_read(halves.train),
        held_out=len(halves.held_out),
        texts=len(load_clustering(workspace, here.map).text_ids),
        warnings=_warnings(halves),
    )


def demand_model(workspace: Workspace, here: Current) -> None:
    """Raise ModelError where the map stands on vectors from a file."""
    if workspace.store.maps.space(here.map.space).vectors_key is not None:
        raise no_model()


def divide(workspace: Workspace, here: Current, judgments: Sequence[Judgment]) -> Halves:
    """Divide the answers about the current map's texts into what teaches and what judges.

    A person's answers alone judge: neither a model's nor those approved by the dozen.
    Raises TooFewError where there is too little to learn from.
    """
    clustering = load_clustering(workspace, here.map)
    known = frozenset(clustering.text_ids)
    settled = settle(judgments, known)
    train, held_out = split(
        settled, seed=here.project.seed, judges=settle(by_hand(judgments), known)
    )
    demand_contrast(train, dict(zip(clustering.text_ids, clustering.labels.tolist(), strict=True)))
    return Halves(train, held_out, settled, learned(judgments, held_out))


def divide_for_clusters(
    workspace: Workspace, here: Current, judgments: Sequence[Judgment]
) -> Halves:
    """Divide the answers where clusters teach, not answers: there may be none at all.

    `learned` are the answers that shaped the clusters in use, but for those that judge.
    Too few answers to hold any out leave nothing that judges.
    """
    known = frozenset(load_clustering(workspace, here.map).text_ids)
    settled = settle(judgments, known)
    try:
        judges = settle(by_hand(judgments), known)
        train, held_out = split(settled, seed=here.project.seed, judges=judges)
    except TooFewError:
        train, held_out = settled, Constraints()
    shaping = known_to(workspace, here.map, judgments) if here.map.prior_key is not None else ()
    return Halves(train, held_out, settled, learned(shaping, held_out))


def by_hand(judgments: Sequence[Judgment]) -> tuple[Judgment, ...]:
    """Return the answers that a person gave one by one."""
    return tuple(one for one in judgments if one.source == "human")


def learned(judgments: Sequence[Judgment], held_out: Constraints) -> tuple[Judgment, ...]:
    """Return the answers that teach: those that count and touch no text that judges."""
    judged = texts_of(held_out)
    return tuple(
        one
        for one in counting(judgments)
        if one.verdict is not Verdict.UNSURE and judged.isdisjoint(_subjects(one))
    )


def _subjects(judgment: Judgment) -> Collection[str]:
    question = judgment.question
    # A placement is learned without those of its texts that judge.
    return (question.text,) if isinstance(question, Placement) else question.texts


def texts_of(constraints: Constraints) -> set[str]:
    """Return the texts that constraints are about."""
    links = (*constraints.must_links, *constraints.cannot_links)
    found = {text for link in links for text in (link.left, link.right)}
    for one in constraints.triplets:
        found |= {one.anchor, one.positive, one.negative}
    return found


def _warnings(halves: Halves) -> tuple[str, ...]:
    found = []
    if not len(halves.held_out):
        found.append(
            "No answer of yours judges the result, only models have answered so far. Answer some "
            "questions yourself, or look at the maps with care before you decide."
        )
    if lopsided(halves.train):
        largest, texts = largest_group(halves.train)
        found.append(
            f"One group holds {largest:,} of the {texts:,} texts answered about, so it is mostly "
            "that group that is learned. Some more answers about the others would help them."
        )
    return tuple(found)
