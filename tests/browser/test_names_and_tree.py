"""Topics named and grouped by a model behind HTTP, taken, used, undone; the tree grown again."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from core.domain.judging import JudgeSettings
from core.domain.llm import Price
from core.project import judging
from core.project.mapping import current
from tests.browser.harness import App, shoot
from tests.browser.project import mapped_project
from tests.servers.scripted import Answer, Request, completion, serving

pytestmark = pytest.mark.browser


def careful(call: int, request: Request) -> Answer:
    """Name a group by a passage of its first text, and group topics into two."""
    asked = str(request.body["messages"][1]["content"])
    if "Topics:" in asked:
        numbers = [int(number) for number in re.findall(r"^(\d+)\. ", asked, re.MULTILINE)]
        parents = [
            {"label": f"Half {half}", "definition": "One half.", "members": numbers[half - 1 :: 2]}
            for half in (1, 2)
        ]
        return completion(json.dumps({"parents": parents}))
    first = re.findall(r"<(\w{10})>(.*?)</\1>", asked.split("Texts of the group:")[1])[0][1]
    said = {"label": f"Named {call}", "definition": "What they ask.", "quotes": [first]}
    return completion(json.dumps(said | {"belongs": "", "excluded": ""}))


def open_lid(page: Page, name: str, inside: str) -> None:
    page.get_by_text(name, exact=True).first.click()
    expect(page.get_by_role("button", name=inside)).to_be_visible()


def test_topics_are_named_and_grouped_and_all_is_undone(app: App, page: Page) -> None:
    with serving(careful) as server:
        workspace, project_id = mapped_project(app.home, 150)
        settings = JudgeSettings("openai", "small", f"{server.url}/v1", price=Price(1.0, 4.0))
        judging.save(workspace, project_id, settings, cap=2.0, nothing_leaves=False)
        before = current(workspace, project_id).taxonomy
        page.goto(f"{app.url}/taxonomy?project={project_id}")
        open_lid(page, "Names", "Name with the LLM")
        page.get_by_role("button", name="Name with the LLM").click()
        take = page.get_by_role("button", name=re.compile(r"Take \d+ names"))
        expect(take).to_be_visible()
        shoot(page, "10-names")
        take.click()
        expect(page.get_by_text("Last: Named 'Named", exact=False)).to_be_visible()

        open_lid(page, "Grow the tree again", "Group with the LLM")
        page.get_by_role("button", name="Group with the LLM").click()
        expect(page.get_by_text("2 parents over", exact=False)).to_be_visible()
        shoot(page, "10-tree")
        page.get_by_role("button", name="Use this tree").click()
        expect(page.get_by_text("under 2 parents", exact=False)).to_be_visible()
        grown = current(workspace, project_id).taxonomy
        assert {t.label for t in grown.topics if t.parent is None} == {"Half 1", "Half 2"}

        open_lid(page, "Grow the tree again", "Grow by linkage")
        page.get_by_role("button", name="Grow by linkage").click()
        expect(page.get_by_text("A new tree by linkage", exact=False)).to_be_visible()
        page.get_by_role("button", name="Put it away").click()
        undo = page.get_by_role("button", name="Undo").first
        undo.click()
        expect(page.get_by_text("Last: Named 'Named", exact=False)).to_be_visible()
        expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
        undo.click()
        expect(page.get_by_text("Last:", exact=False)).to_have_count(0)
        assert current(workspace, project_id).taxonomy.topics == before.topics
