"""kill -9 of the app and of the worker, twenty times, in review and in training."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, expect

from core.domain.jobs import JobStatus
from core.domain.judgments import Verdict
from core.domain.reviewing import Seat
from core.project import review, use_cases
from core.project.mapping import current
from core.project.workspace import Workspace
from tests.browser.harness import App, card_id
from tests.browser.project import mapped_project

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KILLS = 10


def answer_until(page: Page, end: float) -> list[str]:
    """Answer by keyboard until `end`; return the cards whose answer was confirmed,
    that is, whose successor was shown."""
    confirmed = []
    try:
        while time.monotonic() < end:
            go_on = page.get_by_role("button", name="Go on")
            if go_on.is_visible():
                go_on.click()
            before = card_id(page)
            page.keyboard.press("Space")
            page.locator(f".st-key-accept{before}").wait_for(state="detached", timeout=4000)
            confirmed.append(before)
    except (Error, AssertionError):
        # The server was killed under our hands; what was not confirmed does not count.
        pass
    return confirmed


def test_answers_survive_the_app_killed_in_review(app: App, page: Page) -> None:
    workspace, project_id = mapped_project(app.home, 250)
    dice = random.Random(0)
    confirmed: set[str] = set()
    for _ in range(KILLS):
        page.goto(f"{app.url}/review?project={project_id}")
        expect(page.locator("h1")).to_have_text("Review")
        page.wait_for_timeout(1000)
        confirmed |= set(answer_until(page, time.monotonic() + dice.uniform(0.3, 2.0)))
        page.keyboard.press("Space")  # one more is under way while the server dies
        app.kill()
        stored = {j.question.id for j in workspace.store.reviews.judgments(project_id)}
        assert confirmed <= stored
        app.start()
    page.goto(f"{app.url}/review?project={project_id}")
    expect(page.get_by_text(f"{len(stored)} answered", exact=False)).to_be_visible()
    assert len(confirmed) > KILLS


def answer_directly(workspace: Workspace, project_id: str, count: int) -> None:
    for _ in range(count):
        handed = review.next_question(workspace, project_id, Seat("me"))
        assert handed is not None and handed.asked.guess is not None
        asked = handed.asked
        review.answer(workspace, project_id, asked.question.id, Verdict(asked.guess.verdict), "me")


def test_projects_survive_the_worker_killed_in_training(app: App, page: Page) -> None:
    workspace, project_id = mapped_project(app.home, 250)
    answer_directly(workspace, project_id, 30)
    before = current(workspace, project_id)
    dice = random.Random(1)
    for _ in range(KILLS):
        job = use_cases.start_job(workspace, project_id, "retrain", {})
        pid = claimed_by(workspace, job.id)
        time.sleep(dice.uniform(0.5, 12.0))
        if not workspace.store.jobs.job(job.id).status.over:
            os.kill(pid, signal.SIGKILL)
        wait_until_over(workspace, job.id)
        assert current(workspace, project_id) == before
        assert len(workspace.store.reviews.judgments(project_id)) == 30
    page.goto(f"{app.url}/retrain?project={project_id}")
    expect(page.locator("h1")).to_have_text("Retrain")
    page.goto(f"{app.url}/map?project={project_id}")
    expect(page.locator("canvas").first).to_be_visible()


def claimed_by(workspace: Workspace, job_id: str) -> int:
    """The process of a job, once it has begun: a slow machine takes its time."""
    for _ in range(600):
        if (pid := workspace.store.jobs.job(job_id).pid) is not None:
            return pid
        time.sleep(0.1)
    raise AssertionError("the worker never began")


def wait_until_over(workspace: Workspace, job_id: str) -> None:
    for _ in range(700):
        status = use_cases.watch_job(workspace, job_id).status
        if status.over:
            assert status in (JobStatus.INTERRUPTED, JobStatus.DONE)
            return
        time.sleep(0.1)
    raise AssertionError("a killed worker was not noticed")


def test_a_killed_training_is_told_and_can_be_started_again(app: App, page: Page) -> None:
    workspace, project_id = mapped_project(app.home, 100)
    answer_directly(workspace, project_id, 20)
    page.goto(f"{app.url}/retrain?project={project_id}")
    page.get_by_role("button", name="Retrain the embedder").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    job = workspace.store.jobs.live_job(project_id)
    assert job is not None
    os.kill(claimed_by(workspace, job.id), signal.SIGKILL)
    expect(page.get_by_text("interrupted before it finished", exact=False)).to_be_visible()
    expect(page.get_by_role("button", name="Retrain the embedder")).to_be_enabled()
    assert not list(Path(app.home, "files", "tmp").glob("*.safetensors"))
