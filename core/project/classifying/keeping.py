"""Keeping a classifier with its figures, and finding it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from core.domain.classification import (
    Averages,
    Bin,
    Classifier,
    ClassifierKind,
    FitRule,
    Head,
    Kept,
    Members,
    Quality,
    TopicQuality,
)
from core.domain.training import Score
from core.project.classifying.lesson import Lesson
from core.project.mapping import Current
from core.project.workspace import Workspace

_FACTS, _ARRAYS = "classifier.json", "arrays.npz"


@dataclass(frozen=True, slots=True)
class Trained:
    """A classifier and how it did on `held_out` texts that it did not learn from.

    `quality` is None where no topic has a text to spare; `learned` counts the texts that it
    learned from when it was judged, `seconds` the time that training took.
    """

    classifier: Classifier
    quality: Quality | None
    learned: int
    seconds: float


def keep(workspace: Workspace, here: Current, lesson: Lesson, space: str, trained: Trained) -> Kept:
    """Keep a classifier whose head lives in `space`; return its line in the store."""

    def write(folder: Path) -> None:
        (folder / _FACTS).write_text(json.dumps(_facts(trained)), "utf-8")
        np.savez(folder / _ARRAYS, allow_pickle=False, **_arrays(trained.classifier))

    kept = Kept(
        id=uuid4().hex,
        project=here.project.id,
        kind=trained.classifier.kind,
        version=here.taxonomy.version,
        lesson=lesson.id,
        space=space,
        folder_key=workspace.files.put_folder(write),
        at=datetime.now(UTC),
    )
    workspace.store.classifiers.add(kept)
    return kept


def newest(workspace: Workspace, project_id: str, kind: ClassifierKind) -> Kept | None:
    """Return the newest classifier of a kind, whatever it learned; None where there is none."""
    return workspace.store.classifiers.newest(project_id, kind, None)


def load(workspace: Workspace, kept: Kept) -> Trained:
    """Return a kept classifier. Raises StorageError where its files are damaged."""
    folder = workspace.files.folder(kept.folder_key)
    facts = json.loads((folder / _FACTS).read_text("utf-8"))
    with np.load(folder / _ARRAYS, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    head = Head(arrays["weights"], arrays["bias"]) if "weights" in arrays else None
    rule = facts["rule"]
    classifier = Classifier(
        kind=kept.kind,
        topics=tuple(facts["topics"]),
        head=head,
        members=Members(arrays["vectors"], arrays["owners"]),
        temperature=facts["temperature"],
        rule=FitRule(**{**rule, "kept": Score(**rule["kept"]), "caught": Score(**rule["caught"])}),
    )
    found = _quality(facts["quality"]) if facts["quality"] else None
    return Trained(classifier, found, facts["learned"], facts["seconds"])


def _arrays(classifier: Classifier) -> dict[str, Any]:
    members = {"vectors": classifier.members.vectors, "owners": classifier.members.owners}
    head = classifier.head
    return members if head is None else {**members, "weights": head.weights, "bias": head.bias}


def _facts(trained: Trained) -> dict[str, Any]:
    return {
        "topics": list(trained.classifier.topics),
        "temperature": trained.classifier.temperature,
        "rule": asdict(trained.classifier.rule),
        "quality": asdict(trained.quality) if trained.quality else None,
        "learned": trained.learned,
        "seconds": trained.seconds,
    }


def _quality(values: Mapping[str, Any]) -> Quality:
    return Quality(
        accuracy=Score(**values["accuracy"]),
        macro=Averages(**values["macro"]),
        weighted=Averages(**values["weighted"]),
        topics=tuple(TopicQuality(**one) for one in values["topics"]),
        confused=tuple((gold, found, texts) for gold, found, texts in values["confused"]),
        error=values["error"],
        bins=tuple(Bin(**one) for one in values["bins"]),
    )
