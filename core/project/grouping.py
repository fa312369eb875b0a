"""Spreading the answers over all texts, and saying why a text is where it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.domain.clusterings import Clustering
from core.domain.errors import TooFewError
from core.domain.groupings import Ground, Grouping
from core.domain.judgments import Judgment
from core.domain.ports import Progress
from core.domain.projects import Map
from core.project.arrays import (
    keep_ground,
    load_clustering,
    load_embedding,
    load_ground,
    load_prior,
)
from core.project.intake import load_corpus
from core.project.mapping import BLOCKS, adopt, current, drawn_from
from core.project.workspace import Workspace
from core.steps.constraints import reliabilities
from core.steps.grouping import group, lay_ground


@dataclass(frozen=True, slots=True)
class Deciding:
    """An answer that decided about a text: the judgment and its place in their order."""

    number: int
    judgment: Judgment


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a text is where it is: the chance that its group is right, the next likely
    cluster (None where there is none), the answers nearest to it in its group, and
    the ids of its nearest texts."""

    chance: float
    runner_up: int | None
    deciding: tuple[Deciding, ...]
    nearest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moves:
    """What the answers moved: texts in another cluster than before, and for each
    answer (by its number) the moved texts that it decided about."""

    texts: tuple[str, ...]
    by_answer: Mapping[int, tuple[str, ...]]


def foundation(workspace: Workspace, source: Map) -> tuple[Ground, Clustering]:
    """Return what a map's questions stand on, and its partition that knows no answer."""
    prior = load_prior(workspace, source)
    if source.ground_key is not None:
        return load_ground(workspace, source.space, source.ground_key), prior
    # A map of an older Clade, or one of fewer texts than can be asked about.
    return lay_ground(load_embedding(workspace, source), prior, blocks=BLOCKS), prior


def weigh(ground: Ground, prior: Clustering, judgments: Sequence[Judgment]) -> Grouping:
    """Return the groups that all answers speak for, each annotator believed as far
    as agreement with the others has shown."""
    known = reliabilities(judgments)
    shares = {who: found.share for who, found in known.items() if found.compared}
    return group(ground, prior, judgments, reliability=shares)


def regroup(
    workspace: Workspace, project_id: str, _params: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """Spread the answers over all texts and make the result the current map.

    Locks, names and moves made by hand are carried over, as in clustering again.
    Returns the new map's id and how many texts changed their cluster. Raises
    TooFewError where there are no answers.
    """
    here = current(workspace, project_id)
    judgments = workspace.store.reviews.judgments(project_id)
    if not judgments:
        raise TooFewError(
            "There are no answers to spread yet.", "Answer some questions on the Review page."
        )
    progress.report(0.0, "Reading the answers")
    ground, prior = foundation(workspace, here.map)
    progress.report(0.2, "Weighing the answers")
    grouping = weigh(ground, prior, judgments)
    progress.report(0.6, "Naming groups")
    drawn = drawn_from(
        workspace,
        here.project,
        load_embedding(workspace, here.map),
        grouping.clustering,
        (here.map.embedding_key, here.map.layout_key),
        here.map,
        prior_key=here.map.prior_key or here.map.clustering_key,
        ground_key=here.map.ground_key or keep_ground(workspace, ground),
    )
    old = load_clustering(workspace, here.map)
    sentence = f"Spread {len(judgments):,} answers over all texts"
    adopt(workspace, here.project, load_corpus(workspace, here.project), drawn, sentence)
    return {"map": drawn.map.id, "moved": int((old.labels != drawn.clustering.labels).sum())}


def grouping_of(workspace: Workspace, source: Map) -> Grouping:
    """Return the groups that the answers of a map's project speak for now."""
    ground, prior = foundation(workspace, source)
    return weigh(ground, prior, workspace.store.reviews.judgments(source.project))


def moves(workspace: Workspace, source: Map, grouping: Grouping) -> Moves:
    """Return what the answers moved in a map that they shaped; nothing in another."""
    if source.prior_key is None or source.parent is None:
        return Moves((), {})
    before = load_clustering(workspace, workspace.store.maps.get(source.parent))
    now = load_clustering(workspace, source)
    rows = np.flatnonzero(before.labels != now.labels)
    numbers = _numbers(workspace, source.project)
    by_answer: dict[int, list[str]] = {}
    for row in rows.tolist():
        for index in grouping.decided_by[row].tolist():
            if index >= 0:
                number = numbers[grouping.evidence[index].question]
                by_answer.setdefault(number, []).append(now.text_ids[row])
    return Moves(
        tuple(now.text_ids[row] for row in rows.tolist()),
        {number: tuple(texts) for number, texts in sorted(by_answer.items())},
    )


def reasons(
    workspace: Workspace, source: Map, grouping: Grouping, text: str, count: int = 5
) -> Reasons:
    """Return why `text` is where it is."""
    embedding = load_embedding(workspace, source)
    row = embedding.text_ids.index(text)
    cosines = embedding.vectors @ embedding.vectors[row]
    near = [other for other in np.argsort(-cosines, kind="stable").tolist() if other != row]
    judgments = workspace.store.reviews.judgments(source.project)
    numbers = _numbers(workspace, source.project)
    asked = {numbers[grouping.evidence[i].question] for i in grouping.decided_by[row] if i >= 0}
    runner_up = int(grouping.runner_up[row])
    return Reasons(
        float(grouping.clustering.strength[row]),
        runner_up if runner_up >= 0 else None,
        tuple(Deciding(number, judgments[number - 1]) for number in sorted(asked)),
        tuple(embedding.text_ids[other] for other in near[:count]),
    )


def _numbers(workspace: Workspace, project_id: str) -> dict[str, int]:
    """Return the number, from 1, of the newest answer to each question."""
    judgments = workspace.store.reviews.judgments(project_id)
    return {judgment.question.id: place for place, judgment in enumerate(judgments, start=1)}
