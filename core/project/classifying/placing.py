"""Classifying a batch: known texts as the screen shows them, new ones by a classifier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from core.domain.classification import Classifier, ClassifierKind, Drift, Kept, Placings
from core.domain.errors import StaleEditError, TooFewError
from core.domain.ports import Progress
from core.domain.taxonomy import Taxonomy
from core.domain.texts import Corpus
from core.project.classifying.batches import batch_of, corpus_of
from core.project.classifying.keeping import load, newest
from core.project.classifying.lesson import Lesson, assignment_of, lesson_id, lesson_of
from core.project.classifying.results import Classified, keep_result
from core.project.classifying.training import learn
from core.project.encoders import embed, open_encoder
from core.project.mapping import Current, current
from core.project.stages import Stage
from core.project.workspace import Workspace
from core.steps.classification import drift, place
from core.steps.taxonomy import path

CLASSIFY = "classify"
JOINT = " > "
"""Between the labels of a path, as the export writes it."""

COLUMNS = (
    *("topic_id", "path", "probability", "fits"),
    *("runner_up", "runner_up_probability", "assigned_by"),
)
_TYPES = {"probability": "float64", "fits": "boolean", "runner_up_probability": "float64"}


def classify(
    workspace: Workspace, project_id: str, params: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """The use case of the worker: classify the batch `params["batch"]` by a classifier of
    `params["kind"]`, which is trained first where none has learned what stands now (but
    for an encoder, which takes long: a person starts that).

    Returns the key of the result. Raises TooFewError, StaleEditError, ModelError,
    StorageError, and Cancelled through `progress`.
    """
    here = current(workspace, project_id)
    corpus = corpus_of(workspace, batch_of(workspace, params["batch"]))
    found = classified(workspace, here, corpus, params["kind"], progress)
    key = keep_result(workspace, params["batch"], found)
    progress.report(1.0, "Done")
    return {"result": key}


def classified(
    workspace: Workspace,
    here: Current,
    corpus: Corpus,
    kind: ClassifierKind,
    progress: Progress,
) -> Classified:
    """Return where each text of `corpus` belongs, and how the new ones differ."""
    progress.report(0.0, "Reading the taxonomy")
    assignment = assignment_of(workspace, here)
    lines = {
        text: (topic, who)
        for text, topic, who in zip(
            assignment.text_ids, assignment.topics, assignment.by, strict=True
        )
    }
    new = Corpus(tuple(t for t in corpus.texts if t.id not in lines), (), ())
    lesson = lesson_of(workspace, here)
    kept = _classifier(workspace, here, lesson, kind, Stage(progress, 0.0, 0.3))
    trained = load(workspace, kept)
    placings = _placed(workspace, here, kept, trained.classifier, new, Stage(progress, 0.3, 0.95))
    rows = {text: _known(here.taxonomy, *line) for text, line in lines.items()}
    if placings is not None:
        for at, text in enumerate(new.texts):
            rows[text.id] = _placing(here.taxonomy, trained.classifier, placings, at)
    frame = pd.DataFrame(
        [(text.id, *rows[text.id]) for text in corpus.texts],
        columns=["text", *COLUMNS],
    ).astype(_TYPES)
    return Classified(
        kind=kind,
        version=here.taxonomy.version,
        lesson=lesson.id,
        known=len(corpus.texts) - len(new.texts),
        frame=frame,
        drift=_drift(here, lesson, trained.classifier, placings) if placings else None,
        tells=trained.classifier.rule.caught.total > 0,
    )


def _classifier(
    workspace: Workspace, here: Current, lesson: Lesson, kind: ClassifierKind, progress: Progress
) -> Kept:
    """Return the classifier that learned what stands now, trained now where that is quick."""
    kept = newest(workspace, here.project.id, kind)
    if kept is not None and kept.lesson == lesson.id:
        return kept
    if kind != "encoder":
        return learn(workspace, here, lesson, kind, progress)
    if kept is None:
        raise TooFewError(
            "No encoder has been fine-tuned for this project yet.",
            "Train it on the Classify page, or choose another classifier.",
        )
    raise StaleEditError(
        f"The encoder learned the topics as they were at version {kept.version}; "
        "they have changed since.",
        "Train it again on the Classify page, or choose another classifier.",
    )


def _placed(
    workspace: Workspace,
    here: Current,
    kept: Kept,
    classifier: Classifier,
    new: Corpus,
    progress: Progress,
) -> Placings | None:
    """Return where new texts belong, None where there is none."""
    if not new.texts:
        return None
    progress.report(0.0, "Loading the embedder")
    runs_code = here.project.runs_code
    base = open_encoder(workspace, here.map.space, runs_code=runs_code)
    two = kept.space != here.map.space
    vectors = embed(workspace, new, base, Stage(progress, 0.0, 0.5 if two else 1.0)).vectors
    own = vectors
    if two:
        tuned = open_encoder(workspace, kept.space)
        own = embed(workspace, new, tuned, Stage(progress, 0.5, 1.0)).vectors
    return place(classifier, vectors, own)


def _known(taxonomy: Taxonomy, topic: str, who: str) -> tuple[Any, ...]:
    by = "moved by hand" if who == "human" else "known text"
    return (topic, _path(taxonomy, topic), None, True if topic else None, "", None, by)


def _placing(
    taxonomy: Taxonomy, classifier: Classifier, found: Placings, at: int
) -> tuple[Any, ...]:
    """Return the columns of a new text. Where it does not fit it gets no topic, and the
    one that comes nearest is the runner-up."""
    best, second = int(found.best[at]), int(found.second[at])
    chance, next_chance = float(found.probability[at]), float(found.runner_up[at])
    by = f"classifier ({classifier.kind})"
    name = _path(taxonomy, classifier.topics[best])
    if found.fit[at] < classifier.rule.threshold:
        return ("", "", None, False, name, chance, by)
    runner_up = _path(taxonomy, classifier.topics[second]) if second >= 0 else ""
    return (
        *(classifier.topics[best], name, chance, True),
        *(runner_up, next_chance if second >= 0 else None, by),
    )


def _path(taxonomy: Taxonomy, topic: str) -> str:
    return JOINT.join(one.label for one in path(taxonomy, topic)) if topic else ""


def _drift(here: Current, lesson: Lesson, classifier: Classifier, found: Placings) -> Drift:
    fits = found.fit >= classifier.rule.threshold
    k = len(classifier.topics)
    counts = np.bincount(found.best[fits], minlength=k).astype(np.int32)
    expected = 1 - classifier.rule.kept.share if classifier.rule.kept.total else 0.0
    unfit = int((~fits).sum())
    return drift(lesson.topics, lesson.counts(), counts, unfit, expected, here.project.seed)


def is_stale(workspace: Workspace, here: Current, found: Classified) -> bool:
    """Whether texts are in other topics now than when a batch was classified, or topics
    have other names or places."""
    if found.version == here.taxonomy.version:
        return False
    return found.lesson != lesson_id(here, assignment_of(workspace, here)) or not _same_paths(
        here.taxonomy, found
    )


def _same_paths(taxonomy: Taxonomy, found: Classified) -> bool:
    placed = found.frame[["topic_id", "path"]].drop_duplicates()
    return all(
        _path(taxonomy, topic) == name
        for topic, name in zip(placed["topic_id"], placed["path"], strict=True)
    )
