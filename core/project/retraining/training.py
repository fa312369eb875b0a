"""The job: learn from the answers, draw the new map, and offer it beside the old one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.domain.judgments import Judgment
from core.domain.ports import Progress
from core.domain.texts import Corpus
from core.project.arrays import keep_ground
from core.project.drawing import Drawn, draw, draw_embedded, drawn_from, next_round
from core.project.grouping import foundation, weigh
from core.project.intake import load_corpus
from core.project.mapping import Current, current
from core.project.pacing import pace_of
from core.project.retraining.learning import Trained, checkpoints, learn
from core.project.retraining.material import divide, divide_for_clusters
from core.project.retraining.proposing import propose
from core.project.retraining.speeds import expected_seconds, speed_of
from core.project.spread import said
from core.project.stages import shares
from core.project.workspace import Workspace
from core.steps.training import texts_read


def retrain(
    workspace: Workspace, project_id: str, params: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """Train the current embedder on the settled answers and offer the result.

    `params["speed"]` says how (domain.training.Speed); "sharpen" goes by the clusters and
    wants no answers. `params["generated"]` says
    whether generated sentences teach, too. People's answers on held-out texts
    judge it; nothing current is touched. Returns the proposal's id. Raises TooFewError,
    ModelError, InputError, and Cancelled through `progress`.
    """
    progress.report(0.0, "Reading the answers")
    here = current(workspace, project_id)
    corpus = load_corpus(workspace, here.project)
    bodies = {text.id: text.body for text in corpus.texts}
    judgments = workspace.store.reviews.judgments(project_id)
    speed = speed_of(str(params.get("speed", "whole")))
    if speed == "sharpen":
        halves = divide_for_clusters(workspace, here, judgments)
    else:
        halves = divide(workspace, here, judgments)
    pace = pace_of(workspace, project_id)
    expected = expected_seconds(speed, texts_read(halves.train), len(corpus.texts), pace)
    tuning, drawing = shares(progress, *expected)
    generated = bool(params.get("generated"))
    trained = learn(workspace, here, halves, bodies, speed, tuning, generated=generated)
    drawn = _draw(workspace, here, corpus, trained, drawing)
    if here.map.prior_key is not None:
        drawn = _shaped(workspace, here, drawn, judgments)
    progress.report(0.99, "Comparing the two")
    proposal = propose(workspace, here, next_round(drawn), halves, trained)
    checkpoints(workspace, project_id).clear()
    return {"proposal": proposal.id}


def _draw(
    workspace: Workspace, here: Current, corpus: Corpus, trained: Trained, progress: Progress
) -> Drawn:
    spec = here.map.spec
    if trained.embedding is not None:
        return draw_embedded(
            workspace, here.project, trained.embedding, spec, progress, parent=here.map
        )
    return draw(workspace, here.project, corpus, trained.encoder, spec, progress, parent=here.map)


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
