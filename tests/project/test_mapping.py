"""The map: the same for any order of the rows, and kind to what people did."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.adapters.assets import map_template
from core.domain.errors import Cancelled, NotFoundError, StaleEditError, TooFewError
from core.domain.jobs import JobStatus
from core.domain.settings import Settings
from core.domain.taxonomy import Reassign, Rename, SetLock, Taxonomy
from core.project import pictures, telling, use_cases
from core.project.arrays import load_clustering, load_map
from core.project.encoders import CHUNK, base_space, embed, open_encoder
from core.project.exporting import export
from core.project.intake import find_project, load_corpus, load_table, look_over
from core.project.mapping import current, make_map
from core.project.pacing import Stopwatch
from core.project.shaping import edit, standing, undo
from core.project.viewing import view
from core.project.workspace import Workspace, open_workspace
from core.steps.taxonomy import assign, leaves
from tests.conftest import Bring, Listener


def topic_of(workspace: Workspace, project_id: str) -> dict[str, str]:
    """Return the topic id of each text by its body."""
    here = current(workspace, project_id)
    found = assign(here.taxonomy, load_clustering(workspace, here.map))
    bodies = {text.id: text.body for text in load_corpus(workspace, here.project).texts}
    return {bodies[t]: topic for t, topic in zip(found.text_ids, found.topics, strict=True)}


def tree(taxonomy: Taxonomy) -> Taxonomy:
    return replace(taxonomy, version=0, map_id="")


@pytest.mark.slow
def test_the_order_of_the_rows_changes_nothing(
    tmp_path: Path, bring: Bring, bank: pd.DataFrame, listener: Listener
) -> None:
    frame = pd.concat([bank, bank.iloc[:100].assign(label="again")], ignore_index=True)
    made = []
    for name, rows in (("one", frame), ("two", frame.sample(frac=1, random_state=7))):
        workspace = open_workspace(Settings(home=tmp_path / name))
        project = bring(workspace, rows)
        make_map(workspace, project.id, {}, listener)
        taxonomy = tree(current(workspace, project.id).taxonomy)
        made.append((taxonomy, topic_of(workspace, project.id)))

    assert len(leaves(made[0][0])) > 2
    assert made[0] == made[1]


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2, 3, 5, 20])
def test_a_handful_of_texts_makes_a_map_and_an_export(
    workspace: Workspace, bring: Bring, bank: pd.DataFrame, listener: Listener, count: int
) -> None:
    project = bring(workspace, bank.iloc[::9].head(count)[["text"]])

    made = make_map(workspace, project.id, {}, listener)
    exported = export(workspace, project.id)

    assert made["clusters"] <= count
    assert exported.files["assignments.csv"].count(b"\r\n") == count + 1
    assert listener.reports == sorted(listener.reports, key=lambda report: report[0])


def test_texts_that_are_all_the_same_make_a_map_and_an_export(
    workspace: Workspace, bring: Bring, listener: Listener
) -> None:
    project = bring(workspace, pd.DataFrame({"text": ["where is my card"] * 30}))

    make_map(workspace, project.id, {}, listener)
    exported = export(workspace, project.id)

    assert len(load_corpus(workspace, project).texts) == 1
    assert exported.files["assignments.csv"].count(b"\r\n") == 31


@pytest.mark.parametrize(
    "params",
    [
        {"method": "kmeans", "k": 6},
        {"method": "ward", "k": 9},
        {"method": "hdbscan", "selection": "eom", "min_cluster_size": 8},
    ],
)
def test_clustering_again_keeps_a_rename_a_lock_and_a_moved_text(
    mapped: tuple[Workspace, str], listener: Listener, params: dict[str, object]
) -> None:
    workspace, project_id = mapped
    before = topic_of(workspace, project_id)
    sizes = pd.Series(before.values()).value_counts().drop("", errors="ignore")
    named, target = str(sizes.index[0]), str(sizes.index[1])
    moved = next(body for body, topic in before.items() if topic == named)
    ids = {
        text.body: text.id
        for text in load_corpus(workspace, find_project(workspace, project_id)).texts
    }
    for number, change in enumerate(
        (
            lambda v: Rename(v, named, "Named by me"),
            lambda v: SetLock(v, named, True),
            lambda v: Reassign(v, (ids[moved],), target),
        )
    ):
        version = current(workspace, project_id).taxonomy.version
        assert version == number + 1
        edit(workspace, project_id, change(version), "me")
    locked = {body for body, topic in topic_of(workspace, project_id).items() if topic == named}

    make_map(workspace, project_id, params, listener)

    here = current(workspace, project_id)
    after = topic_of(workspace, project_id)
    (kept,) = [topic for topic in here.taxonomy.topics if topic.label == "Named by me"]
    assert kept.named_by == "human"
    assert kept.locked
    assert here.map.spec.method == params["method"]
    assert after[moved] == here.taxonomy.moved[ids[moved]] != kept.id
    assert {body for body, topic in after.items() if topic == kept.id} == locked


def test_undo_goes_back_to_the_old_map(mapped: tuple[Workspace, str], listener: Listener) -> None:
    workspace, project_id = mapped
    old, texts = current(workspace, project_id), topic_of(workspace, project_id)
    make_map(workspace, project_id, {"method": "kmeans", "k": 4}, listener)
    assert current(workspace, project_id).map.id != old.map.id
    assert topic_of(workspace, project_id) != texts

    note = standing(workspace, find_project(workspace, project_id)).undo
    assert note is not None and "k-means, 4 clusters" in note.sentence
    undo(workspace, project_id, note)

    back = current(workspace, project_id)
    assert (back.map, back.taxonomy) == (old.map, old.taxonomy)
    assert topic_of(workspace, project_id) == texts


def test_clustering_again_keeps_the_vectors_and_the_layout(
    mapped: tuple[Workspace, str], listener: Listener
) -> None:
    workspace, project_id = mapped
    old = current(workspace, project_id).map

    make_map(workspace, project_id, {"method": "ward", "k": 5}, listener)

    new = current(workspace, project_id).map
    assert (new.embedding_key, new.layout_key) == (old.embedding_key, old.layout_key)
    assert new.parent == old.id
    assert new.next_cluster_id >= old.next_cluster_id
    embedding, layout, clustering = load_map(workspace, new.id)
    assert embedding.text_ids == layout.text_ids == clustering.text_ids


def test_a_project_without_a_map_says_what_comes_first(
    workspace: Workspace, bring: Bring, bank: pd.DataFrame, listener: Listener
) -> None:
    project = bring(workspace, bank)

    with pytest.raises(TooFewError, match="Map page"):
        current(workspace, project.id)
    with pytest.raises(NotFoundError):
        make_map(workspace, "gone", {}, listener)


class Stopper(Listener):
    """Cancels once more texts are embedded than one chunk holds."""

    def report(self, fraction: float, message: str) -> None:
        super().report(fraction, message)
        if message.startswith("Embedding") and fraction * 1200 > CHUNK:
            raise Cancelled


@pytest.mark.slow
def test_an_interrupted_embedding_goes_on_from_what_is_kept(
    workspace: Workspace, bring: Bring, listener: Listener
) -> None:
    frame = pd.DataFrame({"text": [f"order {number}" for number in range(1200)]})
    corpus = load_corpus(workspace, bring(workspace, frame))
    encoder = open_encoder(workspace, base_space(workspace).id)
    root = workspace.settings.home / "files" / "vectors"

    def kept() -> set[Path]:
        return set(root.glob("*/*.npz"))

    before = kept()
    with pytest.raises(Cancelled):
        embed(workspace, corpus, encoder, Stopper())
    first = kept() - before
    resumed = embed(workspace, corpus, encoder, listener)
    second = kept() - before - first
    again = embed(workspace, corpus, encoder, listener)

    assert (len(first), len(second)) == (1, 1)
    assert kept() == before | first | second
    assert (resumed.vectors == again.vectors).all()
    assert resumed.text_ids == tuple(text.id for text in corpus.texts)
    assert all(fraction * 1200 > CHUNK for fraction, _ in listener.reports)


@pytest.mark.slow
def test_a_worker_process_makes_the_map(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped

    job = use_cases.start_job(workspace, project_id, "map", {"method": "kmeans", "k": 3})
    assert use_cases.live_job(workspace, project_id) is not None
    while not (job := use_cases.watch_job(workspace, job.id)).status.over:
        time.sleep(0.1)

    assert (job.status, job.error) == (JobStatus.DONE, "")
    assert job.result == {"map": current(workspace, project_id).map.id, "clusters": 3}
    assert use_cases.last_job(workspace, project_id, "map") == job
    assert use_cases.live_job(workspace, project_id) is None


class Meddler:
    """A `Progress` during whose first report somebody does something else."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self.meanwhile: Callable[[], object] | None = meanwhile

    def report(self, fraction: float, message: str) -> None:
        if self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()

    def point(self, value: float) -> None: ...


