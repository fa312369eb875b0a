"""Placements and contradictions, answered by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from core.domain.judgments import GROUPS, Verdict
from core.domain.questions import Asked, Contradiction, Guess, Placement, Question
from core.project.intake import find_project, load_corpus
from core.project.mapping import current
from core.project.workspace import Workspace
from tests.browser.harness import App, answer, card_id, shoot
from tests.browser.project import mapped_project

pytestmark = pytest.mark.browser

WHY = "Its nearest groups are about equally close."


def text_ids(workspace: Workspace, project_id: str) -> list[str]:
    corpus = load_corpus(workspace, find_project(workspace, project_id))
    return [text.id for text in corpus.texts]


def enqueue(workspace: Workspace, project_id: str, *questions: Question) -> None:
    space = current(workspace, project_id).map.space
    guesses = {Placement: Verdict.GROUP_1, Contradiction: Verdict.FIRST_THIRD}
    workspace.store.reviews.enqueue(
        project_id,
        [
            Asked(q, WHY, 14, space, Guess(guesses[type(q)], 0.2, "It is the nearest."))
            for q in questions
        ],
    )


def test_a_placement_is_answered_by_the_number_of_its_group(app: App, page: Page) -> None:
    workspace, project_id = mapped_project(app.home, 150)
    ids = text_ids(workspace, project_id)
    groups = tuple(tuple(ids[start : start + 3]) for start in range(20, 35, 3))
    numbered = [Placement(text, tuple(ids[10:14]), groups) for text in ids[:5]]
    new, unsure, taken = (Placement(text, (), groups[:3]) for text in ids[5:8])
    enqueue(workspace, project_id, *numbered, new, unsure, taken)
    page.goto(f"{app.url}/review?project={project_id}")
    expect(page.get_by_text("and 4 near-identical texts, among them:")).to_be_visible()
    expect(page.locator(".clade-sides .clade-card")).to_have_count(5)
    shoot(page, "7-placement")

    for number, placement in enumerate(numbered, start=1):
        assert answer(page, str(number)) == placement.id
    assert answer(page, "0") == new.id
    assert answer(page, "ArrowDown") == unsure.id
    assert answer(page, "Space") == taken.id
    card_id(page)

    said = {j.question: j.verdict for j in workspace.store.reviews.judgments(project_id)}
    assert said == {
        **{p: GROUPS[p.shown[place]] for place, p in enumerate(numbered)},
        new: Verdict.NEW,
        unsure: Verdict.UNSURE,
        taken: Verdict.GROUP_1,
    }
    page.keyboard.press("Backspace")
    expect(page.locator(f".st-key-accept{taken.id}")).to_have_count(1)
    assert len(workspace.store.reviews.judgments(project_id)) == 7


def test_a_contradiction_is_answered_by_its_keys(app: App, page: Page) -> None:
    workspace, project_id = mapped_project(app.home, 60)
    ids = text_ids(workspace, project_id)
    verdicts = {
        "a": Verdict.ALL,
        "1": Verdict.FIRST_SECOND,
        "2": Verdict.FIRST_THIRD,
        "3": Verdict.SECOND_THIRD,
        "n": Verdict.NONE,
        "ArrowDown": Verdict.UNSURE,
        "Space": Verdict.FIRST_THIRD,
    }
    questions = [Contradiction(*ids[start : start + 3]) for start in range(len(verdicts))]
    enqueue(workspace, project_id, *questions)
    page.goto(f"{app.url}/review?project={project_id}")
    expect(page.get_by_text("contradict each other here", exact=False)).to_be_visible()
    shoot(page, "7-contradiction")

    for question, key in zip(questions, verdicts, strict=True):
        assert answer(page, key) == question.id
    card_id(page)

    said = {j.question: j.verdict for j in workspace.store.reviews.judgments(project_id)}
    assert said == dict(zip(questions, verdicts.values(), strict=True))
