"""Spreading the answers over all texts, and saying why a text is where it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.domain.clusterings import Clustering
from core.domain.errors import TooFewError
from core.domain.groupings import Ground, Grouping
from core.domain.judgments import Judgment, Verdict
from core.domain.ports import Progress
from core.domain.projects import Map
from core.project.arrays import (
    keep_ground,
    load_clustering,
    load_embedding,
    load_ground,
    load_prior,
)
from core.project.cards import topic_labels
from core.project.drawing import BLOCKS, drawn_from
from core.project.intake import load_corpus
from core.project.mapping import Current, adopt, current
from core.project.neighbouring import map_neighbours, nearest
from core.project.settled import reliabilities
from core.project.spread import known_to, said
from core.project.workspace import Workspace
from core.steps.constraints import monotonous
from core.steps.grouping import group, lay_ground
from core.steps.rounds import moved_rows

# Where every group of a map stands alone, a right judge says "new" of each at first.
_ALL_NEW = 100


@dataclass(frozen=True, slots=True)
class Deciding:
    """An answer that decided about a text: the judgment and its place in their order."""

    number: int
    judgment: Judgment


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a text is where it is: the chance that its group is right, the label of the
    next likely topic ("" where there is none, or where it is the text's own), the
    answers nearest to it in its group, and the ids of its nearest texts."""

    chance: float
    runner_up: str
    deciding: tuple[Deciding, ...]
    nearest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moves:
    """What the answers moved: texts in another cluster than before, and the moved
    texts that each answer decided about, those answers first that moved most."""

    texts: tuple[str, ...]
    by_answer: tuple[tuple[Deciding, tuple[str, ...]], ...]


def foundation(workspace: Workspace, source: Map) -> tuple[Ground, Clustering]:
    """Return what a map's questions stand on, and its partition that knows no answer."""
    prior = load_prior(workspace, source)
    if source.ground_key is not None:
        ground = load_ground(workspace, source.space, source.ground_key)
        if ground is not None:
            return ground, prior
    # A map of an older Clade, or one of fewer texts than can be asked about.
    embedding = load_embedding(workspace, source)
    near = map_neighbours(workspace, source, embedding)
    return lay_ground(embedding, prior, near, blocks=BLOCKS), prior


def weigh(ground: Ground, prior: Clustering, judgments: Sequence[Judgment]) -> Grouping:
    """Return the groups that all answers speak for, each annotator believed as far
    as agreement with the others has shown. A machine that always says the same is not
    heard: what it says does not hang on the texts."""
    known = reliabilities(judgments)
    shares = {who: found.share for who, found in known.items() if found.compared}
    unheard = {
        (one.who, one.kind)
        for one in monotonous(judgments)
        if one.who[0] == "machine" and (one.says is not Verdict.NEW or one.answers >= _ALL_NEW)
    }
    heard = [j for j in judgments if (j.by, type(j.question)) not in unheard]
    return group(ground, prior, heard, reliability=shares)


