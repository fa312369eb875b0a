"""Where people sign in: nobody answers without, and answers bear the signed-in name."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.harness import App, answer, card_id
from tests.browser.project import mapped_project
from tests.servers.sign_in import provider

pytestmark = pytest.mark.browser

ADA = {"email": "ada@example.org", "name": "Ada"}
SECRETS = """[auth]
redirect_uri = "{url}/oauth2callback"
cookie_secret = "a word of thirty-two letters or so"
client_id = "clade"
client_secret = "unused"
server_metadata_url = "{provider}"
"""


def test_answers_are_kept_under_the_name_that_signed_in(tmp_path: Path, page: Page) -> None:
    secrets = tmp_path / "secrets.toml"
    app = App(tmp_path / "home", "app.py", f"--secrets.files={secrets}")
    workspace, project_id = mapped_project(app.home, 60)
    review = f"{app.url}/review?project={project_id}"
    with provider("clade", ADA) as metadata:
        secrets.write_text(SECRETS.format(url=app.url, provider=metadata), "utf-8")
        app.start()
        try:
            page.goto(review)
            page.get_by_role("button", name="Sign in").click()
            # Streamlit comes back to the first page, with the person known.
            page.wait_for_url(f"{app.url}/")
            page.goto(review)
            card_id(page)
            expect(page.get_by_role("button", name=ADA["email"])).to_be_visible()
            asked = answer(page, "Space")

            page.get_by_role("button", name=ADA["email"]).click()
            page.get_by_role("button", name="Sign out").click()
            page.wait_for_url(f"{app.url}/")
            page.goto(review)
            expect(page.get_by_role("button", name="Sign in")).to_be_visible()
            expect(page.locator(".st-key-H")).to_have_count(0)
        finally:
            app.kill()

    (judgment,) = workspace.store.reviews.judgments(project_id)
    assert (judgment.question.id, judgment.annotator) == (asked, ADA["email"])
