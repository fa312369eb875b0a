"""Training a classifier of the current taxonomy, in the background."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from core.domain.classification import ClassifierKind, EncoderSpec
from core.domain.errors import InputError, TooFewError
from core.domain.ports import Progress
from core.domain.spaces import Embedding
from core.domain.taxonomy import Assignment
from core.project.arrays import load_clustering, load_embedding
from core.project.classifying.keeping import Trained, keep, lesson_of, load
from core.project.classifying.teaching import Pupil, teach
from core.project.encoders import open_trainable
from core.project.intake import load_corpus
from core.project.mapping import Current, current
from core.project.workspace import Workspace
from core.steps.classification import split
from core.steps.taxonomy import assign

KINDS: tuple[ClassifierKind, ...] = ("logistic", "nearest", "encoder")
"""The default first."""

FEWEST_FOR_ENCODER = 50
"""Texts in topics below which fine-tuning an encoder would learn them by heart."""


def learn(
    workspace: Workspace, project_id: str, params: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """Train the classifier that `params["kind"]` names and keep it, whatever stands
    already. Returns its id. Raises TooFewError, ModelError, and Cancelled through
    `progress`.
    """
    here = current(workspace, project_id)
    return {"classifier": train(workspace, here, kind_of(params), progress).kept.id}


def kind_of(params: Mapping[str, Any]) -> ClassifierKind:
    """Return the kind that parameters name. Raises InputError where there is none such."""
    for kind in KINDS:
        if params.get("kind") == kind:
            return kind
    raise InputError("There is no classifier of this name.", f"Choose one of {', '.join(KINDS)}.")


def train(workspace: Workspace, here: Current, kind: ClassifierKind, progress: Progress) -> Trained:
    """Train a kind of classifier on what the screen shows now, and keep it."""
    progress.report(0.0, "Reading the texts")
    assignment = assign(here.taxonomy, load_clustering(workspace, here.map))
    pupil = _pupil(workspace, here, assignment, load_embedding(workspace, here.map))
    texts = int((pupil.labels >= 0).sum())
    if kind == "encoder" and texts < FEWEST_FOR_ENCODER:
        raise TooFewError(
            f"{texts:,} texts in topics are too few to fine-tune an encoder on; "
            f"it takes {FEWEST_FOR_ENCODER} or more.",
            "Use the classifier on embeddings.",
        )
    began = time.monotonic()
    progress.report(0.05, "Training")

    def on_step(done: int, total: int, loss: float) -> None:
        progress.point(loss)
        progress.report(0.05 + 0.9 * done / total, f"Training, step {done:,} of {total:,}")

    spec = replace(EncoderSpec(), seed=here.project.seed)
    taught = teach(pupil, kind, spec, on_step)
    progress.report(0.97, "Keeping the classifier")
    seconds = time.monotonic() - began
    return load(
        workspace, keep(workspace, here, lesson_of(here, assignment), taught, texts, seconds)
    )


def expected_seconds(kind: ClassifierKind, texts: int) -> int:
    """Return about how long training takes on two cores, in seconds, start-up included."""
    if kind == "encoder":
        return round(20 + EncoderSpec().epochs * texts / 100)
    return round(5 + texts / 800)


def _pupil(
    workspace: Workspace, here: Current, assignment: Assignment, embedding: Embedding
) -> Pupil:
    topics = tuple(sorted(set(assignment.topics) - {""}))
    if not topics:
        raise TooFewError(
            "No topic has a text, so there is nothing to learn from.",
            "Put texts into topics on the Map page first.",
        )
    place = {topic: i for i, topic in enumerate(topics)}
    corpus = load_corpus(workspace, here.project)
    bodies = {text.id: text.body for text in corpus.texts}
    return Pupil(
        bodies=[bodies[text] for text in assignment.text_ids],
        vectors=embedding.vectors,
        labels=np.array([place.get(topic, -1) for topic in assignment.topics], dtype=np.int32),
        topics=topics,
        parts=split(assignment.text_ids, assignment.topics, here.project.seed),
        encoder=partial(open_trainable, workspace, here.map.space),
    )
