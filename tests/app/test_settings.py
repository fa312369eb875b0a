"""Settings: who judges, what it costs, what leaves; a typed key goes nowhere."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.domain.judging import NANO
from core.domain.judgments import Judgment, Verdict
from core.domain.questions import Pair
from core.project import judging
from core.project.exporting import export
from core.project.workspace import Workspace
from tests.app.screen import OpenApp, field, press, title
from tests.opinions import AT, put, say
from tests.project.scripted import SETTINGS

KEY = "sk-typed-0123456789abcdef"


def meter(app: object) -> str:
    (found,) = [
        caption.value
        for caption in app.sidebar.caption  # type: ignore[attr-defined]
        if "computer" in caption.value or "calls" in caption.value
    ]
    return str(found).replace("\\", "")


def test_without_an_llm_nothing_leaves_and_the_page_says_so(mapped: str, open_app: OpenApp) -> None:
    app = open_app("settings", mapped)

    assert title(app) == "Settings"
    assert "No LLM is set up" in app.info[0].value
    assert "No LLM: nothing leaves this computer." in meter(app)


def test_a_model_is_set_up_and_the_screen_says_where_texts_go(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = open_app("settings", mapped)
    app = field(app.selectbox, "Who answers").select("openai").run()
    field(app.text_input, "Model").input("gpt-test")
    field(app.number_input, "US$ a million tokens read").set_value(0.5)
    field(app.number_input, "Spend cap of this project (US$)").set_value(0.75)
    app = press(app, "Save")

    kept = judging.settings_of(workspace, mapped)
    assert (kept.provider, kept.model, kept.price.prompt) == ("openai", "gpt-test", 0.5)
    assert judging.budget_of(workspace, mapped).cap == round(0.75 * NANO)
    # Nothing is charged for what is written: the cap would not hold.
    assert "the cap cannot hold" in app.warning[0].value
    assert any("api" in text.value and "openai" in text.value for text in app.markdown)
    assert "$0.00 of $0.75 · 0 calls · 0 from cache" in meter(app.run())


def test_a_model_without_a_name_is_refused(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = open_app("settings", mapped)
    app = press(field(app.selectbox, "Who answers").select("anthropic").run(), "Save")

    assert "no name" in app.error[0].value
    assert not judging.settings_of(workspace, mapped).ready


def test_the_switch_refuses_the_test_and_the_batch(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    far = judging.settings_of(workspace, mapped)
    far = type(far)("openai", "gpt-test")
    judging.save(workspace, mapped, far, cap=1.0, nothing_leaves=True)

    app = press(open_app("settings", mapped), "Test")

    assert "switched on" in app.error[0].value
    assert "LLM switched off: nothing leaves this computer." in meter(app)


def test_a_prompt_is_edited_as_a_version_and_the_old_one_stays(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = open_app("settings", mapped)
    rules = field(app.text_area, "Rules")
    before = rules.value
    rules.input(f"{before} Be strict.")
    app = press(app, "Keep as a new version")

    assert field(app.text_area, "Rules").value == f"{before} Be strict."
    versions = field(app.selectbox, "Version")
    assert len(versions.options) == 2
    app = versions.select_index(0).run()
    assert field(app.text_area, "Rules").value == before


def test_a_prompt_that_would_lose_a_text_is_refused(mapped: str, open_app: OpenApp) -> None:
    app = open_app("settings", mapped)
    field(app.text_area, "Question").input("Which one?")
    app = press(app, "Keep as a new version")

    assert "lacks" in app.error[0].value


def test_a_typed_key_is_on_no_disk_and_in_no_message(
    mapped: str,
    workspace: Workspace,
    open_app: OpenApp,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CLADE_LLM_KEY", raising=False)
    judging.save(workspace, mapped, SETTINGS, cap=1.0, nothing_leaves=False)
    app = open_app("settings", mapped)
    app = field(app.text_input, "Key").input(KEY).run()
    assert any("memory of this tab" in caption.value for caption in app.caption)

    # Nobody listens at that address: the error is the one that tells most.
    app = press(app, "Test")
    until = time.monotonic() + 60
    while not app.error:
        assert time.monotonic() < until
        time.sleep(0.2)
        app = app.run()

    shown = " ".join(
        str(element.value) for kind in ("error", "caption") for element in app.get(kind)
    )
    assert app.error and KEY not in shown
    made = export(workspace, mapped)
    assert not [name for name, data in made.files.items() if KEY.encode() in data]
    assert KEY.encode() not in made.archive
    assert found(home, KEY) == []


def found(folder: Path, key: str) -> list[Path]:
    """Return the files that hold the key."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if key.encode() in path.read_bytes()]


def test_until_a_check_is_answered_the_page_says_how_to_know_the_models(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    judging.save(workspace, mapped, SETTINGS, cap=1.0, nothing_leaves=False)
    app = open_app("settings", mapped)

    assert "answer blind checks" in app.info[-1].value


def test_a_model_s_answers_are_held_against_people_s(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    pairs = [Pair(f"{n:03}", f"{n:03}+") for n in range(12)]
    put(workspace, mapped, *pairs)
    for place, pair in enumerate(pairs):
        say(workspace, mapped, pair, Verdict.SAME, 0.9, model="openai/<b>small</b>")
        verdict = Verdict.SAME if place < 9 else Verdict.DIFFERENT
        given = Judgment(pair, verdict, "human", "ada", 1.0, AT)
        workspace.store.reviews.record(mapped, given, "nothing")

    app = open_app("settings", mapped)

    shown = [text.value.replace("\\", "") for text in app.markdown]
    assert any("agrees with people on 9 of 12 answers" in text for text in shown)
    assert any("<b>small</b>" in text for text in shown), "a name is text"
    assert app.get("arrow_vega_lite_chart") or app.get("vega_lite_chart")
