"""A batch handed to the LLM from the Review page, and cards answered meanwhile."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from core.domain.judging import JudgeSettings
from core.domain.llm import Price
from core.project import judging
from tests.browser.harness import App, answer, card_id, press, shoot, snap
from tests.browser.project import mapped_project
from tests.servers.scripted import Answer, Request, Scripted, first_offered, serving

pytestmark = pytest.mark.browser


def slowly(call: int, request: Request) -> Answer:
    time.sleep(2.0)
    return first_offered(call, request)


@pytest.fixture
def server() -> Iterator[Scripted]:
    with serving(slowly) as running:
        yield running


def test_cards_are_answered_beside_a_batch_that_is_paused_goes_on_and_is_summed_up(
    app: App, page: Page, server: Scripted
) -> None:
    workspace, project_id = mapped_project(app.home, 150)
    settings = JudgeSettings("openai", "small", f"{server.url}/v1", price=Price(2.0, 8.0))
    judging.save(workspace, project_id, settings, cap=2.0, nothing_leaves=False)
    page.goto(f"{app.url}/review?project={project_id}")
    card_id(page, suggests=False)
    page.get_by_text("Let the LLM answer the many").click()
    expect(page.get_by_text(re.compile(r"About \$.* calls"))).to_be_visible()
    shoot(page, "9-estimate")
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_text(re.compile(r"[1-9]\d* of 200 answered"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"about \d+ (s|min) and .* left"))).to_be_visible()
    shoot(page, "9-at-work")

    for _ in range(8):
        before = card_id(page, suggests=False)
        accept = page.locator(f".st-key-accept{before}").count()
        answer(page, "Space" if accept else "ArrowDown", suggests=False)
    # A note under way and the help outlive the redrawing.
    page.keyboard.press("t")
    page.get_by_label("Note", exact=True).press_sequentially("a thought", delay=20)
    page.wait_for_timeout(5_000)
    expect(page.get_by_label("Note", exact=True)).to_have_value("a thought")
    page.get_by_label("Note", exact=True).press("Enter")
    page.locator("h1").click()
    page.keyboard.press("h")
    page.wait_for_timeout(5_000)
    keys = page.locator(".st-key-keys")
    expect(keys).to_contain_text("Space accepts the suggestion")
    press(page, "h", keys)
    card_id(page, suggests=False)

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("The batch is paused", exact=False)).to_be_visible()
    shoot(page, "9-paused")
    page.get_by_role("button", name="Go on with the LLM").click()
    # Not before the batch is at work again: until then the paused one's buttons stand,
    # and a press on a button that is just being taken away is nobody's.
    expect(page.get_by_text("You may go on or leave meanwhile")).to_be_visible()
    page.get_by_role("button", name="End", exact=True).click()
    expect(page.get_by_text("The batch was ended", exact=False)).to_be_visible()
    expect(page.get_by_text(re.compile(r"The LLM answered \d+"))).to_be_visible()
    snap(page, "9-summed-up")
    card_id(page, suggests=False)
