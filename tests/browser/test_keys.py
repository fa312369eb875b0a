"""Keys that come faster than cards."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.domain.settings import Settings
from core.project.workspace import Workspace, open_workspace
from tests.browser.harness import App, answer, card_id, press, snap
from tests.browser.project import mapped_project

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home folder with one mapped project, made once, and the project's id."""
    home = tmp_path_factory.mktemp("made") / "home"
    return home, mapped_project(home, 150)[1]


@pytest.fixture
def project(app: App, made: tuple[Path, str]) -> tuple[Workspace, str]:
    """A copy of it for the app, and its id."""
    shutil.copytree(made[0], app.home, dirs_exist_ok=True)
    return open_workspace(Settings(home=app.home)), made[1]


def test_thirty_presses_answer_only_cards_that_were_shown(
    app: App, project: tuple[Workspace, str], page: Page
) -> None:
    workspace, project_id = project
    page.goto(f"{app.url}/review?project={project_id}")
    card_id(page)
    # The page itself notes which cards it has shown.
    page.evaluate(
        """() => {
            window.shown = new Set();
            const note = () => document.querySelectorAll("[class*='st-key-accept']").forEach(
                (e) => window.shown.add(/st-key-accept(\\w+)/.exec(e.className)[1]));
            note();
            new MutationObserver(note).observe(document.body,
                {subtree: true, childList: true, attributes: true, attributeFilter: ['class']});
        }"""
    )
    for _ in range(30):
        page.keyboard.press("Space")
        page.wait_for_timeout(70)
    for question in {j.question.id for j in workspace.store.reviews.judgments(project_id)}:
        expect(page.locator(f".st-key-accept{question}")).to_have_count(0)
    shown = set(page.evaluate("() => [...window.shown]"))
    judgments = workspace.store.reviews.judgments(project_id)
    answered = [judgment.question.id for judgment in judgments]
    assert len(answered) == len(set(answered)) > 0
    assert set(answered) <= shown


def test_keys_are_silent_while_typing_a_note(
    app: App, project: tuple[Workspace, str], page: Page
) -> None:
    workspace, project_id = project
    page.goto(f"{app.url}/review?project={project_id}")
    asked = card_id(page)
    page.keyboard.press("t")
    note = page.get_by_label("Note", exact=True)
    expect(note).to_be_visible()
    note.fill("")
    note.press_sequentially("yes nobody skips by hand", delay=20)
    note.press("Enter")
    expect(page.get_by_role("button", name="Flag")).to_be_visible()
    page.wait_for_timeout(1500)
    assert workspace.store.reviews.judgments(project_id) == ()
    assert card_id(page) == asked
    (remark,) = workspace.store.reviews.remarks(project_id)
    assert remark.note == "yes nobody skips by hand"


def test_every_key_does_what_its_button_says(
    app: App, project: tuple[Workspace, str], page: Page
) -> None:
    workspace, project_id = project
    page.goto(f"{app.url}/review?project={project_id}")
    first = card_id(page)
    page.keyboard.press("f")
    expect(page.get_by_role("button", name="Unflag")).to_be_visible()
    assert answer(page, "s") == first
    second = answer(page, "Space")
    card_id(page)
    (judgment,) = workspace.store.reviews.judgments(project_id)
    assert judgment.question.id == second
    page.keyboard.press("Backspace")
    expect(page.locator(f".st-key-accept{second}")).to_have_count(1)
    assert workspace.store.reviews.judgments(project_id) == ()
    # Between two cards there is no card for a key to mean.
    assert card_id(page) == second
    expect(page.locator(".st-key-H")).to_be_visible()
    page.keyboard.press("h")
    expect(page.locator(".st-key-keys")).to_contain_text("Space accepts the suggestion")
    snap(page, "3-help")
    assert card_id(page) == second
    press(page, "h", page.locator(".st-key-keys"))


def test_a_card_a_second_is_answered_by_keyboard(
    app: App, project: tuple[Workspace, str], page: Page
) -> None:
    workspace, project_id = project
    page.goto(f"{app.url}/review?project={project_id}")
    card_id(page)
    began = time.monotonic()
    for _ in range(19):
        answer(page, "Space")
    card_id(page)
    took = time.monotonic() - began
    # A stop follows the twentieth, and Enter goes on.
    answer(page, "Space")
    expect(page.get_by_text("20 answers are saved")).to_be_visible()
    press(page, "Enter", page.get_by_text("20 answers are saved"))
    card_id(page)

    assert len(workspace.store.reviews.judgments(project_id)) == 20
    assert took < 19, "60 cards a minute"
