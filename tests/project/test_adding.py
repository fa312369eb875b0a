"""Texts added to a project: nothing that is there moves, and all rows come back."""

from __future__ import annotations

import io
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.domain.errors import InputError, StaleEditError
from core.domain.jobs import JobStatus
from core.domain.projects import Project
from core.domain.reviewing import Seat
from core.domain.taxonomy import NewTopic, Rename, SetLock
from core.project import adding, use_cases
from core.project.arrays import load_map, load_neighbours
from core.project.encoders import base_space
from core.project.exporting import export
from core.project.grouping import moved_by_answers, regroup
from core.project.intake import find_project, load_corpus, load_table
from core.project.mapping import Current, current, make_map
from core.project.neighbouring import graph_name
from core.project.review import next_question
from core.project.shaping import edit, standing, undo
from core.project.workspace import Workspace
from core.steps.taxonomy import assign, leaves
from tests.conftest import DATA, Bring, Listener
from tests.project.conftest import AnswerGold


def more(bank: pd.DataFrame, each: int = 5) -> pd.DataFrame:
    """Texts of the same intents that `bank` does not have."""
    frame = pd.read_csv(DATA / "bank77_test.csv")
    left = frame[frame["label"].isin(bank["label"]) & ~frame["text"].isin(bank["text"])]
    return left.groupby("label").head(each).reset_index(drop=True)


def ready(workspace: Workspace, project: Project, frame: pd.DataFrame) -> adding.Ready:
    data = frame.to_csv(index=False).encode()
    return adding.prepare(workspace, project, adding.read_more(workspace, "more.csv", data))


def added(workspace: Workspace, project_id: str, frame: pd.DataFrame) -> dict[str, object]:
    project = find_project(workspace, project_id)
    return adding.add(workspace, project_id, ready(workspace, project, frame).params, Listener())


def topics(workspace: Workspace, here: Current) -> dict[str, str]:
    clustering = load_map(workspace, here.map.id)[2]
    found = assign(here.taxonomy, clustering)
    return dict(zip(found.text_ids, found.topics, strict=True))


def test_new_texts_land_among_their_like_and_nothing_that_is_there_moves(
    mapped: tuple[Workspace, str], bank: pd.DataFrame
) -> None:
    workspace, project_id = mapped
    before = current(workspace, project_id)
    vectors, layout, clustering = load_map(workspace, before.map.id)
    was = topics(workspace, before)

    counts = added(workspace, project_id, more(bank))

    here = current(workspace, project_id)
    assert counts == {
        "map": here.map.id,
        "rows": 50,
        "texts": 50,
        "unassigned": counts["unassigned"],
    }
    new_vectors, new_layout, new_clustering = load_map(workspace, here.map.id)
    assert len(new_vectors.text_ids) == 250
    assert new_vectors.text_ids == new_layout.text_ids == new_clustering.text_ids
    old = np.isin(new_vectors.text_ids, vectors.text_ids)
    assert np.array_equal(new_vectors.vectors[old], vectors.vectors)
    assert np.array_equal(new_layout.xy[old], layout.xy)
    assert np.array_equal(new_layout.reduced[old], layout.reduced)
    assert np.array_equal(new_clustering.labels[old], clustering.labels)
    assert replace(here.taxonomy, version=0, map_id="") == replace(
        before.taxonomy, version=0, map_id=""
    )
    now = topics(workspace, here)
    assert {text: now[text] for text in was} == was

    # A topic's label is not known to the clustering, so what it is made of tells: most
    # new texts are in the topic that most old texts of their intent are in.
    texts = {text.id: text for text in load_corpus(workspace, here.project).texts}
    intents = pd.Series({text: texts[text].meta["label"] for text in now})
    usual = (
        pd.Series({t: was[t] for t in was if was[t]})
        .groupby(intents)
        .agg(lambda found: found.mode()[0])
    )
    fresh = [text for text in now if text not in was]
    right = sum(now[text] == usual[intents[text]] for text in fresh)
    assert right >= 30
    # On the map they lie where their topic lies: nearer to it than a text drawn by chance.
    placed = [row for row, text in enumerate(new_layout.text_ids) if not old[row] and now[text]]
    middles = {
        topic: np.median(
            [
                new_layout.xy[r]
                for r, t in enumerate(new_layout.text_ids)
                if old[r] and was[t] == topic
            ],
            axis=0,
        )
        for topic in {now[new_layout.text_ids[row]] for row in placed}
    }
    away = [np.linalg.norm(new_layout.xy[r] - middles[now[new_layout.text_ids[r]]]) for r in placed]
    assert np.median(away) < 0.5


