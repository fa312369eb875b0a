"""Rounds on a real project: answers, moves by hand and a kept retrain, on map and in export."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd

from core.domain.clusterings import Clustering
from core.domain.taxonomy import Reassign
from core.project import pictures
from core.project.arrays import keep_clustering, load_clustering, load_map
from core.project.exporting import export
from core.project.intake import load_corpus
from core.project.mapping import Current, current
from core.project.rounds import rounds
from core.project.shaping import edit
from core.project.viewing import view
from core.project.workspace import Workspace
from core.steps.taxonomy import leaves
from tests.conftest import Listener
from tests.project.conftest import AnswerGold


def keep_a_retrain(workspace: Workspace, project_id: str, moving: int) -> tuple[str, ...]:
    """Make a map of the next round current in which `moving` texts changed clusters."""
    here = current(workspace, project_id)
    old = load_clustering(workspace, here.map)
    labels = old.labels.copy()
    labels[:moving] = (labels[:moving] + 1) % (labels.max() + 1)
    new: Clustering = replace(old, labels=labels)
    fresh = replace(
        here.map,
        id=f"round{here.map.round + 1}",
        clustering_key=keep_clustering(workspace, new),
        round=here.map.round + 1,
        parent=here.map.id,
    )
    workspace.store.maps.add(fresh)
    workspace.store.projects.append(
        project_id,
        replace(here.taxonomy, map_id=fresh.id),
        parent=here.taxonomy.version,
        sentence=f"Kept the retrained embedder (round {fresh.round})",
        author="me",
        at=datetime.now(UTC),
    )
    return old.text_ids[:moving]


def reassign(workspace: Workspace, here: Current, text: str) -> None:
    topic = leaves(here.taxonomy)[0].id
    edit(workspace, here.project.id, Reassign(here.taxonomy.version, (text,), topic), "me")


def test_moves_answers_and_retrains_give_a_text_its_round(
    mapped: tuple[Workspace, str], answer_gold: AnswerGold, listener: Listener
) -> None:
    workspace, project_id = mapped
    assert set(rounds(workspace, current(workspace, project_id)).of.values()) == {0}
    answer_gold(workspace, project_id, 3)

    moved = keep_a_retrain(workspace, project_id, 5)
    here = current(workspace, project_id)
    found = rounds(workspace, here)
    assert {text for text, number in found.of.items() if number == 1} == set(moved)
    assert set(found.moved) == set(moved)

    keep_a_retrain(workspace, project_id, 0)
    here = current(workspace, project_id)
    assert rounds(workspace, here).moved == ()
    asked = answer_gold(workspace, project_id, 1)[0].question.texts
    others = (text for text in rounds(workspace, here).of if text not in (*asked, *moved))
    by_hand = next(others)
    reassign(workspace, here, by_hand)
    here = current(workspace, project_id)
    found = rounds(workspace, here)
    assert {text for text, number in found.of.items() if number == 2} == {*asked, by_hand}

    table = pd.read_csv(io.BytesIO(export(workspace, project_id).files["assignments.csv"]))
    texts = {text.body: text.id for text in load_corpus(workspace, here.project).texts}
    assert [found.of[texts[body]] for body in table["text"]] == table["tc_round"].tolist()

    _, layout, clustering = load_map(workspace, here.map.id)
    shown = view(here.taxonomy, layout, clustering)
    known = {text.id: text for text in load_corpus(workspace, here.project).texts}
    names = {text: f"row of {text}" for text in known}
    chart = pictures.scatter(
        here.project,
        shown,
        known,
        color=pictures.ROUND,
        focus=[],
        keep=[],
        dark=False,
        rounds=found.of,
        row_ids=names,
    ).to_json()
    assert "round 2" in chart and "round 0, the first map" in chart
    assert f"row of {by_hand}" in chart and known[by_hand].body not in chart