def test_an_edit_made_while_the_map_is_clustered_again_is_kept(
    mapped: tuple[Workspace, str],
) -> None:
    workspace, project_id = mapped
    here = current(workspace, project_id)
    topic = leaves(here.taxonomy)[0].id
    rename = Rename(here.taxonomy.version, topic, "Named meanwhile")
    make_map(
        workspace,
        project_id,
        {"method": "kmeans", "k": 6},
        Meddler(lambda: edit(workspace, project_id, rename, "me")),
    )
    now = current(workspace, project_id)
    assert now.map.id != here.map.id
    assert "Named meanwhile" in [topic.label for topic in now.taxonomy.topics]


def test_a_map_changed_under_a_clustering_is_not_overwritten(
    mapped: tuple[Workspace, str], listener: Listener
) -> None:
    workspace, project_id = mapped
    params = {"method": "kmeans", "k": 5}
    other = Meddler(lambda: make_map(workspace, project_id, params, listener))
    with pytest.raises(StaleEditError):
        make_map(workspace, project_id, {"method": "kmeans", "k": 6}, other)
    assert current(workspace, project_id).map.spec.k == 5


@pytest.mark.slow
def test_a_text_of_30_000_characters_among_short_ones_is_counted_mapped_and_exported_whole(
    workspace: Workspace, bring: Bring, bank: pd.DataFrame, listener: Listener
) -> None:
    long = " ".join(f"word {n} of a very long letter about my card." for n in range(800))
    assert len(long) > 30_000
    project = bring(workspace, pd.DataFrame({"text": [*bank["text"].head(40), long]}))
    health = look_over(load_table(workspace, project), project.columns)
    assert (health.texts, health.long) == (41, 1)

    make_map(workspace, project.id, {}, listener)

    exported = pd.read_csv(io.BytesIO(export(workspace, project.id).files["assignments.csv"]))
    assert long in set(exported["text"])
    here = current(workspace, project.id)
    _, layout, clustering = load_map(workspace, here.map.id)
    known = {text.id: text for text in load_corpus(workspace, project).texts}
    shown = view(here.taxonomy, layout, clustering)
    chart = pictures.scatter(
        project, shown, known, color="Topic", focus=[], keep=[], dark=False
    ).to_json()
    assert long[:60] not in chart, "the map is sent no text"
    page = pictures.as_file(project, shown, known)
    assert long[:60].encode() in page and len(page) < 30_000 + len(map_template())
    assert len(telling.shortened(long, 500)) == 500