def test_the_export_has_all_rows_and_undo_takes_the_new_ones_off(
    mapped: tuple[Workspace, str], bank: pd.DataFrame
) -> None:
    workspace, project_id = mapped
    frame = more(bank, 2)
    again = pd.concat([frame, frame.head(3), bank.head(4)], ignore_index=True)

    added(workspace, project_id, again)

    rows = pd.read_csv(io.BytesIO(export(workspace, project_id).files["assignments.csv"]))
    assert len(rows) == 227
    assert rows["text"].tolist()[200:] == again["text"].tolist()
    assert rows["tc_x"].notna().all()
    assert rows["tc_duplicate_of"].notna().sum() == 7
    note = standing(workspace, find_project(workspace, project_id)).undo
    assert note is not None and note.sentence.startswith(
        "Added 27 rows from more.csv: 20 new texts"
    )
    undo(workspace, project_id, note)
    project = find_project(workspace, project_id)
    assert len(load_table(workspace, project).frame) == 200
    assert len(load_corpus(workspace, project).texts) == 200
    assert (
        len(pd.read_csv(io.BytesIO(export(workspace, project_id).files["assignments.csv"]))) == 200
    )


def test_clustering_again_keeps_the_added_rows(
    mapped: tuple[Workspace, str], bank: pd.DataFrame, listener: Listener
) -> None:
    workspace, project_id = mapped
    added(workspace, project_id, more(bank, 1))
    make_map(workspace, project_id, {"method": "kmeans", "k": 8}, listener)
    assert len(load_corpus(workspace, find_project(workspace, project_id)).texts) == 210
    assert b"more" not in export(workspace, project_id).files["assignments.csv"][:50]
    assert current(workspace, project_id).map.spec.k == 8


def test_locks_are_kept_and_topics_made_by_hand_draw_their_like(
    mapped: tuple[Workspace, str], bank: pd.DataFrame
) -> None:
    workspace, project_id = mapped
    here = current(workspace, project_id)
    texts = {text.id: text for text in load_corpus(workspace, here.project).texts}
    intents = sorted(bank["label"].unique())
    drawn = tuple(t for t, text in texts.items() if text.meta["label"] == intents[0])
    shut = [t for t, text in texts.items() if text.meta["label"] == intents[1]]
    version = here.taxonomy.version
    edit(workspace, project_id, NewTopic(version, drawn, "Mine"), "me")
    lot = topics(workspace, current(workspace, project_id))
    locked = pd.Series([lot[t] for t in shut if lot[t]]).mode()[0]
    edit(workspace, project_id, SetLock(version + 1, locked, True), "me")
    before = topics(workspace, current(workspace, project_id))

    added(workspace, project_id, more(bank))

    here = current(workspace, project_id)
    now, texts = (
        topics(workspace, here),
        {t.id: t for t in load_corpus(workspace, here.project).texts},
    )
    (mine,) = [topic for topic in here.taxonomy.topics if topic.label == "Mine"]
    assert len(mine.clusters) == 1 and mine.named_by == "human"
    joined = [t for t in now if t not in before and now[t] == mine.id]
    assert sum(texts[t].meta["label"] == intents[0] for t in joined) >= 3
    assert {t for t in now if now[t] == locked} == {t for t in before if before[t] == locked}
    assert here.map.next_cluster_id > max(
        c for topic in leaves(here.taxonomy) for c in topic.clusters
    )


def test_answers_spread_over_the_map_stay_and_questions_go_on(
    mapped: tuple[Workspace, str], bank: pd.DataFrame, answer_gold: AnswerGold, listener: Listener
) -> None:
    workspace, project_id = mapped
    answer_gold(workspace, project_id, 12)
    regroup(workspace, project_id, {}, listener)
    before = current(workspace, project_id)
    moved = moved_by_answers(workspace, before)

    added(workspace, project_id, more(bank))

    here = current(workspace, project_id)
    assert moved_by_answers(workspace, here) == moved
    assert here.map.prior_key not in (None, before.map.prior_key)
    assert next_question(workspace, project_id, Seat("me")) is not None
    regroup(workspace, project_id, {}, listener)
    assert len(topics(workspace, current(workspace, project_id))) == 250


def test_the_neighbour_graph_is_extended_and_kept(
    mapped: tuple[Workspace, str], bank: pd.DataFrame
) -> None:
    workspace, project_id = mapped
    added(workspace, project_id, more(bank, 1))
    here = current(workspace, project_id)
    embedding = load_map(workspace, here.map.id)[0]
    name = graph_name(here.map.embedding_key, here.project.seed)
    kept = load_neighbours(workspace, name, embedding)
    assert kept is not None and len(kept.rows) == 210


