"""Retraining the embedder on the answers: a proposal, to be kept or thrown away."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from core.adapters.encoders import SentenceEncoder, fine_tune
from core.domain.clusterings import Lineage
from core.domain.errors import StaleEditError
from core.domain.judgments import Constraints
from core.domain.ports import Progress
from core.domain.proposals import Proposal
from core.domain.spaces import Origin
from core.domain.taxonomy import Taxonomy
from core.domain.training import Score, TrainingSpec
from core.project.arrays import load_clustering, load_embedding
from core.project.encoders import open_encoder
from core.project.intake import find_project, load_corpus
from core.project.mapping import Current, Drawn, adopt_kept, current, draw, next_round
from core.project.settled import settle
from core.project.stages import Stage, shares
from core.project.workspace import Workspace
from core.steps.training import examples, score, split


@dataclass(frozen=True, slots=True)
class Material:
    """What there is to learn from, and about how long learning takes. `contested`
    counts what contradicts itself, `ignored` answers about texts that are gone."""

    answers: int
    placements: int
    must_links: int
    cannot_links: int
    triplets: int
    contested: int
    ignored: int
    train: int
    held_out: int
    seconds: float


def material(workspace: Workspace, project_id: str) -> Material:
    """Return what a retraining would learn from now. Raises TooFewError."""
    here = current(workspace, project_id)
    judgments = workspace.store.reviews.judgments(project_id)
    known = frozenset(load_embedding(workspace, here.map).text_ids)
    constraints = settle(judgments, known)
    train, held_out = split(constraints, seed=here.project.seed)
    return Material(
        answers=len(judgments),
        placements=len(constraints.placements),
        must_links=len(constraints.must_links),
        cannot_links=len(constraints.cannot_links),
        triplets=len(constraints.triplets),
        contested=constraints.contested,
        ignored=constraints.ignored,
        train=len(train),
        held_out=len(held_out),
        seconds=sum(_expected_seconds(len(train), len(known))),
    )


def retrain(
    workspace: Workspace, project_id: str, _params: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """Fine-tune the current embedder on the settled answers and offer the result.

    Answers on held-out texts judge it; nothing current is touched. Returns the
    proposal's id. Raises TooFewError, ModelError, and Cancelled through `progress`.
    """
    progress.report(0.0, "Reading the answers")
    here = current(workspace, project_id)
    corpus = load_corpus(workspace, here.project)
    bodies = {text.id: text.body for text in corpus.texts}
    constraints = settle(workspace.store.reviews.judgments(project_id), bodies.keys())
    train, held_out = split(constraints, seed=here.project.seed)
    expected = _expected_seconds(len(train), len(corpus.texts))
    tuning, drawing = shares(progress, *expected)
    started = time.monotonic()
    tuned = _tune(workspace, here, train, bodies, tuning)
    seconds = time.monotonic() - started
    _keep_model(workspace, tuned)
    drawn = next_round(
        draw(workspace, here.project, corpus, tuned, here.map.spec, drawing, parent=here.map)
    )
    proposal = _proposal(workspace, here, drawn, (train, held_out), seconds)
    workspace.store.maps.propose(drawn.map, proposal)
    return {"proposal": proposal.id}


def newest_proposal(workspace: Workspace, project_id: str) -> Proposal | None:
    """Return the project's newest proposal, whatever became of it."""
    return next(iter(workspace.store.maps.proposals(project_id)), None)


def keep(workspace: Workspace, proposal: Proposal) -> Taxonomy:
    """Make the proposal's map current; human edits are carried over by lineage.

    Raises StaleEditError where the map has changed since the proposal was made,
    or where it was decided already.
    """
    _demand_open(workspace, proposal)
    project = find_project(workspace, proposal.project)
    new = workspace.store.maps.get(proposal.new_map)
    drawn = Drawn(
        new, load_embedding(workspace, new), load_clustering(workspace, new), proposal.lineage
    )
    taxonomy = adopt_kept(
        workspace,
        project,
        load_corpus(workspace, project),
        drawn,
        f"Kept the retrained embedder (round {new.round})",
    )
    workspace.store.maps.decide(proposal.id, "kept")
    return taxonomy


def discard(workspace: Workspace, proposal: Proposal) -> None:
    """Keep the old embedder; the proposal stays in the record as discarded.

    Raises StaleEditError where it was decided already.
    """
    workspace.store.maps.decide(proposal.id, "discarded")


def _demand_open(workspace: Workspace, proposal: Proposal) -> None:
    stored = workspace.store.maps.proposals(proposal.project)
    if not any(other.id == proposal.id and other.status == "open" for other in stored):
        raise StaleEditError(
            "This retraining was kept or thrown away elsewhere since this page was drawn.",
            "Look at the new state; Undo in the sidebar goes back to the map before it.",
        )


def told(score: Score) -> str:
    """Say a score with its interval."""
    if not score.total:
        return "no answers held out"
    return f"{score.correct} of {score.total} right ({score.low:.0%} to {score.high:.0%})"


def cluster_names(here: Current, proposal: Proposal) -> dict[int, str]:
    """Return the label of each cluster's topic by cluster id; a proposal's new
    clusters have none before it is kept."""
    names = {c: topic.label for topic in here.taxonomy.topics for c in topic.clusters}
    fresh = {c for step in proposal.lineage.steps for c in step.new if c not in names}
    return names | {c: f"new cluster {c}" for c in fresh}


def _expected_seconds(examples_count: int, texts: int) -> tuple[float, float]:
    """Return about how long tuning and redrawing take on two cores, in seconds."""
    epochs = TrainingSpec().epochs
    return 6 + 0.06 * epochs * examples_count, 12 + texts / 60


def _tune(
    workspace: Workspace,
    here: Current,
    train: Constraints,
    bodies: Mapping[str, str],
    stage: Stage,
) -> SentenceEncoder:
    encoder = open_encoder(workspace, here.map.space)
    stage.report(0.02, "Preparing the training")

    def on_step(done: int, total: int, loss: float) -> None:
        stage.point(loss)
        stage.report(0.05 + 0.95 * done / total, f"Training, step {done} of {total}")

    spec = replace(TrainingSpec(), seed=here.project.seed)
    return fine_tune(encoder, examples(train, bodies), spec, on_step)


def _keep_model(workspace: Workspace, tuned: SentenceEncoder) -> None:
    workspace.store.maps.add_space(Origin(tuned.space, workspace.files.put_folder(tuned.save)))


def _proposal(
    workspace: Workspace,
    here: Current,
    drawn: Drawn,
    halves: tuple[Constraints, Constraints],
    seconds: float,
) -> Proposal:
    train, held_out = halves
    old = load_clustering(workspace, here.map)
    before: Score = score(load_embedding(workspace, here.map), held_out, train)
    after: Score = score(drawn.embedding, held_out, train)
    return Proposal(
        id=uuid4().hex,
        project=here.project.id,
        old_map=here.map.id,
        new_map=drawn.map.id,
        before=before,
        after=after,
        trained_on=len(train),
        moved=int((old.labels != drawn.clustering.labels).sum()),
        seconds=seconds,
        lineage=Lineage(drawn.lineage.steps),
        status="open",
        at=datetime.now(UTC),
    )
