"""Other people's text on the pages is text."""

from __future__ import annotations

import html
import re

from streamlit.testing.v1 import AppTest

from core.domain.ids import text_id
from core.domain.questions import Asked, Triplet
from core.domain.taxonomy import Rename
from core.project import shaping
from core.project.mapping import current
from core.project.workspace import Workspace
from tests.app.screen import PAGES, OpenApp, corpus_of, field, offer, press, title, walk

# The app's own script keeps a name in the browser: percent-encoded words, nothing else.
COOKIE = re.compile(r"\A<script>document\.cookie = '[\w.~%=;/ -]*';</script>\Z")


def test_hostile_text_is_shown_as_text(
    mapped: str, workspace: Workspace, open_app: OpenApp, hostile: tuple[str, ...]
) -> None:
    bodies = [text.body for text in corpus_of(workspace, mapped)]
    found = [next(body for body in bodies if body.startswith(words)) for words in hostile]
    here = current(workspace, mapped)
    question = Triplet(*(text_id(body) for body in found))
    asked = Asked(question, f"Near {hostile[0]}.", 3, here.map.space)
    workspace.store.reviews.enqueue(mapped, [asked])
    topic = here.taxonomy.topics[0].id
    shaping.edit(workspace, mapped, Rename(here.taxonomy.version, topic, hostile[0]), "me")
    offer(workspace, mapped, 5, 6)
    for page in ("data", *PAGES):
        app = open_app(page, mapped)
        assert title(app) == page.capitalize()
        assert_inert(app, hostile)
        if page == "review":
            shown = "".join(element.proto.body for element in app.get("html"))
            assert all(html.escape(body) in shown for body in found)
        if page == "map":
            app = field(app.text_input, "Search").set_value("why is my card late").run()
            app = press(app, "Select all 3")
            assert set(app.dataframe[1].value["Text"]) == set(found)
            assert_inert(app, hostile)


def assert_inert(app: AppTest, hostile: tuple[str, ...]) -> None:
    """No text that Streamlit reads as Markdown or HTML holds hostile words unescaped."""
    read = 0
    for block in (app.main, app.sidebar):
        for element in walk(block):
            proto = getattr(element, "proto", None)
            for name in ("body", "label", "help", "text"):
                value = getattr(proto, name, None)
                if isinstance(value, str) and value:
                    read += 1
                    if element.type == "html":
                        assert "<script" not in COOKIE.sub("", value)
                    else:
                        assert not any(words in value for words in hostile), (element.type, value)
    assert read > 5
