"""An LLM set up in Settings, tried, handed questions, and switched off, in both themes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from core.domain.judging import BatchStatus
from core.domain.judgments import Judgment, Verdict
from core.domain.questions import Pair
from core.project import judging
from tests.browser.harness import SHOTS, App, snap
from tests.browser.project import mapped_project
from tests.opinions import AT, put, say
from tests.servers.scripted import Scripted, first_offered, serving

pytestmark = pytest.mark.browser

ASKED = 10


@pytest.fixture(params=["light", "dark"])
def themed(browser: Browser, request: pytest.FixtureRequest) -> Iterator[tuple[Page, str]]:
    opened = browser.new_page(viewport={"width": 1400, "height": 1000}, color_scheme=request.param)
    opened.set_default_timeout(60_000)
    yield opened, request.param
    opened.close()


@pytest.fixture
def server() -> Iterator[Scripted]:
    with serving(first_offered) as running:
        yield running


def fill(page: Page, label: str, value: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(value)
    field.press("Tab")


def choose_openai(page: Page) -> None:
    page.get_by_test_id("stSelectbox").filter(has_text="Who answers").locator("input").click()
    page.get_by_role("option", name=re.compile("^OpenAI")).click()
    expect(page.get_by_label("Model", exact=True)).to_be_visible()


def shoot(page: Page, name: str) -> None:
    """Keep the whole page at both widths, if anywhere."""
    if SHOTS is None:
        return
    for width in (700, 1400):
        page.set_viewport_size({"width": width, "height": 1800})
        page.wait_for_timeout(900)
        snap(page, f"{name}-{width}")
    page.set_viewport_size({"width": 1400, "height": 1000})


def test_a_model_is_set_up_tried_handed_questions_and_switched_off(
    app: App, themed: tuple[Page, str], server: Scripted
) -> None:
    page, theme = themed
    workspace, project_id = mapped_project(app.home, 60)
    page.goto(f"{app.url}/settings?project={project_id}")
    expect(page.get_by_text("No LLM is set up", exact=False)).to_be_visible()
    expect(page.get_by_text("No LLM: nothing leaves this computer.")).to_be_visible()
    shoot(page, f"10-nobody-{theme}")

    choose_openai(page)
    fill(page, "Model", "small")
    fill(page, "Address", f"{server.url}/v1")
    fill(page, "US$ a million tokens read", "2")
    fill(page, "US$ a million tokens written", "8")
    page.get_by_role("button", name="Save").click()
    address = server.url.removeprefix("http://")
    expect(page.get_by_text(f"a server on this computer ({address})", exact=False)).to_be_visible()

    page.get_by_role("button", name="Test").click()
    # The page is free meanwhile, and says how long it takes.
    expect(page.get_by_text(re.compile("s of about 6 s"))).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(page.get_by_text("openai/small answered in", exact=False)).to_be_visible()
    expect(page.get_by_text("A thousand questions would cost about", exact=False)).to_be_visible()
    assert len(server.requests) == 1
    # What is tried is made up: none of the person's texts.
    assert "My new card has not arrived yet" in str(server.requests[0].body)

    fill(page, "Questions for the LLM", str(ASKED))
    expect(page.get_by_text(re.compile("About .* for 20 calls"))).to_be_visible()
    shoot(page, f"10-set-up-{theme}")
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    snap(page, f"10-at-work-{theme}")
    # Back once the batch is over; the one that was pressed may stand a while beside Pause.
    expect(page.get_by_role("button", name="Pause")).to_have_count(0, timeout=180_000)
    expect(page.get_by_role("button", name="Hand over")).to_be_visible()
    stands = judging.state(workspace, project_id)
    assert stands is not None and (stands.status, stands.done) == (BatchStatus.DONE, ASKED)
    calls = len(server.requests)
    assert calls > ASKED
    meter = page.get_by_test_id("stSidebar").get_by_text(f"{calls:,} calls", exact=False)
    expect(meter).to_contain_text("of $2.00")
    expect(meter).to_contain_text("nothing leaves this computer")
    expect(page.get_by_text(f"done ({ASKED} of {ASKED} questions)", exact=False)).to_be_visible()
    expect(page.get_by_text("Spent so far")).to_be_visible()
    shoot(page, f"10-handed-{theme}")

    # The provider's own address: elsewhere, and the switch stands before it.
    fill(page, "Address", "")
    page.get_by_text("Nothing leaves this computer", exact=True).click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("LLM switched off: nothing leaves", exact=False)).to_be_visible()
    page.get_by_role("button", name="Test").click()
    expect(page.get_by_text("is switched on", exact=False)).to_be_visible()
    shoot(page, f"10-switched-off-{theme}")
    assert len(server.requests) == calls


def test_a_checked_model_s_curve_is_drawn(app: App, themed: tuple[Page, str]) -> None:
    page, theme = themed
    workspace, project_id = mapped_project(app.home, 60)
    pairs = [Pair(f"{n:03}", f"{n:03}+") for n in range(60)]
    put(workspace, project_id, *pairs)
    for place, pair in enumerate(pairs):
        say(workspace, project_id, pair, Verdict.SAME, (0.95, 0.85, 0.72, 0.55)[place % 4])
        right = place % 4 < 3 and place % 5
        verdict = Verdict.SAME if right else Verdict.DIFFERENT
        judgment = Judgment(pair, verdict, "human", "ada", 1.0, AT)
        workspace.store.reviews.record(project_id, judgment, "nothing")

    page.goto(f"{app.url}/settings?project={project_id}")

    expect(page.get_by_text("It agrees with people on", exact=False)).to_be_visible()
    chart = page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first
    expect(chart).to_be_visible()
    chart.scroll_into_view_if_needed()
    shoot(page, f"10-curve-{theme}")
