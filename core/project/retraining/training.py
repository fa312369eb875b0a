"""The job: learn from the answers, draw the new map, and offer it beside the old one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.adapters.encoders import SentenceEncoder, fine_tune
from core.domain.judgments import Constraints, Judgment
from core.domain.ports import Progress
from core.domain.training import TrainingSpec
from core.project.arrays import keep_ground
from core.project.drawing import Drawn, draw, drawn_from, next_round
from core.project.encoders import open_trainable
from core.project.grouping import foundation, weigh
from core.project.intake import load_corpus
from core.project.mapping import Current, current
from core.project.retraining.material import divide
from core.project.retraining.proposing import Trained, propose
from core.project.retraining.speeds import expected_seconds
from core.project.spread import said
from core.project.stages import Stage, shares
from core.project.workspace import Workspace
from core.steps.training import examples


def retrain(
    workspace: Workspace, project_id: str, _params: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """Fine-tune the current embedder on the settled answers and offer the result.

    People's answers on held-out texts judge it; nothing current is touched. Returns the
    proposal's id. Raises TooFewError, ModelError, and Cancelled through `progress`.
    """
    progress.report(0.0, "Reading the answers")
    here = current(workspace, project_id)
    corpus = load_corpus(workspace, here.project)
    bodies = {text.id: text.body for text in corpus.texts}
    judgments = workspace.store.reviews.judgments(project_id)
    halves = divide(workspace, here, judgments)
    expected = expected_seconds(len(halves.train), len(corpus.texts))
    tuning, drawing = shares(progress, *expected)
    started = time.monotonic()
    tuned, losses = _tune(workspace, here, halves.train, bodies, tuning)
    seconds = time.monotonic() - started
    drawn = draw(workspace, here.project, corpus, tuned, here.map.spec, drawing, parent=here.map)
    if here.map.prior_key is not None:
        drawn = _shaped(workspace, here, drawn, judgments)
    progress.report(0.99, "Comparing the two")
    proposal = propose(
        workspace, here, next_round(drawn), halves, Trained(tuned, seconds, tuple(losses))
    )
    return {"proposal": proposal.id}


def _shaped(
    workspace: Workspace, here: Current, drawn: Drawn, judgments: tuple[Judgment, ...]
) -> Drawn:
    """Return the new map with the answers spread over it, as they are over the old one."""
    ground, prior = foundation(workspace, drawn.map)
    return drawn_from(
        workspace,
        here.project,
        drawn.embedding,
        weigh(ground, prior, judgments).clustering,
        (drawn.map.embedding_key, drawn.map.layout_key),
        here.map,
        prior_key=drawn.map.clustering_key,
        ground_key=drawn.map.ground_key or keep_ground(workspace, ground),
        answers=said(judgments),
    )


def _tune(
    workspace: Workspace,
    here: Current,
    train: Constraints,
    bodies: Mapping[str, str],
    stage: Stage,
) -> tuple[SentenceEncoder, list[float]]:
    """Return the tuned encoder and its losses, one a step."""
    encoder = open_trainable(workspace, here.map.space, runs_code=here.project.runs_code)
    losses: list[float] = []
    stage.report(0.02, "Preparing the training")

    def on_step(done: int, total: int, loss: float) -> None:
        losses.append(loss)
        stage.point(loss)
        stage.report(0.05 + 0.95 * done / total, f"Training, step {done} of {total}")

    spec = replace(TrainingSpec(), seed=here.project.seed)
    return fine_tune(encoder, examples(train, bodies), spec, on_step), losses
