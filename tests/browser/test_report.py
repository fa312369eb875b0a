"""The report of many texts in Chromium with no network, on the screen and on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from core.steps.export.report import as_html
from tests.browser.harness import snap
from tests.steps.test_export_report import many

pytestmark = [pytest.mark.browser, pytest.mark.slow]

A4 = r"/MediaBox\s*\[\s*0 0 59[45][.\d]* 84[12][.\d]*\s*\]"


def test_it_opens_offline_fits_the_window_and_prints_on_pages(
    browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(as_html(many()))
    for theme in ("light", "dark"):
        context = browser.new_context(
            offline=True, color_scheme=theme, viewport={"width": 1280, "height": 1000}
        )
        page = context.new_page()
        asked, said = list[str](), list[str]()
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.on("console", lambda message, said=said: said.append(message.text))
        page.goto(path.as_uri())
        expect(page.locator("h1")).to_be_visible()
        assert asked == [path.as_uri()] and said == []
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        for width in (1280, 700):
            page.set_viewport_size({"width": width, "height": 1000})
            assert page.evaluate(wide) == 0
            snap(page, f"9-report-{theme}-{width}")
        context.close()
    page = browser.new_page()
    page.goto(path.as_uri())
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    page.close()
    pages = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert 5 < pages < 80
    assert re.search(A4.encode(), printed)