@pytest.mark.slow
def test_an_edited_file_as_a_new_project_embeds_only_its_new_texts(
    workspace: Workspace, bring: Bring, bank: pd.DataFrame, listener: Listener
) -> None:
    encoder = open_encoder(workspace, base_space(workspace).id)
    first = Stopwatch(encoder)
    old = embed(workspace, load_corpus(workspace, bring(workspace, bank)), first, listener)
    edited = pd.concat([bank.iloc[5:], pd.DataFrame({"text": ["a new text", "another one"]})])
    project = bring(workspace, edited.fillna("").sample(frac=1, random_state=3))

    second = Stopwatch(encoder)
    corpus = load_corpus(workspace, project)
    new = embed(workspace, corpus, second, listener)

    assert (first.texts, second.texts) == (200, 2)
    place = {text: row for row, text in enumerate(old.text_ids)}
    both = [row for row, text in enumerate(new.text_ids) if text in place]
    assert len(both) == 195
    was = old.vectors[[place[new.text_ids[row]] for row in both]]
    assert np.array_equal(new.vectors[both], was)
    # Another model at its own revision has vectors of its own.
    tuned = Stopwatch(encoder)
    tuned.__class__ = type("Tuned", (Stopwatch,), {"space": replace(encoder.space, id="tuned")})
    embed(workspace, corpus, tuned, listener)
    assert tuned.texts == len(corpus.texts)
