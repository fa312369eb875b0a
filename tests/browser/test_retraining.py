"""A retraining is started, refreshed, cancelled, put away, kept, and returned from."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from core.domain.judgments import Verdict
from core.domain.reviewing import Seat
from core.project import review
from core.project.mapping import current
from core.project.workspace import Workspace
from tests.browser.harness import App, shoot
from tests.browser.project import mapped_project

pytestmark = pytest.mark.browser

ANSWERS = 24
LONG = 180_000
"""Milliseconds that a training and a new map may take on a busy machine."""


def answer_as_guessed(workspace: Workspace, project_id: str) -> None:
    for _ in range(ANSWERS):
        handed = review.next_question(workspace, project_id, Seat("me"))
        assert handed is not None and handed.asked.guess is not None
        verdict = Verdict(handed.asked.guess.verdict)
        review.answer(workspace, project_id, handed.asked.question.id, verdict, "me")


def train(page: Page) -> None:
    page.get_by_text("Last layers").first.click()
    page.get_by_role("button", name="Retrain the embedder").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()


def test_a_retraining_from_start_to_return(app: App, page: Page) -> None:
    workspace, project_id = mapped_project(app.home, 300)
    answer_as_guessed(workspace, project_id)
    old = current(workspace, project_id)
    page.goto(f"{app.url}/retrain?project={project_id}")
    expect(page.get_by_role("button", name="Retrain the embedder")).to_be_visible()
    shoot(page, "9-ways")

    train(page)
    page.reload()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The last run was cancelled.", exact=False)).to_be_visible(timeout=LONG)

    train(page)
    expect(page.get_by_role("button", name="Keep old")).to_be_visible(timeout=LONG)
    page.reload()
    shoot(page, "9-proposal")
    page.get_by_role("button", name="Keep old").click()
    expect(page.get_by_text("was put away", exact=False)).to_be_visible()
    assert current(workspace, project_id).map == old.map

    train(page)
    page.get_by_role("button", name="Keep new").click(timeout=LONG)
    expect(page.get_by_text("was kept", exact=False)).to_be_visible()
    new = current(workspace, project_id)
    assert new.map.space != old.map.space
    assert workspace.store.maps.space(new.map.space).space.parent == old.map.space

    page.get_by_role("link", name="History").click()
    page.get_by_role("button", name="Return here").last.click()
    expect(page.get_by_text("you are here").first).to_be_visible()
    expect(page.get_by_text("Return", exact=False).first).to_be_visible()
    page.wait_for_timeout(1000)
    assert current(workspace, project_id).map.space == old.map.space
    assert len(workspace.store.reviews.judgments(project_id)) == ANSWERS
