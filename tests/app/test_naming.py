"""The section of names: made by keywords or a model, shown as a diff, taken or put away."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.adapters.fakes import ScriptedModel
from core.domain.judging import JudgeSettings
from core.domain.llm import Price
from core.domain.taxonomy import Merge
from core.jobs.worker import run_job
from core.project import judging, naming, shaping
from core.project.mapping import current
from core.project.naming import running
from core.project.workspace import Workspace
from tests.app.screen import OpenApp, field, press

HOSTILE = "![pixel](https://example.invalid/pixel.png)"


def work(workspace: Workspace, project_id: str, by: str) -> None:
    """Do what the worker does."""
    params = {"topics": "", "by": by}
    job = workspace.store.jobs.add_job(project_id, naming.KIND, params)
    table = {naming.KIND: partial(naming.name_topics, workspace)}
    run_job(workspace.store.jobs, workspace.settings.home, job.id, table)


def captions(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.caption)


def test_without_an_llm_keywords_name_and_the_section_says_so(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = open_app("taxonomy", mapped)
    assert [lid.label for lid in app.expander] == ["Grow the tree again", "Names"]
    tree = current(workspace, mapped).taxonomy
    first, second = naming.nameable(tree)[:2]
    shaping.edit(workspace, mapped, Merge(tree.version, (first.id, second.id)), "me")
    work(workspace, mapped, "keywords")
    app = open_app("taxonomy", mapped)

    frame = field_frame(app)
    assert list(frame.columns) == ["Take", "Now", "New name"]
    assert first.label in list(frame["Now"])
    app = press(app, f"Take {len(frame)} {'name' if len(frame) == 1 else 'names'}")
    now = current(workspace, mapped).taxonomy
    assert {t.id: t.label for t in now.topics}[first.id] != first.label
    assert naming.outdated_names(workspace, current(workspace, mapped)) == {}


def field_frame(app: AppTest):  # type: ignore[no-untyped-def]
    return next(frame.value for frame in app.dataframe if "New name" in frame.value)


def test_names_of_a_model_are_shown_as_text_and_taken_or_put_away(
    mapped: str, workspace: Workspace, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    import json

    settings = JudgeSettings("openai", "m", "http://127.0.0.1:9/v1", price=Price(1.0, 4.0))
    judging.save(workspace, mapped, settings, cap=5.0, nothing_leaves=False)
    texts = iter(range(1000))
    model = ScriptedModel(
        answer=lambda *_: json.dumps(
            {"label": f"{HOSTILE[:40]} {next(texts)}", "definition": HOSTILE, "quotes": ["no"]}
        ),
        name="openai/m",
    )
    monkeypatch.setattr(running, "open_judge", lambda *_: model)
    work(workspace, mapped, "llm")
    before = current(workspace, mapped).taxonomy
    app = open_app("taxonomy", mapped)

    frame = field_frame(app)
    assert set(frame["Note"]) == {"No quote of it stands in the texts."}
    assert not any(frame["Take"])
    assert not any(HOSTILE in element.value for element in (*app.caption, *app.markdown))
    assert field(app.main.button, "Take 0 names").disabled
    app = press(app, "Put these away")
    assert current(workspace, mapped).taxonomy == before
    app.session_state["names"] = True
    app.run()
    assert field(app.main.button, "Name with the LLM")
    assert "this computer" in captions(app)
    assert Path(workspace.settings.home).exists()