def test_odd_texts_stay_unassigned_and_are_counted(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped
    frame = pd.DataFrame({"text": ["zxqv kkjw 0193 ööö", "Der Mond ist aufgegangen", "∑∂ƒ©˙∆˚"]})
    counts = added(workspace, project_id, frame)
    assert counts["unassigned"] == counts["texts"] == 3
    note = standing(workspace, find_project(workspace, project_id)).undo
    assert note is not None and note.sentence.endswith("3 new texts, 3 of them in no topic")


@pytest.mark.slow
def test_a_worker_process_adds_pasted_lines(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped
    project = find_project(workspace, project_id)
    table = adding.read_more(workspace, None, b"Where is my card?\nMy card is late")
    job = adding.begin(workspace, project, adding.prepare(workspace, project, table))
    assert job is not None
    while not (job := use_cases.watch_job(workspace, job.id)).status.over:
        time.sleep(0.1)
    assert (job.status, job.error) == (JobStatus.DONE, "")
    assert len(load_corpus(workspace, find_project(workspace, project_id)).texts) == 202


def test_before_the_first_map_rows_are_added_at_once(
    workspace: Workspace, bring: Bring, bank: pd.DataFrame
) -> None:
    project = bring(workspace, bank.head(30))
    assert adding.begin(workspace, project, ready(workspace, project, more(bank, 1))) is None
    assert len(load_corpus(workspace, find_project(workspace, project.id)).texts) == 40


def test_what_was_prepared_on_other_rows_or_a_changed_map_is_refused(
    mapped: tuple[Workspace, str], bank: pd.DataFrame, listener: Listener
) -> None:
    workspace, project_id = mapped
    one, two = more(bank, 2).head(10), more(bank, 2).tail(10)
    late = ready(workspace, find_project(workspace, project_id), two)
    added(workspace, project_id, one)
    with pytest.raises(StaleEditError, match="Add the file again"):
        adding.add(workspace, project_id, late.params, listener)
    assert len(load_corpus(workspace, find_project(workspace, project_id)).texts) == 210


def test_an_edit_made_while_texts_are_embedded_is_kept(
    mapped: tuple[Workspace, str], bank: pd.DataFrame
) -> None:
    workspace, project_id = mapped
    here = current(workspace, project_id)
    topic = leaves(here.taxonomy)[0].id

    class Meddler(Listener):
        def report(self, fraction: float, message: str) -> None:
            if not self.reports:
                rename = Rename(here.taxonomy.version, topic, "Named meanwhile")
                edit(workspace, project_id, rename, "me")
            super().report(fraction, message)

    params = ready(workspace, here.project, more(bank, 1)).params
    adding.add(workspace, project_id, params, Meddler())
    now = current(workspace, project_id)
    assert "Named meanwhile" in [topic.label for topic in now.taxonomy.topics]
    assert len(topics(workspace, now)) == 210


def test_only_new_rows_of_a_file_with_ids_are_added(
    workspace: Workspace, bring: Bring, bank: pd.DataFrame
) -> None:
    frame = bank.assign(id=[f"r{n}" for n in range(len(bank))])
    project = bring(workspace, frame.head(20))
    found = ready(workspace, project, frame.head(25).assign(extra="x"))
    assert (found.rows, found.known, found.texts) == (5, 20, 5)
    assert "5 rows to add" in found.summary and "20 more are in the project" in found.summary
    assert any("'extra'" in notice for notice in found.told)
    with pytest.raises(InputError, match="in the project already"):
        ready(workspace, project, frame.head(20))
    with pytest.raises(InputError, match="for another text"):
        ready(workspace, project, frame.head(2).assign(text="something else"))
    lines = adding.prepare(
        workspace, project, adding.read_more(workspace, None, b"new one\nnew two")
    )
    assert adding.begin(workspace, project, lines) is None
    assert load_corpus(workspace, find_project(workspace, project.id)).row_ids[-1] == "added-22"


def test_a_model_that_returns_another_dimension_is_refused_and_nothing_changes(
    mapped: tuple[Workspace, str], bank: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, project_id = mapped
    before = current(workspace, project_id)

    class Other:
        space = replace(base_space(workspace), id="other")
        max_words = 10

        def encode(self, bodies: list[str], on_batch: object = None) -> np.ndarray:
            return np.ones((len(bodies), 5), dtype=np.float32) / np.sqrt(np.float32(5))

    monkeypatch.setattr("core.project.adding.landing.open_encoder", lambda *_, **__: Other())
    with pytest.raises(InputError, match="vectors of 5 numbers, and the map's have 384"):
        added(workspace, project_id, more(bank, 1))
    assert current(workspace, project_id) == before
