"""Training a classifier on the texts that are in a topic, and judging it on others."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from core.adapters.encoders import SentenceEncoder, fine_tune_classes
from core.domain.classification import (
    Classifier,
    ClassifierKind,
    EncoderSpec,
    Head,
    Kept,
    Members,
)
from core.domain.errors import TooFewError
from core.domain.ports import Progress
from core.domain.spaces import Floats, Origin
from core.project.classifying.keeping import Trained, keep
from core.project.classifying.lesson import Lesson, lesson_of
from core.project.encoders import open_trainable
from core.project.intake import load_corpus
from core.project.mapping import Current, current
from core.project.stages import Stage
from core.project.workspace import Workspace
from core.steps.classification import (
    Parts,
    centroid_head,
    fit_rule,
    logistic_head,
    logits_of,
    pick_members,
    place,
    quality,
    split,
    temperature,
)
from core.steps.classification.nearness import nearness

TRAIN = "classifier"


def train(
    workspace: Workspace, project_id: str, params: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """The use case of the worker: train and keep a classifier of `params["kind"]`.

    Nothing is kept of a training that fails or is cancelled. Returns its id. Raises
    TooFewError, ModelError, and Cancelled through `progress`.
    """
    here = current(workspace, project_id)
    progress.report(0.0, "Reading the texts")
    kept = learn(workspace, here, lesson_of(workspace, here), params["kind"], progress)
    progress.report(1.0, "Done")
    return {"classifier": kept.id}


def learn(
    workspace: Workspace, here: Current, lesson: Lesson, kind: ClassifierKind, progress: Progress
) -> Kept:
    """Train a classifier of a kind, judge it and keep it."""
    topics = [lesson.topics[label] for label in lesson.labels]
    parts = split(lesson.text_ids, topics, here.project.seed)
    started = time.monotonic()
    if kind == "encoder":
        encoder, head, own = _tuned(workspace, here, lesson, parts, progress)
        space = encoder.space.id
        trained = judged(lesson, parts, kind, head, own, started)
        key = workspace.files.put_folder(encoder.save)
        workspace.store.maps.add_space(Origin(encoder.space, key))
    else:
        progress.report(0.1, "Learning the topics")
        space = here.map.space
        trained = on_vectors(lesson, parts, kind, started)
    return keep(workspace, here, lesson, space, trained)


def on_vectors(lesson: Lesson, parts: Parts, kind: ClassifierKind, started: float) -> Trained:
    """Return a classifier on the vectors as they are, judged on the held-out part, then
    taught all texts: the figures are of one that knows less."""
    k, logistic = len(lesson.topics), kind == "logistic"
    rows = parts.train
    head = logistic_head(lesson.vectors[rows], lesson.labels[rows], k) if logistic else None
    found = judged(lesson, parts, kind, head, lesson.vectors, started)
    if not logistic:
        return found
    whole = logistic_head(lesson.vectors, lesson.labels, k)
    old = found.classifier
    classifier = Classifier(kind, old.topics, whole, old.members, old.temperature, old.rule)
    return Trained(classifier, found.quality, found.learned, time.monotonic() - started)


def judged(
    lesson: Lesson,
    parts: Parts,
    kind: ClassifierKind,
    head: Head | None,
    own: Floats,
    started: float,
) -> Trained:
    """Return a classifier whose probabilities and threshold are set on one held-out part,
    with its figures on the other. `own` float32 (n, e) are the texts' vectors where the
    head lives. It ends with members of all texts."""
    k, tune, test = len(lesson.topics), parts.tune, parts.test
    learned = pick_members(lesson.vectors[parts.train], lesson.labels[parts.train], k)
    near = nearness(lesson.vectors[tune], learned, k)
    logits = logits_of(head, own[tune], near)
    heat = temperature(logits, lesson.labels[tune])
    rule = fit_rule(logits, near, lesson.labels[tune], heat)
    classifier = Classifier(kind, lesson.topics, head, learned, heat, rule)
    figures = None
    if len(test):
        found = place(classifier, lesson.vectors[test], own[test])
        figures = quality(lesson.topics, found.best, lesson.labels[test], found.probability)
    whole: Members = pick_members(lesson.vectors, lesson.labels, k)
    return Trained(
        Classifier(kind, lesson.topics, head, whole, heat, rule),
        figures,
        len(parts.train),
        time.monotonic() - started,
    )


def _tuned(
    workspace: Workspace, here: Current, lesson: Lesson, parts: Parts, progress: Progress
) -> tuple[SentenceEncoder, Head, Floats]:
    """Return the tuned encoder, its last layer, and the vectors of all texts in its space."""
    if len(lesson.topics) < 2:
        raise TooFewError(
            "There is one topic only, so an encoder has nothing to tell apart.",
            "Make another topic on the Taxonomy page, or use the nearest group.",
        )
    bodies = {text.id: text.body for text in load_corpus(workspace, here.project).texts}
    labelled = [
        (bodies[text], label)
        for text, label in zip(lesson.text_ids, lesson.labels.tolist(), strict=True)
    ]
    progress.report(0.01, "Loading the embedder")
    base = open_trainable(workspace, here.map.space, runs_code=here.project.runs_code)
    training, embedding = Stage(progress, 0.02, 0.9), Stage(progress, 0.9, 0.99)

    def on_step(done: int, total: int, loss: float) -> None:
        training.point(loss)
        training.report(done / total, f"Training, step {done:,} of {total:,} at most")

    encoder, head = fine_tune_classes(
        base,
        [labelled[row] for row in parts.train],
        [labelled[row] for row in parts.tune],
        centroid_head(lesson.vectors[parts.train], lesson.labels[parts.train]),
        EncoderSpec(seed=here.project.seed),
        on_step,
    )
    total = len(labelled)

    def on_batch(done: int) -> None:
        embedding.report(done / total, f"Reading {done:,} of {total:,} texts")

    own = encoder.encode([body for body, _ in labelled], on_batch)
    return encoder, head, np.asarray(own, np.float32)
