"""Two people on one project: different cards, names that last, a disagreement settled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from core.domain.judgments import Judgment, Verdict
from core.domain.questions import Pair
from core.project.intake import find_project, load_corpus
from tests.browser.harness import App, answer, card_id, press, shoot
from tests.browser.project import mapped_project
from tests.opinions import AT, put

pytestmark = pytest.mark.browser


@pytest.fixture
def other(browser: Browser) -> Iterator[Page]:
    """Another person's browser: it shares no cookie with the first."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    yield opened
    context.close()


@pytest.fixture
def unshared(monkeypatch: pytest.MonkeyPatch) -> None:
    """No question is asked of two people. Ask for it before `app`, which starts then."""
    monkeypatch.setenv("CLADE_SHARED_SHARE", "0")


def take_name(page: Page, name: str) -> None:
    page.locator(".st-key-name button").click()
    field = page.get_by_label("Your name")
    field.fill(name)
    field.press("Enter")
    expect(page.locator(".st-key-name button").first).to_contain_text(name)
    page.keyboard.press("Escape")


def test_two_people_are_shown_different_cards_and_keep_their_names(
    unshared: None, app: App, page: Page, other: Page
) -> None:
    workspace, project_id = mapped_project(app.home, 100)
    address = f"{app.url}/review?project={project_id}"
    page.goto(address)
    first = card_id(page)
    # The link as the colleague sees it in the first one's browser, copied.
    other.goto(page.url)
    assert card_id(other) != first
    take_name(other, "Zoë O'Neil")
    second = card_id(other)
    assert second != first
    shoot(other, "9-named")

    other.reload()
    assert card_id(other) == second
    expect(other.locator(".st-key-name button").first).to_contain_text("Zoë O'Neil")
    page.reload()
    assert card_id(page) == first

    assert answer(other, "Space") == second
    third = card_id(other)
    assert third not in (first, second)
    assert answer(page, "Space") == first
    assert card_id(page) not in (first, second, third)
    said = {j.question.id: j.annotator for j in workspace.store.reviews.judgments(project_id)}
    assert said == {first: "me", second: "Zoë O'Neil"}


def test_a_disagreement_is_settled_with_the_others_answer_in_sight(app: App, page: Page) -> None:
    workspace, project_id = mapped_project(app.home, 60)
    texts = [text.id for text in load_corpus(workspace, find_project(workspace, project_id)).texts]
    pairs = [Pair(*texts[start : start + 2]) for start in (0, 2)]
    put(workspace, project_id, *pairs)
    for pair in pairs:
        for who, verdict in (("Ada", Verdict.SAME), ("me", Verdict.DIFFERENT)):
            given = Judgment(pair, verdict, "human", who, 1.0, AT)
            workspace.store.reviews.record(project_id, given, "guess")
    page.goto(f"{app.url}/review?project={project_id}&mode=Disagreements")
    expect(page.get_by_text("2 questions in dispute")).to_be_visible()
    expect(page.get_by_text("Ada said Same · me said Different")).to_be_visible()
    expect(page.get_by_text("0 of 2 times", exact=False)).to_be_visible()
    shoot(page, "9-dispute")

    page.locator("h1").click()
    press(page, "y", page.get_by_text("2 questions in dispute"))
    expect(page.get_by_text("1 question in dispute")).to_be_visible()
    page.get_by_role("button", name="Same").click()
    expect(page.get_by_text("No disagreement waits", exact=False)).to_be_visible()
    said = {(j.annotator, j.verdict) for j in workspace.store.reviews.judgments(project_id)}
    assert said == {("Ada", Verdict.SAME), ("me", Verdict.SAME)}
    page.keyboard.press("Backspace")
    expect(page.get_by_text("1 question in dispute")).to_be_visible()
