"""A few answers, spread over all texts, seen on the map."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from core.domain.judgments import GROUPS, Verdict
from core.domain.questions import Placement
from core.domain.reviewing import Seat
from core.project import review
from core.project.grouping import grouping_of, moves
from core.project.intake import load_corpus
from core.project.mapping import current
from core.project.workspace import Workspace
from tests.browser.harness import App, answer, card_id, shoot
from tests.browser.project import mapped_project

pytestmark = pytest.mark.browser


def choose_color(page: Page, name: str) -> None:
    page.get_by_test_id("stSelectbox").first.locator("input").click()
    page.get_by_role("option", name=name).click()


def see_what_moved(page: Page) -> None:
    choose_color(page, "Moved by answers")
    expect(page.locator("[class*='st-key-scatter'][class*='Moved']")).to_be_visible()
    page.get_by_text("What the answers moved").click()
    expect(page.get_by_text("moved to another group", exact=False)).to_be_visible()
    expect(page.get_by_text("Answer 1", exact=False).first).to_be_visible()


def see_why(page: Page, body: str) -> None:
    search = page.get_by_role("textbox", name="Search")
    search.fill(f"/^{re.escape(body)}$/")
    search.press("Enter")
    page.get_by_role("button", name="Select all 1").click()
    expect(page.get_by_text("Why here?")).to_be_visible()
    expect(page.get_by_text("The chance that this group is right", exact=False)).to_be_visible()
    expect(page.get_by_text("The answers that decided")).to_be_visible()
    page.get_by_text("The nearest texts").scroll_into_view_if_needed()


def answer_otherwise(workspace: Workspace, project_id: str, count: int) -> None:
    """Place texts with another group than the embedder would, so that some move."""
    for _ in range(count):
        handed = review.next_question(workspace, project_id, Seat("me"))
        assert handed is not None and handed.asked.guess is not None
        asked = handed.asked
        verdict = Verdict(asked.guess.verdict)
        if isinstance(asked.question, Placement):
            groups = GROUPS[: len(asked.question.candidates)]
            verdict = next((group for group in groups if group != verdict), Verdict.NEW)
        review.answer(workspace, project_id, asked.question.id, verdict, "me")


def test_answers_are_spread_and_what_moved_is_seen(app: App, page: Page) -> None:
    workspace, project_id = mapped_project(app.home, 300)
    before = current(workspace, project_id)
    page.goto(f"{app.url}/review?project={project_id}")
    for _ in range(3):
        answer(page, "Space")
    card_id(page)
    answer_otherwise(workspace, project_id, 17)
    page.reload()
    expect(page.get_by_text("20 answers are saved", exact=False)).to_be_visible()
    shoot(page, "8-stop")

    page.get_by_role("link", name="Map").click()
    expect(page.get_by_text("20 answers are not on this map yet.")).to_be_visible()
    expect(page.locator("canvas").first).to_be_visible()
    shoot(page, "8-waiting")
    page.get_by_role("button", name="Spread them over all texts").click()
    expect(page.get_by_text("What the answers moved")).to_be_visible()
    expect(page.get_by_text("not on this map yet", exact=False)).to_have_count(0)
    after = current(workspace, project_id)
    assert after.map.prior_key == before.map.clustering_key

    moved = moves(workspace, after, grouping_of(workspace, after.map)).texts
    corpus = load_corpus(workspace, after.project)
    body = next(text.body for text in corpus.texts if text.id == moved[0])
    see_what_moved(page)
    shoot(page, "8-moved")
    see_why(page, body)
    shoot(page, "8-why")
