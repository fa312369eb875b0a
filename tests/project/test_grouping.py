"""Answers spread over a real map: what moves, what stays, and what is told about it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from core.domain.errors import TooFewError
from core.domain.jobs import JobStatus
from core.domain.judgments import Judgment, Verdict
from core.domain.questions import Asked, Pair
from core.domain.reviewing import Seat
from core.domain.taxonomy import Reassign, SetLock
from core.project import review, use_cases
from core.project.arrays import load_clustering, load_map
from core.project.grouping import grouping_of, moves, reasons, regroup
from core.project.intake import find_project
from core.project.mapping import Current, current
from core.project.shaping import edit, standing, undo
from core.project.spread import Waiting, waiting
from core.project.viewing import view
from core.project.workspace import Workspace
from core.steps.taxonomy import assign, leaves
from tests.conftest import Listener
from tests.project.conftest import AnswerGold

Mapped = tuple[Workspace, str]


def spread(workspace: Workspace, project: str) -> Current:
    regroup(workspace, project, {}, Listener())
    return current(workspace, project)


def places(workspace: Workspace, here: Current) -> dict[str, str]:
    found = assign(here.taxonomy, load_clustering(workspace, here.map))
    return dict(zip(found.text_ids, found.topics, strict=True))


def test_answers_move_texts_and_make_a_new_version(
    mapped: Mapped, answer_gold: AnswerGold, listener: Listener
) -> None:
    workspace, project = mapped
    before = current(workspace, project)
    assert waiting(workspace, before.map) == Waiting(0, 0)
    answer_gold(workspace, project, 40)
    assert waiting(workspace, before.map) == Waiting(40, 0)
    told = regroup(workspace, project, {}, listener)
    after = current(workspace, project)
    assert told["map"] == after.map.id
    assert told["moved"] > 0
    assert after.taxonomy.version > before.taxonomy.version
    assert after.map.parent == before.map.id
    assert after.map.prior_key == before.map.clustering_key
    assert after.map.embedding_key == before.map.embedding_key
    assert waiting(workspace, after.map) == Waiting(0, 0)
    answer_gold(workspace, project, 1)
    assert waiting(workspace, after.map) == Waiting(1, 0)
    fractions = [fraction for fraction, _ in listener.reports]
    assert fractions == sorted(fractions)
    note = standing(workspace, find_project(workspace, project)).undo
    assert note is not None and "40 answers" in note.sentence


def test_undo_brings_the_old_map_back(mapped: Mapped, answer_gold: AnswerGold) -> None:
    workspace, project = mapped
    before = current(workspace, project)
    answer_gold(workspace, project, 20)
    spread(workspace, project)
    note = standing(workspace, find_project(workspace, project)).undo
    assert note is not None
    undo(workspace, project, note)
    now = current(workspace, project)
    assert (now.map, now.taxonomy) == (before.map, before.taxonomy)
    assert waiting(workspace, now.map) == Waiting(20, 0), (
        "the answers are kept, and can be spread again"
    )


def test_removing_answers_restores_what_fewer_answers_gave(
    mapped: Mapped, answer_gold: AnswerGold
) -> None:
    workspace, project = mapped
    answer_gold(workspace, project, 20)
    few = grouping_of(workspace, spread(workspace, project).map).clustering.labels
    answer_gold(workspace, project, 20)
    many = grouping_of(workspace, spread(workspace, project).map).clustering.labels
    assert (few != many).any()
    for _ in range(20):
        review.undo_answer(workspace, project, Seat("me"))
    again = grouping_of(workspace, spread(workspace, project).map).clustering.labels
    assert (again == few).all()


def test_locks_and_moves_by_hand_are_kept(mapped: Mapped, answer_gold: AnswerGold) -> None:
    workspace, project = mapped
    here = current(workspace, project)
    locked, other = leaves(here.taxonomy)[:2]
    inside = {text for text, topic in places(workspace, here).items() if topic == locked.id}
    outsider = next(
        text
        for text, topic in places(workspace, here).items()
        if topic not in (locked.id, other.id)
    )
    edit(workspace, project, SetLock(here.taxonomy.version, locked.id, True), "me")
    version = current(workspace, project).taxonomy.version
    edit(workspace, project, Reassign(version, (outsider,), other.id), "me")
    answer_gold(workspace, project, 60)
    after = spread(workspace, project)
    now = places(workspace, after)
    assert {text for text, topic in now.items() if topic == locked.id} == inside
    assert now[outsider] == other.id
    told = moves(workspace, after, grouping_of(workspace, after.map))
    assert not {outsider, *after.taxonomy.moved} & set(told.texts)


def test_moves_and_reasons_refer_to_real_answers(mapped: Mapped, answer_gold: AnswerGold) -> None:
    workspace, project = mapped
    before = current(workspace, project)
    assert moves(workspace, before, grouping_of(workspace, before.map)).texts == ()
    answer_gold(workspace, project, 60)
    after = spread(workspace, project)
    answer_gold(workspace, project, 5)
    grouping = grouping_of(workspace, after.map)
    judgments = workspace.store.reviews.judgments(project)
    old, new = (load_clustering(workspace, each.map) for each in (before, after))
    moved = {t for t, a, b in zip(new.text_ids, old.labels, new.labels, strict=True) if a != b}
    told = moves(workspace, after, grouping)
    assert set(told.texts) == moved
    counts = [len(texts) for _, texts in told.by_answer]
    assert counts == sorted(counts, reverse=True) and counts[0] > 0
    for deciding, texts in told.by_answer:
        assert judgments[deciding.number - 1] == deciding.judgment
        assert deciding.number <= 60, "the five newest answers did not shape this map"
        assert len(set(texts)) == len(texts) and moved.issuperset(texts)
    deciding, texts = told.by_answer[0]
    why = reasons(workspace, after.map, grouping, texts[0])
    assert deciding in why.deciding
    assert 0.0 <= why.chance <= 1.0
    assert len(why.nearest) == 5 and texts[0] not in why.nearest


def test_the_runner_up_is_another_topic_of_the_map(mapped: Mapped, answer_gold: AnswerGold) -> None:
    workspace, project = mapped
    answer_gold(workspace, project, 40)
    after = spread(workspace, project)
    grouping = grouping_of(workspace, after.map)
    _, layout, clustering = load_map(workspace, after.map.id)
    shown = view(after.taxonomy, layout, clustering)
    found = 0
    for row in range(0, len(shown.text_ids), 10):
        text = shown.text_ids[row]
        runner_up = reasons(workspace, after.map, grouping, text).runner_up
        found += bool(runner_up)
        if runner_up:
            assert runner_up in shown.names.values()
            assert runner_up != shown.names.get(int(shown.groups[row]))
    assert found > 5


def test_without_answers_there_is_nothing_to_spread(mapped: Mapped, listener: Listener) -> None:
    workspace, project = mapped
    before = current(workspace, project)
    with pytest.raises(TooFewError) as refused:
        regroup(workspace, project, {}, listener)
    assert "Review page" in refused.value.next_move
    assert current(workspace, project) == before
    text = load_clustering(workspace, before.map).text_ids[0]
    why = reasons(workspace, before.map, grouping_of(workspace, before.map), text)
    assert why.deciding == () and len(why.nearest) == 5


def test_answers_about_texts_that_are_gone_are_ignored(
    mapped: Mapped, answer_gold: AnswerGold
) -> None:
    workspace, project = mapped
    answer_gold(workspace, project, 20)
    alone = grouping_of(workspace, spread(workspace, project).map)
    gone = Pair("0" * 16, "f" * 16)
    space = current(workspace, project).map.space
    workspace.store.reviews.enqueue(project, [Asked(gone, "They are close.", 2, space)])
    workspace.store.reviews.record(
        project, Judgment(gone, Verdict.SAME, "human", "me", 1.0, datetime.now(UTC))
    )
    here = spread(workspace, project)
    grouping = grouping_of(workspace, here.map)
    assert grouping.ignored == alone.ignored + 1
    assert (grouping.clustering.labels == alone.clustering.labels).all()
    assert gone.id not in {
        deciding.judgment.question.id for deciding, _ in moves(workspace, here, grouping).by_answer
    }


@pytest.mark.parametrize("kept_some", [False, True])
def test_a_map_of_an_older_clade_works_without_its_ground(
    mapped: Mapped, answer_gold: AnswerGold, kept_some: bool
) -> None:
    workspace, project = mapped
    answer_gold(workspace, project, 20)
    here = current(workspace, project)
    assert here.map.ground_key is not None
    arrays = dict(workspace.files.arrays(here.map.ground_key))
    without = {
        name: held for name, held in arrays.items() if name not in ("neighbours", "likeness")
    }
    key = workspace.files.put_arrays(without) if kept_some else None
    old = replace(here.map, id="old", ground_key=key, parent=here.map.id)
    workspace.store.maps.add(old)
    workspace.store.projects.append(
        project,
        replace(here.taxonomy, map_id="old", version=here.taxonomy.version + 1),
        parent=here.taxonomy.version,
        sentence="Made the map",
        author="me",
        at=datetime.now(UTC),
    )
    after = spread(workspace, project)
    assert after.map.ground_key is not None
    kept = grouping_of(workspace, after.map).clustering.labels
    bare = grouping_of(workspace, replace(after.map, ground_key=None)).clustering.labels
    assert np.array_equal(kept, bare)


def test_the_newest_job_of_several_kinds(mapped: Mapped) -> None:
    workspace, project = mapped
    assert use_cases.newest_job(workspace, project, "map", "regroup") is None
    jobs = workspace.store.jobs
    for kind in ("map", "regroup"):
        job = jobs.add_job(project, kind, {})
        found = use_cases.newest_job(workspace, project, "map", "regroup")
        assert found is not None and found.id == job.id
        jobs.finish_job(job.id, JobStatus.CANCELLED)


WHY = """
import sys
from dataclasses import replace
from pathlib import Path
from core.domain.settings import Settings
from core.project.arrays import load_neighbours, load_embedding
from core.project.grouping import grouping_of, reasons
from core.project.mapping import current
from core.project.neighbouring import graph_name
from core.project.workspace import open_workspace

workspace = open_workspace(Settings(home=Path(sys.argv[1])))
source = current(workspace, sys.argv[2]).map
name = graph_name(source.embedding_key, 0)
workspace.files.place(name).unlink()
embedding = load_embedding(workspace, source)
assert load_neighbours(workspace, name, embedding) is None
old = replace(source, ground_key=None)
assert len(reasons(workspace, old, grouping_of(workspace, old), embedding.text_ids[0]).nearest) == 5
assert load_neighbours(workspace, name, embedding) is not None
print([name for name in ("torch", "umap", "hdbscan", "transformers") if name in sys.modules])
"""


def test_why_here_on_an_old_map_without_a_graph_loads_no_deep_learning_library(
    mapped: tuple[Workspace, str],
) -> None:
    workspace, project_id = mapped
    ran = subprocess.run(
        [sys.executable, "-c", WHY, str(workspace.settings.home), project_id],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
    )
    assert ran.stdout.strip() == "[]", ran.stderr
