"""Asking: answers, undo, skip, flag, note, the stop after a batch."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from streamlit.testing.v1 import AppTest

from core.domain.questions import Asked, Pair, Triplet
from core.project import review
from core.project.mapping import current
from core.project.workspace import Workspace
from tests.app.screen import OpenApp, answer, answer_many, corpus_of, field, press, progress, title


def question_id(app: AppTest) -> str:
    return next(b.key[1:] for b in app.main.button if b.label == "Skip")


def test_each_answer_is_on_disk_before_the_next_card(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = open_app("review", mapped)
    seen = []
    for count in range(1, 4):
        seen.append(question_id(app))
        app = answer(app)
        given = workspace.store.reviews.judgments(mapped)
        assert [judgment.question.id for judgment in given] == seen
        assert all((j.source, j.annotator) == ("human", "me") for j in given)
        assert f"{count} answered · {20 - count} to the next stop" in progress(app)
    assert question_id(app) not in seen


def test_the_label_pressed_is_the_verdict_kept(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    ids = sorted(text.id for text in corpus_of(workspace, mapped))
    triplet, pair = Triplet(*ids[:3]), Pair(*ids[3:5])
    space = current(workspace, mapped).map.space
    asked = [Asked(q, "It is near the border.", 1, space) for q in (triplet, pair)]
    workspace.store.reviews.enqueue(mapped, asked)
    first = "left" if triplet.shown[0] == triplet.left else "right"
    second = "right" if first == "left" else "left"
    app = open_app("review", mapped)
    for label, verdict in (
        ("First", first),
        ("Second", second),
        ("Both", "both"),
        ("Neither", "neither"),
    ):
        assert question_id(app) == triplet.id
        press(app, label)
        assert workspace.store.reviews.judgments(mapped)[0].verdict == verdict
        app = press(app, "Undo")
    app = press(app, "Skip")
    for label, verdict in (("Same", "same"), ("Different", "different"), ("Cannot tell", "unsure")):
        assert question_id(app) == pair.id
        press(app, label)
        assert workspace.store.reviews.judgments(mapped)[0].verdict == verdict
        app = press(app, "Undo")


def test_undo_brings_the_question_back(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = press(open_app("review", mapped), "Undo")
    assert "no answer to take back" in app.toast[0].value
    first = question_id(app)
    app = press(answer(app), "Undo")
    assert "taken back" in app.toast[0].value
    assert question_id(app) == first
    assert not workspace.store.reviews.judgments(mapped)


def test_skip_shows_another_and_answers_nothing(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = open_app("review", mapped)
    first = question_id(app)
    app = press(app, "Skip")
    assert question_id(app) != first
    assert not workspace.store.reviews.judgments(mapped)


def test_flag_and_note_are_kept(mapped: str, workspace: Workspace, open_app: OpenApp) -> None:
    app = open_app("review", mapped)
    where = question_id(app)
    app = press(press(app, "Flag"), "Note")
    app = field(app.text_input, "Note").set_value("ask Ada").run()
    left = review.remark_on(workspace, mapped, where, "me")
    assert (left.flagged, left.note) == (True, "ask Ada")
    assert field(app.text_input, "Note").value == "ask Ada"
    app = field(app.text_input, "Note").set_value("x" * 2_001).run()
    assert "Shorten it" in app.error[0].value
    app = press(app, "Unflag")
    left = review.remark_on(workspace, mapped, where, "me")
    assert (left.flagged, left.note) == (False, "ask Ada")


def test_after_twenty_answers_there_is_a_stop(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    answer_many(workspace, mapped, 19)
    app = answer(open_app("review", mapped))
    assert "20 answers are saved" in app.success[0].value
    assert "Skip" not in [button.label for button in app.main.button]
    assert "20 answered" in progress(app)
    app = press(app, "Go on")
    assert not app.success
    app = answer(app)
    assert len(workspace.store.reviews.judgments(mapped)) == 21
    assert question_id(app)


def test_the_stop_leads_back_and_to_retraining(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    answer_many(workspace, mapped, 20)
    app = press(open_app("review", mapped), "Undo")
    assert len(workspace.store.reviews.judgments(mapped)) == 19
    app = press(answer(app), "Retrain the embedder")
    assert title(app) == "Retrain"
    assert field(app.metric, "Answers").value == "20"


def test_going_on_in_one_project_does_not_skip_the_stop_of_another(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    here = current(workspace, mapped)
    other, its_map = uuid4().hex, replace(here.map, id=uuid4().hex)
    workspace.store.projects.add(replace(here.project, id=other, head=None))
    workspace.store.maps.add(replace(its_map, project=other))
    workspace.store.projects.append(
        other,
        replace(here.taxonomy, map_id=its_map.id),
        parent=None,
        sentence="Made the first map",
        author="me",
        at=datetime.now(UTC),
    )
    for project_id in (mapped, other):
        answer_many(workspace, project_id, 20)
    app = press(open_app("review", mapped), "Go on")
    assert not app.success
    app.query_params["project"] = other
    assert "20 answers are saved" in app.run().success[0].value
