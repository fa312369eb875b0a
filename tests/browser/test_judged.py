"""A model's answers reviewed by keyboard and by mouse, in both themes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.domain.judgments import Verdict
from core.domain.questions import Pair, Question
from core.domain.settings import Settings
from core.project.intake import find_project, load_corpus
from core.project.workspace import Workspace, open_workspace
from tests.browser.harness import App, answer, card_id, shoot, snap
from tests.browser.project import mapped_project
from tests.opinions import REASON, lots, put, say

pytestmark = pytest.mark.browser

HALF = 0.5  # of the model's answers are blind checks, and every second turn is one


@pytest.fixture(params=["light", "dark"])
def themed(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1400, "height": 1000}, color_scheme=request.param)
    opened.set_default_timeout(60_000)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home folder with one mapped project, made once, and the project's id."""
    home = tmp_path_factory.mktemp("made") / "home"
    return home, mapped_project(home, 60)[1]


def judged_project(
    app: App, made: tuple[Path, str], each: int
) -> tuple[Workspace, str, list[Question], list[Question]]:
    """Return a project in which a model called pairs the same, less and less sure of it:
    `each` that are blind checks and as many that are not, both in the order of asking."""
    shutil.copytree(made[0], app.home, dirs_exist_ok=True)
    workspace, project_id = open_workspace(Settings(home=app.home)), made[1]
    store = workspace.store
    store.spending.begin(project_id, store.spending.settings(project_id), 0)
    settings = replace(store.spending.settings(project_id), blind_share=HALF)
    store.spending.save_settings(project_id, settings)
    texts = [text.id for text in load_corpus(workspace, find_project(workspace, project_id)).texts]
    pairs: list[Question] = [Pair(*two) for two in combinations(texts[:14], 2)]
    blind, seen = (drawn[:each] for drawn in lots(workspace, project_id, pairs, "blind", HALF))
    put(workspace, project_id, *seen, *blind)
    for place, question in enumerate([*seen, *blind]):
        say(workspace, project_id, question, Verdict.SAME, 0.9 - place % each * 0.05)
    return workspace, project_id, blind, list(reversed(seen))


def do(page: Page, hand: str, key: str, button: str) -> None:
    """Press a key, or click its button, once the card stands."""
    if hand == "keyboard":
        page.keyboard.press(key)
    else:
        page.get_by_test_id("stMain").get_by_role("button", name=button).first.click()


def answer_by(page: Page, hand: str, key: str, button: str) -> None:
    """Answer and wait until the next card stands."""
    if hand == "keyboard":
        answer(page, key, suggests=False)
    else:
        before = card_id(page, suggests=False)
        do(page, hand, key, button)
        expect(page.locator(f".st-key-S{before}")).to_have_count(0)
    card_id(page, suggests=False)


def said(workspace: Workspace, project_id: str) -> dict[str, tuple[str, str]]:
    return {
        judgment.question.id: (judgment.source, judgment.verdict)
        for judgment in workspace.store.reviews.judgments(project_id)
        if judgment.source != "llm"
    }


@pytest.mark.parametrize("hand", ["keyboard", "mouse"])
def test_a_models_answers_are_approved_overridden_checked_flagged_and_taken_back(
    app: App, made: tuple[Path, str], themed: Page, hand: str
) -> None:
    page = themed
    workspace, project_id, _, seen = judged_project(app, made, 4)
    page.goto(f"{app.url}/review?project={project_id}")
    first = card_id(page, suggests=False)
    assert first == seen[0].id
    expect(page.get_by_text("The LLM says Same, 75% sure", exact=False)).to_be_visible()
    expect(page.get_by_text(REASON, exact=False)).to_be_visible()
    if hand == "keyboard":
        shoot(page, "8-llm-says")
    do(page, hand, "f", "Flag")
    expect(page.get_by_role("button", name="Unflag")).to_be_visible()
    answer_by(page, hand, "Space", "Accept: Same")
    assert said(workspace, project_id) == {first: ("human", "same")}

    blind = card_id(page, suggests=False)
    expect(page.get_by_text("Blind check: the LLM has answered", exact=False)).to_be_visible()
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)
    expect(page.get_by_text(REASON, exact=False)).to_have_count(0)
    if hand == "keyboard":
        shoot(page, "8-blind-check")
    answer_by(page, hand, "n", "Different")
    expect(page.get_by_text("You said Different, the LLM said Same", exact=False)).to_be_visible()
    # The toast has taken no style away.
    expect(page.locator(".clade-card").first).to_have_css("border-left-width", "1px")
    expect(page.get_by_text("the LLM agrees with 0 of 1", exact=False)).to_be_visible()
    if hand == "keyboard":
        snap(page, "8-told")

    override = card_id(page, suggests=False)
    assert override == seen[1].id
    answer_by(page, hand, "n", "Different")
    assert said(workspace, project_id) == {
        first: ("human", "same"),
        blind: ("human", "different"),
        override: ("human", "different"),
    }
    do(page, hand, "Backspace", "Undo")
    expect(page.locator(f".st-key-S{override}")).to_have_count(1)
    do(page, hand, "Backspace", "Undo")
    expect(page.locator(f".st-key-S{blind}")).to_have_count(1)
    assert said(workspace, project_id) == {first: ("human", "same")}
    # Its answer was told: it is no blind check any more.
    expect(page.get_by_role("button", name="Accept: Same")).to_be_visible()
    (remark,) = [r for r in workspace.store.reviews.remarks(project_id) if r.flagged]
    assert remark.question == first


@pytest.mark.parametrize("hand", ["keyboard", "mouse"])
def test_many_answers_are_approved_in_the_table_and_taken_back_at_one_stroke(
    app: App, made: tuple[Path, str], themed: Page, hand: str
) -> None:
    page = themed
    workspace, project_id, blind, seen = judged_project(app, made, 4)
    page.goto(f"{app.url}/review?project={project_id}&mode=Table")
    expect(page.get_by_role("button", name="Approve 4 answers")).to_be_visible()
    expect(page.get_by_text("4 more are kept back for blind checks", exact=False)).to_be_visible()
    if hand == "keyboard":
        shoot(page, "8-table")
    untick_first(page, page.get_by_test_id("stDataFrame"), hand)
    expect(page.get_by_role("button", name="Approve 3 answers")).to_be_visible()
    page.locator("h1").click()
    do(page, hand, "Control+Enter", "Approve 3 answers")
    expect(page.get_by_text("3 answers approved", exact=False)).to_be_visible()
    expect(page.get_by_role("button", name="Approve 1 answer")).to_be_visible()
    # The surest one was unticked.
    approved = {question.id: ("bulk", "same") for question in seen[:-1]}
    assert said(workspace, project_id) == approved
    assert not {question.id for question in blind} & approved.keys()
    do(page, hand, "Backspace", "Undo")
    expect(page.get_by_role("button", name="Approve 4 answers")).to_be_visible()
    assert said(workspace, project_id) == {}


def untick_first(page: Page, table: Locator, hand: str) -> None:
    expect(table).to_be_visible()
    page.wait_for_timeout(1500)  # the canvas is drawn after the element stands
    box = table.bounding_box()
    assert box is not None
    if hand == "mouse":
        page.mouse.click(box["x"] + 47, box["y"] + 35 + 29)
    else:
        # Into the table beside the box, then onto it.
        page.mouse.click(box["x"] + 200, box["y"] + 35 + 29)
        page.wait_for_timeout(400)
        page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(400)
        page.keyboard.press("Enter")
