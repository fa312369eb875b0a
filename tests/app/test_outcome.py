"""Taxonomy, Export, and the sidebar."""

from __future__ import annotations

from core.domain.taxonomy import Reassign, Rename
from core.project import shaping
from core.project.mapping import current
from core.project.workspace import Workspace
from tests.app.screen import OpenApp, corpus_of, field, press, progress, title


def test_the_tree_shows_every_topic_and_counts(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = open_app("taxonomy", mapped)
    assert title(app) == "Taxonomy"
    frame = app.dataframe[0].value
    topics = current(workspace, mapped).taxonomy.topics
    assert len(frame) == len(topics)
    assert {label.strip() for label in frame["Topic"]} == {topic.label for topic in topics}
    roots = [not label.startswith("\u2003") for label in frame["Topic"]]
    assert frame["Texts"][roots].sum() == 150
    assert "0 of 7 topics reviewed" in progress(app)
    assert "Select a topic" in app.info[0].value


def test_export_offers_each_file_and_warns(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    here = current(workspace, mapped)
    away = (corpus_of(workspace, mapped)[0].id,)
    shaping.edit(workspace, mapped, Reassign(here.taxonomy.version, away, ""), "me")
    app = open_app("export", mapped)
    assert title(app) == "Export"
    labels = [element.proto.label for element in app.get("download_button")]
    assert labels[0].startswith("Download everything (")
    assert set(labels[1:]) == {
        *("assignments.csv", "assignments.parquet", "taxonomy.csv", "taxonomy.json"),
        *("taxonomy.md", "taxonomy.ttl", "judgments.csv", "judgments.jsonl", "manifest.json"),
        *("triplets.jsonl", "pairs.jsonl", "history.jsonl", "workbook.xlsx", "report.html"),
        *("label_studio.xml", "label_studio.json", "dataset.json", "settings.json", "records.json"),
    }
    unreviewed, loose = (warning.value for warning in app.warning)
    assert "7 of 7 topics" in unreviewed
    assert "1 of 150 texts are unassigned" in loose


def test_the_sidebar_names_and_does_undo_and_redo(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    here = current(workspace, mapped)
    topic = here.taxonomy.topics[0]
    app = open_app("taxonomy", mapped)
    assert field(app.sidebar.button, "Undo").disabled
    shaping.edit(workspace, mapped, Rename(here.taxonomy.version, topic.id, "Late cards"), "me")
    app = app.run()
    undo = field(app.sidebar.button, "Undo")
    assert not undo.disabled
    assert "Late cards" in undo.help
    assert any("Last: " in c.value and "Late cards" in c.value for c in app.sidebar.caption)
    app = press(app, "Undo", app.sidebar)
    assert "Late cards" not in {label.strip() for label in app.dataframe[0].value["Topic"]}
    redo = field(app.sidebar.button, "Redo")
    assert "Late cards" in redo.help
    assert field(app.sidebar.button, "Undo").disabled
    app = press(app, "Redo", app.sidebar)
    assert "Late cards" in {label.strip() for label in app.dataframe[0].value["Topic"]}
    assert current(workspace, mapped).taxonomy.topics[0].label == "Late cards"
