"""Placements and contradictions on the page: shown, answered, and text stays text."""

from __future__ import annotations

import html

from streamlit.testing.v1 import AppTest

from core.domain.judgments import GROUPS, Verdict
from core.domain.questions import Asked, Contradiction, Guess, Placement, Question
from core.domain.taxonomy import Reassign, Rename
from core.project import shaping
from core.project.mapping import current
from core.project.workspace import Workspace
from pages import _ui
from tests.app.screen import OpenApp, corpus_of, press, title
from tests.app.test_untrusted import assert_inert


def enqueue(workspace: Workspace, project_id: str, question: Question, verdict: Verdict) -> None:
    space = current(workspace, project_id).map.space
    asked = Asked(question, "Two groups are close.", 3, space, Guess(verdict, 0.1, "It is near."))
    workspace.store.reviews.enqueue(project_id, [asked])


def put(workspace: Workspace, project_id: str, texts: tuple[str, ...], topic: str) -> None:
    version = current(workspace, project_id).taxonomy.version
    shaping.edit(workspace, project_id, Reassign(version, texts, topic), "me")


def cards_of(app: AppTest) -> str:
    return "".join(element.proto.body for element in app.get("html"))


def said(workspace: Workspace, project_id: str) -> list[Verdict]:
    return [judgment.verdict for judgment in workspace.store.reviews.judgments(project_id)]


def test_a_placement_is_shown_with_its_groups_and_answered(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    texts = corpus_of(workspace, mapped)[:9]
    ids = [text.id for text in texts]
    question = Placement(ids[0], tuple(ids[1:4]), (tuple(ids[4:7]), tuple(ids[7:9])))
    enqueue(workspace, mapped, question, Verdict.GROUP_2)
    topic = next(t for t in current(workspace, mapped).taxonomy.topics if t.clusters)
    put(workspace, mapped, question.candidates[0], topic.id)
    put(workspace, mapped, question.candidates[1], "")
    app = open_app("review", mapped)

    shown = cards_of(app)
    assert "and 3 near-identical texts, among them:" in shown
    hidden = question.bunch[2]
    for text in texts:
        assert (html.escape(text.body) in shown) == (text.id != hidden)
    assert f"</kbd> {topic.label}</small>" in shown
    other = f"Group {question.shown.index(1) + 1}"
    for label, verdict in (
        (_ui.plain(topic.label), GROUPS[0]),
        (other, GROUPS[1]),
        ("A new group", Verdict.NEW),
        ("Cannot tell", Verdict.UNSURE),
        (f"Accept: {other}", GROUPS[1]),
    ):
        press(app, label)
        assert said(workspace, mapped) == [verdict]
        app = press(app, "Undo")
        assert said(workspace, mapped) == []


def test_a_contradiction_is_shown_side_by_side_and_answered(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    texts = corpus_of(workspace, mapped)[:3]
    question = Contradiction(*(text.id for text in texts))
    enqueue(workspace, mapped, question, Verdict.FIRST_THIRD)
    app = open_app("review", mapped)

    shown = cards_of(app)
    body = {text.id: html.escape(text.body) for text in texts}
    for letter, text in zip("ABC", question.texts, strict=True):
        assert f"<small>{letter}</small>{body[text]}" in shown
    assert shown.count("clade-card suggested") == 2
    assert any("contradict each other here" in caption.value for caption in app.main.caption)
    for label, verdict in (
        ("All three together", Verdict.ALL),
        ("Only A and B", Verdict.FIRST_SECOND),
        ("Only A and C", Verdict.FIRST_THIRD),
        ("Only B and C", Verdict.SECOND_THIRD),
        ("None together", Verdict.NONE),
        ("Cannot tell", Verdict.UNSURE),
        ("Accept: Only A and C", Verdict.FIRST_THIRD),
    ):
        press(app, label)
        assert said(workspace, mapped) == [verdict]
        app = press(app, "Undo")


def test_hostile_texts_and_labels_of_groups_are_shown_as_text(
    mapped: str, workspace: Workspace, open_app: OpenApp, hostile: tuple[str, ...]
) -> None:
    texts = corpus_of(workspace, mapped)
    ids = [next(t.id for t in texts if t.body.startswith(words)) for words in hostile]
    tame = [text.id for text in texts if text.id not in ids][:3]
    placement = Placement(ids[0], (ids[1],), ((ids[2],), (tame[0],), (tame[1],)))
    enqueue(workspace, mapped, placement, Verdict.GROUP_1)
    enqueue(workspace, mapped, Contradiction(*ids), Verdict.ALL)
    topics = [t for t in current(workspace, mapped).taxonomy.topics if t.clusters]
    for group, topic, label in zip(placement.candidates, topics, hostile, strict=False):
        put(workspace, mapped, group, topic.id)
        version = current(workspace, mapped).taxonomy.version
        shaping.edit(workspace, mapped, Rename(version, topic.id, label), "me")
    app = open_app("review", mapped)

    assert title(app) == "Review"
    labels = [button.label for button in app.main.button]
    for words in hostile:
        # A long label is cut; what is left of it is escaped.
        assert html.escape(words[:30]) in cards_of(app)
        assert any(label.startswith(_ui.plain(words[:30])) for label in labels)
    assert_inert(app, tuple(words[:30] for words in hostile))
    app = press(app, "A new group")
    assert cards_of(app).count("clade-card suggested") == 3
    assert_inert(app, hostile)


def test_a_text_that_is_gone_leaves_the_card_standing(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    texts = [text.id for text in corpus_of(workspace, mapped)[:2]]
    enqueue(workspace, mapped, Contradiction(*texts, "0" * 16), Verdict.NONE)
    app = open_app("review", mapped)

    assert "no longer in the project" in cards_of(app)
    press(app, "Cannot tell")
    assert said(workspace, mapped) == [Verdict.UNSURE]