def regroup(
    workspace: Workspace, project_id: str, params: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """Spread the answers over all texts and make the result the current map.

    With `params["placing"]` only those answers have a say that the map was made from
    already: unassigned texts go to the groups that they are nearest to, and a few texts
    between two groups change sides. Locks, names and moves made by hand are carried
    over, as in clustering again. Where all answers were taken back, the map is as it was
    before the first. Returns the new map's id and how many texts changed their cluster.
    Raises TooFewError where there never was an answer on the map and there is none.
    """
    here = current(workspace, project_id)
    placing = bool(params.get("placing"))
    # An answer given while this works waits for the next time.
    judgments = workspace.store.reviews.judgments(project_id)
    if placing:
        judgments = tuple(known_to(workspace, here.map, judgments))
    elif not judgments and here.map.prior_key is None:
        raise TooFewError(
            "There are no answers to spread yet.", "Answer some questions on the Review page."
        )
    progress.report(0.0, "Reading the answers")
    ground, prior = foundation(workspace, here.map)
    progress.report(0.2, "Weighing the answers")
    grouped = weigh(ground, prior, judgments).clustering if judgments or placing else prior
    progress.report(0.6, "Naming groups")
    drawn = drawn_from(
        workspace,
        here.project,
        load_embedding(workspace, here.map),
        grouped,
        (here.map.embedding_key, here.map.layout_key),
        here.map,
        prior_key=here.map.prior_key or here.map.clustering_key,
        ground_key=keep_ground(workspace, ground),
        answers=said(judgments),
    )
    old = load_clustering(workspace, here.map)
    told = f"Spread {len(judgments):,} answers over all texts"
    sentence = told if judgments else "Took all answers off the map"
    if placing:
        sentence = "Put unassigned texts into their nearest groups"
    adopt(workspace, here.project, load_corpus(workspace, here.project), drawn, sentence)
    return {"map": drawn.map.id, "moved": int((old.labels != drawn.clustering.labels).sum())}


def grouping_of(workspace: Workspace, source: Map) -> Grouping:
    """Return the groups of a map, as the answers that it was made from speak for them."""
    ground, prior = foundation(workspace, source)
    judgments = workspace.store.reviews.judgments(source.project)
    return weigh(ground, prior, known_to(workspace, source, judgments))


def grouping_of_all(workspace: Workspace, source: Map) -> Grouping:
    """Return the groups that all answers so far speak for, on a map or not yet."""
    ground, prior = foundation(workspace, source)
    return weigh(ground, prior, workspace.store.reviews.judgments(source.project))


def moved_by_answers(workspace: Workspace, here: Current) -> tuple[str, ...]:
    """Return the texts that the answers moved in a map that they shaped, none in another.

    Texts that stay where a person or a lock put them did not move.
    """
    now, rows = _moved(workspace, here)
    return tuple(now.text_ids[row] for row in rows)


def moves(workspace: Workspace, here: Current, grouping: Grouping) -> Moves:
    """Return the texts of `moved_by_answers`, and which answers decided about them."""
    now, rows = _moved(workspace, here)
    answers = _newest(workspace, here.map)
    decided: dict[str, list[str]] = {}
    for row in rows:
        # An answer of several parts decides about a text once.
        for question in dict.fromkeys(_deciding(grouping, row)):
            decided.setdefault(question, []).append(now.text_ids[row])
    return Moves(
        tuple(now.text_ids[row] for row in rows),
        tuple(
            sorted(
                (
                    (answers[question], tuple(texts))
                    for question, texts in decided.items()
                    if question in answers
                ),
                key=lambda item: (-len(item[1]), item[0].number),
            )
        ),
    )


def _moved(workspace: Workspace, here: Current) -> tuple[Clustering, list[int]]:
    now = load_clustering(workspace, here.map)
    if here.map.prior_key is None or here.map.parent is None:
        return now, []
    old = load_clustering(workspace, workspace.store.maps.get(here.map.parent))
    # Texts that were added since were nowhere before, so no answer moved them.
    changed = moved_rows(old, now).tolist()
    return now, [row for row in changed if now.text_ids[row] not in here.taxonomy.moved]


def reasons(
    workspace: Workspace, source: Map, grouping: Grouping, text: str, count: int = 5
) -> Reasons:
    """Return why `text` is where it is, with its `count` nearest texts.

    `source` is the current map of its project.
    """
    row = grouping.clustering.text_ids.index(text)
    answers = _newest(workspace, source)
    asked = {answers[question] for question in _deciding(grouping, row) if question in answers}
    return Reasons(
        float(grouping.clustering.strength[row]),
        _runner_up(workspace, source, grouping, row),
        tuple(sorted(asked, key=lambda deciding: deciding.number)),
        nearest(workspace, source, text, count),
    )


def _runner_up(workspace: Workspace, source: Map, grouping: Grouping, row: int) -> str:
    """Return the label of the topic that most anchors of the next likely group are in:
    the ids of a grouping are those of the prior, and the map's may be others."""
    texts, rival = grouping.clustering.text_ids, int(grouping.runner_up[row])
    carriers = grouping.anchors[grouping.groups == rival].tolist() if rival >= 0 else []
    ids = tuple(texts[carrier] for carrier in carriers if carrier != row)
    labels = topic_labels(workspace, source.project, (texts[row], *ids))
    counted = Counter(labels[text] for text in ids if labels.get(text))
    if not counted:
        return ""
    label = min(counted, key=lambda name: (-counted[name], name))
    return "" if label == labels[texts[row]] else label


def _deciding(grouping: Grouping, row: int) -> list[str]:
    """Return the ids of the questions whose answers decided about a row."""
    return [grouping.evidence[i].question for i in grouping.decided_by[row].tolist() if i >= 0]


def _newest(workspace: Workspace, source: Map) -> dict[str, Deciding]:
    """Return by question the newest answer that a map knows, numbered from 1 among all."""
    judgments = workspace.store.reviews.judgments(source.project)
    known = frozenset(known_to(workspace, source, judgments))
    return {
        judgment.question.id: Deciding(number, judgment)
        for number, judgment in enumerate(judgments, start=1)
        if judgment in known
    }
