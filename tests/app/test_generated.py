"""The section of generated sentences: offered, shown as text, filtered by what becomes of them."""

from __future__ import annotations

from datetime import UTC, datetime

from streamlit.testing.v1 import AppTest

from core.domain.generated import GeneratedSentence, Generation, GenerationSpec
from core.project.intake import find_project, load_corpus
from core.project.workspace import Workspace

HOSTILE = "![pixel](https://example.invalid/pixel.png)"


def section(project_id: str) -> None:
    from core.project.intake import find_project
    from pages._ui.cached import workspace
    from pages._ui.generated import show_generated

    show_generated(find_project(workspace(), project_id))


def shown(project_id: str) -> AppTest:
    app = AppTest.from_function(section, args=(project_id,), default_timeout=60)
    app.run()
    assert not app.exception
    return app


def test_it_offers_to_write_and_says_what_the_bundled_model_is(
    mapped: str,
) -> None:
    app = shown(mapped)

    said = " ".join(caption.value for caption in app.caption)
    assert [slider.label for slider in app.slider] == ["Contrast ω"]
    assert "none is exported" in said
    assert "tiny and often wrong" in said
    assert "stay on this computer" in said
    assert not app.dataframe


def test_kept_and_dropped_sentences_are_shown_with_their_scores(
    mapped: str, workspace: Workspace
) -> None:
    project_id = mapped
    text = load_corpus(workspace, find_project(workspace, project_id)).texts[0]
    way = Generation("k", project_id, "bundled/x", GenerationSpec(), (text.id,), datetime.now(UTC))
    workspace.store.generations.begin(way)
    workspace.store.generations.add(
        project_id,
        "k",
        [
            GeneratedSentence(text.id, "entailed", HOSTILE, 2.0, "bundled/x"),
            GeneratedSentence(text.id, "contradicting", "Another", 1.0, "bundled/x"),
        ],
    )
    app = shown(project_id)

    frame = app.dataframe[0].value
    assert dict(zip(frame["Generated sentence"], frame["Keep"], strict=True)) == {
        HOSTILE: False,
        "Another": True,
    }
    assert any("1 kept, 1 dropped" in caption.value for caption in app.caption)
    assert not any(HOSTILE in caption.value for caption in app.caption)
