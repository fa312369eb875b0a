"""Growing the tree again: by linkage and by a model, offered, used as one edit, exported."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import asdict
from functools import partial
from typing import Any

import pytest

from core.adapters.fakes import ScriptedModel
from core.domain.errors import InputError, StaleEditError, TooFewError
from core.domain.growing import GrowthSpec, TreeOffer
from core.domain.jobs import Job, JobStatus
from core.domain.judging import JudgeSettings, NothingLeaves
from core.domain.llm import Price, Prompt
from core.domain.taxonomy import Rename, SetArchived, SetLock, Taxonomy
from core.jobs.worker import run_job
from core.project import growing, judging, shaping
from core.project.exporting import export
from core.project.grouping import regroup
from core.project.growing import by_model
from core.project.mapping import current
from core.project.workspace import Workspace
from core.steps.taxonomy import leaves, path
from tests.conftest import Listener
from tests.project.conftest import AnswerGold

REMOTE = JudgeSettings("openai", "m", "http://127.0.0.1:9/v1", price=Price(1.0, 4.0))
Where = tuple[Workspace, str]


def run(where: Where, spec: GrowthSpec) -> Job:
    """Grow as the worker does; return how that ended."""
    workspace, project_id = where
    job = workspace.store.jobs.add_job(project_id, growing.KIND, {"spec": json.dumps(asdict(spec))})
    table = {growing.KIND: partial(growing.grow_tree, workspace)}
    run_job(workspace.store.jobs, workspace.settings.home, job.id, table)
    return workspace.store.jobs.job(job.id)


def offered(where: Where) -> TreeOffer:
    found = growing.tree_on_offer(where[0], current(*where))
    assert found is not None
    return found


def use(where: Where) -> Taxonomy:
    return growing.use_tree(where[0], current(*where), offered(where), "ann")


def depths(tree: Taxonomy) -> set[int]:
    return {len(path(tree, leaf.id)) for leaf in leaves(tree)}


def test_four_levels_are_offered_used_exported_and_undone(mapped: Where) -> None:
    workspace, project_id = mapped
    before = current(*mapped).taxonomy
    assert run(mapped, GrowthSpec(levels=4, parents=2)).status is JobStatus.DONE
    assert current(*mapped).taxonomy == before
    found = offered(mapped)
    lines = growing.offered_lines(workspace, current(*mapped), found)
    assert {line.label for line in lines if line.now is not None} == {
        leaf.label for leaf in leaves(before)
    }
    assert max(line.depth for line in lines) == 3

    grown = use(mapped)
    assert max(depths(grown)) == 4
    assert {leaf.id for leaf in leaves(grown)} == {leaf.id for leaf in leaves(before)}
    assert growing.tree_on_offer(workspace, current(*mapped)) is None
    files = export(workspace, project_id).files
    header = next(csv.reader(io.StringIO(files["assignments.csv"].decode("utf-8-sig"))))
    assert [name for name in header if "level" in name] == [f"tc_level_{i}" for i in (1, 2, 3, 4)]
    assert b"\n.... " in files["taxonomy.md"]

    note = workspace.store.projects.note(project_id, grown.version)
    assert note.sentence.startswith("Grew the tree again: ")
    shaping.undo(workspace, project_id, note)
    assert current(*mapped).taxonomy == before


def test_a_person_chooses_the_number_of_parents_and_what_stays(mapped: Where) -> None:
    workspace, project_id = mapped
    tree = current(*mapped).taxonomy
    parent = next(topic for topic in tree.topics if not topic.clusters)
    shaping.edit(workspace, project_id, Rename(tree.version, parent.id, "Mine"), "ann")
    mine = {leaf.id for leaf in leaves(tree) if leaf.parent == parent.id}

    run(mapped, GrowthSpec(parents=3))
    found = offered(mapped)
    assert not mine & {leaf for one in found.parents for leaf in one.leaves}
    assert len(found.parents) + len(found.alone) == 3
    run(mapped, GrowthSpec(parents=3, keep=False))
    assert mine & {leaf for one in offered(mapped).parents for leaf in one.leaves}
    shaping.edit(
        workspace, project_id, SetLock(current(*mapped).taxonomy.version, parent.id, True), "ann"
    )
    assert growing.tree_on_offer(workspace, current(*mapped)) is None
    run(mapped, GrowthSpec(parents=3, keep=False))
    grown = use(mapped)
    assert {leaf.id for leaf in leaves(grown) if leaf.parent == parent.id} == mine


def test_answers_lean_on_the_tree_and_unassigned_texts_can_be_placed(
    mapped: Where, answer_gold: AnswerGold
) -> None:
    workspace, project_id = mapped
    answer_gold(workspace, project_id, 12)
    loose = growing.unassigned(workspace, current(*mapped))
    assert loose
    regroup(workspace, project_id, {"placing": True}, Listener())
    here = current(*mapped)
    assert growing.unassigned(workspace, here) == 0
    note = workspace.store.projects.note(project_id, here.taxonomy.version)
    assert note.sentence == "Put unassigned texts into their nearest groups"

    run(mapped, GrowthSpec())
    assert offered(mapped).answers == 12
    use(mapped)


def test_a_decision_is_made_once_and_too_few_topics_are_told(mapped: Where) -> None:
    workspace, project_id = mapped
    run(mapped, GrowthSpec())
    found, here = offered(mapped), current(*mapped)
    growing.put_tree_away(workspace, found)
    with pytest.raises(StaleEditError, match="decided"):
        growing.use_tree(workspace, here, found, "ann")

    for topic in leaves(here.taxonomy)[3:]:
        version = current(*mapped).taxonomy.version
        shaping.edit(workspace, project_id, SetArchived(version, topic.id, True), "ann")
    with pytest.raises(TooFewError, match="Only 3 topics"):
        growing.start(workspace, project_id, GrowthSpec())
    with pytest.raises(InputError):
        GrowthSpec(levels=7)


@pytest.fixture
def model(mapped: Where, monkeypatch: pytest.MonkeyPatch) -> ScriptedModel:
    judging.save(*mapped, REMOTE, cap=5.0, nothing_leaves=False)
    made = ScriptedModel(answer=lambda prompt, _: halves(prompt), name="openai/m")
    monkeypatch.setattr(by_model, "open_judge", lambda *_: made)
    return made


def halves(prompt: Prompt, **changed: Any) -> str:
    """Group all topics but the last into two, and leave that one alone."""
    count = len(re.findall(r"^\d+\. ", prompt.user, re.MULTILINE))
    numbers = list(range(1, count))
    groups = [
        {"label": "Low ones", "definition": "The first.", "members": numbers[::2]},
        {"label": "High ones", "definition": "The rest.", "members": numbers[1::2]},
        {"label": "Apart", "definition": "", "members": [count]},
    ]
    return json.dumps({"parents": groups} | changed)


def test_a_model_groups_every_topic_once_or_is_asked_again(
    mapped: Where, model: ScriptedModel
) -> None:
    before = current(*mapped).taxonomy
    replies = iter(["[]", None])
    model.answer = lambda prompt, _: next(replies) or halves(prompt)
    run(mapped, GrowthSpec("llm"))
    assert model.calls == 2
    found = offered(mapped)
    assert ([one.label for one in found.parents], len(found.alone)) == (
        ["Low ones", "High ones"],
        1,
    )
    assert found.model == "openai/m"
    grown = use(mapped)
    named = {topic.label: topic for topic in grown.topics if topic.named_by == "llm"}
    assert named["Low ones"].description == "The first."
    assert {leaf.id for leaf in leaves(grown)} == {leaf.id for leaf in leaves(before)}


@pytest.mark.parametrize(
    "groups",
    [
        [{"label": "A", "members": [1, 2]}],
        [{"label": "A", "members": [1, 1]}],
        [{"label": "<b>", "members": [999]}],
        "prose",
    ],
)
def test_a_reply_that_leaves_out_doubles_or_invents_changes_nothing(
    mapped: Where, model: ScriptedModel, groups: Any
) -> None:
    model.answer = lambda prompt, _: halves(prompt, parents=groups)
    ended = run(mapped, GrowthSpec("llm"))
    assert model.calls == 2
    assert ended.status is JobStatus.FAILED
    assert ended.error.endswith("Ask again, or write it yourself.")
    assert growing.tree_on_offer(mapped[0], current(*mapped)) is None


def test_nothing_leaves_and_no_llm_are_told_before_anything_is_sent(mapped: Where) -> None:
    with pytest.raises(InputError, match="No LLM"):
        growing.start(*mapped, GrowthSpec("llm"))
    away = JudgeSettings("openai", "m", price=Price(1.0, 4.0))
    judging.save(*mapped, away, cap=5.0, nothing_leaves=True)
    with pytest.raises(NothingLeaves):
        growing.start(*mapped, GrowthSpec("llm"))
