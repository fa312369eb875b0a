"""History: numbered sentences, and the way back to any state; another embedder on the map."""

from __future__ import annotations

import io
from importlib.util import find_spec

import numpy as np
import pytest

from core.adapters.encoders.int8 import NEEDS
from core.domain.errors import StaleEditError
from core.domain.taxonomy import Rename
from core.project import embedders, history, recipes, retraining
from core.project.mapping import current
from core.project.shaping import edit
from core.project.workspace import Workspace
from core.steps.taxonomy import leaves
from tests.app.screen import OpenApp, field, offer, press, upload


def rename(workspace: Workspace, project_id: str, label: str) -> None:
    here = current(workspace, project_id)
    topic = leaves(here.taxonomy)[0].id
    edit(workspace, project_id, Rename(here.taxonomy.version, topic, label), "ada")


def test_states_are_told_and_any_of_them_comes_back(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    rename(workspace, mapped, "One")
    rename(workspace, mapped, "Two")
    before = current(workspace, mapped)

    app = open_app("history", mapped)

    told = [element.value for element in app.main.markdown]
    assert told[0].startswith("3\\. ") and "you are here" in told[0]
    assert told[2] == "1\\. Made the first map"
    assert any("ada" in text.value and "MiniLM" in text.value for text in app.main.caption)
    app.main.button[1].click().run()
    here = current(workspace, mapped)
    assert here.taxonomy.version == 4
    assert here.map == before.map
    assert not {"One", "Two"} & {topic.label for topic in here.taxonomy.topics}
    assert (
        history.states(workspace, mapped)[0].sentence == "Returned to state 1: Made the first map"
    )
    # Nothing is lost: the state that was left comes back too.
    app = open_app("history", mapped)
    next(b for b in app.main.button if b.key.startswith(f"back{mapped}3-")).click().run()
    assert current(workspace, mapped).taxonomy.topics == before.taxonomy.topics


def test_a_state_is_not_returned_to_over_a_newer_one(mapped: str, workspace: Workspace) -> None:
    rename(workspace, mapped, "One")
    with pytest.raises(StaleEditError):
        history.go_back(workspace, mapped, 1, "me", expected=1)
    rename(workspace, mapped, "Two")
    with pytest.raises(StaleEditError):
        history.go_back(workspace, mapped, 1, "me", expected=2)
    assert current(workspace, mapped).taxonomy.version == 3


def test_save_both_goes_on_with_the_old_and_keeps_the_new_to_come_back_to(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    proposal = offer(workspace, mapped, 2, 9)
    before = current(workspace, mapped)
    app = press(open_app("retrain", mapped), "Save both")
    assert any("was saved beside" in caption.value for caption in app.caption)
    here = current(workspace, mapped)
    assert here.map == before.map
    assert here.taxonomy.topics == before.taxonomy.topics
    with pytest.raises(StaleEditError):
        retraining.keep(workspace, proposal)

    saved = next(s for s in history.states(workspace, mapped) if s.sentence.startswith("Saved"))
    assert saved.round == 1 and not saved.current
    app = open_app("history", mapped)
    next(
        b for b in app.main.button if b.key.startswith(f"back{mapped}{saved.number}-")
    ).click().run()
    assert current(workspace, mapped).map.id == proposal.new_map
    app = press(app, "Undo", app.sidebar)
    assert current(workspace, mapped).map.id == proposal.old_map


def test_another_embedder_is_offered_and_a_file_of_vectors_is_checked_at_once(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = open_app("map", mapped)
    kind = field(app.radio, "What makes the vectors?")
    app = kind.set_value("vectors").run()
    assert field(app.button, "Embed anew").disabled
    rows = 150

    def brought(count: int) -> None:
        buffer = io.BytesIO()
        np.save(buffer, np.random.default_rng(0).normal(size=(count, 8)).astype(np.float32))
        field(app.get("file_uploader"), "File of vectors").set_value(
            ("mine.npy", buffer.getvalue(), "application/octet-stream")
        ).run()

    brought(rows - 1)
    assert "149 vectors" in app.error[0].value and "150 rows" in app.error[0].value
    assert field(app.button, "Embed anew").disabled
    brought(rows)
    assert not app.error
    assert not field(app.button, "Embed anew").disabled


def test_program_code_of_models_is_let_run_with_a_warning_only(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = open_app("settings", mapped)
    switch = field(app.toggle, "Let models run the program code that they bring")
    assert switch.value is False
    app = switch.set_value(True).run()
    assert any("whom you trust" in warning.value for warning in app.warning)
    assert workspace.store.projects.get(mapped).runs_code


def test_undone_changes_are_warned_about_and_a_recipe_is_replayed(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    rename(workspace, mapped, "One")
    recipe = recipes.written(recipes.extract(workspace, current(workspace, mapped)))
    app = open_app("history", mapped)
    assert not app.warning
    app = press(app, "Undo", app.sidebar)
    assert "1 change is undone" in app.warning[0].value
    assert any("set aside" in element.value for element in app.main.markdown)

    app = upload(app, "recipe.json", b"no recipe")
    assert "is not a recipe" in app.error[0].value
    assert current(workspace, mapped).taxonomy.version == 1
    app = upload(app, "recipe.json", recipe)
    assert list(app.dataframe[0].value["Here"]) == ["can be made"]
    app = press(app, "Make 1 change")
    assert "1 change was made" in app.success[0].value
    assert "One" in {topic.label for topic in current(workspace, mapped).taxonomy.topics}


def test_openvino_is_offered_where_it_is_installed_and_only_there(
    mapped: str, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def offered() -> list[str]:
        app = open_app("map", mapped)
        assert field(app.radio, "What makes the vectors?")
        return [box.label for box in app.checkbox if "OpenVINO" in box.label]

    def install(*packages: str) -> None:
        monkeypatch.setattr(
            "core.adapters.encoders.int8.find_spec",
            lambda name: find_spec("numpy") if name in packages else None,
        )

    monkeypatch.setattr(embedders, "has_gpu", lambda: False)
    install(NEEDS[0])
    assert not offered()
    install(*NEEDS)
    assert offered() == ["Read with OpenVINO, weights as int8"]
    monkeypatch.setattr(embedders, "has_gpu", lambda: True)
    assert not offered()
