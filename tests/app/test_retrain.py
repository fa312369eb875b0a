"""Retraining: what is missing, the proposal, the decision."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from core.domain.generated import GeneratedSentence, Generation, GenerationSpec
from core.project import retraining
from core.project.intake import find_project, load_corpus
from core.project.mapping import current
from core.project.workspace import Workspace
from core.steps.constraints import settle
from tests.app.screen import OpenApp, answer_many, field, offer, press, title


def test_too_few_answers_say_how_many_more(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    assert "at least 8 more questions" in open_app("retrain", mapped).info[0].value
    answer_many(workspace, mapped, 1)
    # A placement can settle more than one link.
    settled = len(settle(workspace.store.reviews.judgments(mapped)))
    assert 0 < settled < 8
    app = open_app("retrain", mapped)
    assert f"at least {8 - settled} more questions" in app.info[0].value
    assert "Retrain the embedder" not in [button.label for button in app.button]
    assert title(press(app, "Answer questions")) == "Review"


def test_without_answers_sharpening_is_offered_with_a_warning(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = open_app("retrain", mapped)
    assert any("nothing will show whether" in warning.value for warning in app.warning)
    press(app, "Sharpen without answers")
    job = workspace.store.jobs.live_job(mapped)
    assert job is not None and job.params == {"speed": "sharpen", "generated": False}
    workspace.store.jobs.request_cancel(job.id)


def test_enough_answers_offer_the_retraining(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    answer_many(workspace, mapped, 20)
    app = open_app("retrain", mapped)
    assert not app.info
    assert field(app.metric, "Answers").value == "20"
    placed = settle(workspace.store.reviews.judgments(mapped)).placements
    assert 0 < int(field(app.metric, "Placements").value) == len(placed)
    assert int(field(app.metric, "Held out").value) > 0
    assert "Retrain the embedder" in [button.label for button in app.main.button]
    assert any(re.search(r"About \d+ s on .+ core", text.value) for text in app.caption)


@pytest.mark.parametrize(
    ("before", "after", "kind", "primary"),
    [(2, 9, "success", "Keep new"), (5, 6, "info", "Keep new"), (6, 5, "warning", "Keep old")],
)
def test_a_proposal_says_how_good_it_is(
    mapped: str,
    workspace: Workspace,
    open_app: OpenApp,
    before: int,
    after: int,
    kind: str,
    primary: str,
) -> None:
    offer(workspace, mapped, before, after)
    app = open_app("retrain", mapped)
    assert not app.exception
    told = {name: len(app.get(name)) for name in ("success", "info", "warning")}
    assert told == {"success": 0, "info": 0, "warning": 0, kind: 1}
    assert field(app.metric, "Held-out answers right, before").value == f"{before}0%"
    assert field(app.metric, "After").value == f"{after}0%"
    buttons = {b.label: b.proto.type for b in app.main.button}
    assert [label for label, look in buttons.items() if look == "primary"] == [primary]
    assert any("7 kept" in element.value for element in app.markdown)


def test_keep_new(mapped: str, workspace: Workspace, open_app: OpenApp) -> None:
    proposal = offer(workspace, mapped, 2, 9)
    app = press(open_app("retrain", mapped), "Keep new")
    assert current(workspace, mapped).map.id == proposal.new_map
    assert any("was kept" in caption.value for caption in app.caption)
    assert any("Round 1" in caption.value for caption in app.sidebar.caption)
    app = press(app, "Undo", app.sidebar)
    assert current(workspace, mapped).map.id == proposal.old_map


def test_keep_old(mapped: str, workspace: Workspace, open_app: OpenApp) -> None:
    proposal = offer(workspace, mapped, 6, 5)
    app = press(open_app("retrain", mapped), "Keep old")
    assert current(workspace, mapped).map.id == proposal.old_map
    assert any("was put away" in caption.value for caption in app.caption)
    assert any("Round 0" in caption.value for caption in app.sidebar.caption)


def test_keeping_a_proposal_of_another_map_is_refused(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    earlier = offer(workspace, mapped, 2, 9)
    stale = offer(workspace, mapped, 2, 9)
    retraining.keep(workspace, earlier)
    app = press(open_app("retrain", mapped), "Keep new")
    assert "retrain again" in app.error[0].value
    assert current(workspace, mapped).map.id == earlier.new_map != stale.new_map


@pytest.mark.parametrize("written", [False, True])
def test_generated_sentences_teach_only_where_there_are_any_and_one_says_so(
    mapped: str, workspace: Workspace, open_app: OpenApp, written: bool
) -> None:
    answer_many(workspace, mapped, 20)
    if written:
        text = load_corpus(workspace, find_project(workspace, mapped)).texts[0].id
        spec, now = GenerationSpec(), datetime.now(UTC)
        workspace.store.generations.begin(Generation("k", mapped, "bundled/x", spec, (text,), now))
        sentences = [
            GeneratedSentence(text, "entailed", "It says the same", 5.0, "bundled/x"),
            GeneratedSentence(text, "contradicting", "It says something else", 0.0, "bundled/x"),
        ]
        workspace.store.generations.add(mapped, "k", sentences)
    app = open_app("retrain", mapped)
    ways = next(radio for radio in app.radio if radio.label == "How to train")
    app = ways.set_value(next(way for way in ways.options if "Whole" in way)).run()
    assert not app.exception
    offered = [box.label for box in app.checkbox if "generated sentences" in box.label]
    assert offered == (["Also learn from the generated sentences (1 texts)"] if written else [])
