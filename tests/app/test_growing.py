"""The section that grows the tree again: asked, shown beside the old tree, used or put away."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from functools import partial

from streamlit.testing.v1 import AppTest

from core.domain.growing import GrowthSpec
from core.domain.judging import JudgeSettings
from core.domain.llm import Price
from core.jobs.worker import run_job
from core.project import growing, judging
from core.project.mapping import current
from core.project.workspace import Workspace
from core.steps.taxonomy import leaves, path
from tests.app.screen import OpenApp, field, press


def work(workspace: Workspace, project_id: str) -> None:
    """Do what the worker does."""
    params = {"spec": json.dumps(asdict(GrowthSpec(levels=3, parents=2)))}
    job = workspace.store.jobs.add_job(project_id, growing.KIND, params)
    table = {growing.KIND: partial(growing.grow_tree, workspace)}
    run_job(workspace.store.jobs, workspace.settings.home, job.id, table)


def new_tree(app: AppTest):  # type: ignore[no-untyped-def]
    return next(frame.value for frame in app.dataframe if "New tree" in frame.value)


def test_a_tree_is_asked_for_by_levels_and_parents(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = open_app("taxonomy", mapped)
    app.session_state["growing"] = True
    app.run()
    assert not app.exception
    assert field(app.main.button, "Grow by linkage")
    assert [one.label for one in app.number_input] == ["Parents at the top"]
    told = " ".join(caption.value for caption in app.caption)
    assert "7 topics may move" in told
    assert "set up in Settings" in told
    assert not [b for b in app.main.button if b.label == "Group with the LLM"]


def test_an_offered_tree_is_used_or_put_away(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    before = current(workspace, mapped).taxonomy
    work(workspace, mapped)
    app = open_app("taxonomy", mapped)
    frame = new_tree(app)
    assert {label.strip() for label in frame["New tree"]} >= {leaf.label for leaf in leaves(before)}
    assert any("in 3 levels" in text.value for text in app.markdown)
    press(app, "Put it away")
    assert current(workspace, mapped).taxonomy == before

    work(workspace, mapped)
    app = press(open_app("taxonomy", mapped), "Use this tree")
    tree = current(workspace, mapped).taxonomy
    assert max(len(path(tree, leaf.id)) for leaf in leaves(tree)) == 3
    assert sum(topic.parent is None for topic in tree.topics) == 2


def test_what_grouping_with_a_model_takes_is_told_before(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    # A dear model, so that the few words of seven topics come to something.
    settings = JudgeSettings("openai", "m", "http://127.0.0.1:9/v1", price=Price(4_000, 10_000))
    judging.save(workspace, mapped, settings, cap=0.5, nothing_leaves=False)
    app = open_app("taxonomy", mapped)
    app.session_state["growing"] = True
    app.run()
    told = " ".join(caption.value for caption in app.caption)
    assert re.search(r"About \\\$\d+\\\.\d\d and \d+ s for 1 call", told)
    assert "The cap leaves" in told and "this computer" in told
    assert field(app.main.button, "Group with the LLM")
