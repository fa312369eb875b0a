"""Spreading the answers: from Review and from the Map, and what the map tells then."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from core.domain.jobs import Job, JobStatus
from core.domain.judgments import Judgment, Verdict
from core.domain.questions import Asked, Pair
from core.domain.reviewing import Seat
from core.project import pictures, review, summing_up, use_cases
from core.project.grouping import grouping_of, moves, regroup
from core.project.mapping import current
from core.project.workspace import Workspace
from tests.app.conftest import Silent
from tests.app.screen import OpenApp, answer_many, corpus_of, field, press, title

Started = list[tuple[str, str]]


@pytest.fixture
def started(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Started:
    """The jobs that the app starts; no worker takes them up."""
    found: Started = []

    def start(_workspace: Workspace, project: str, kind: str, params: dict[str, object]) -> Job:
        found.append((project, kind))
        return workspace.store.jobs.add_job(project, kind, params)

    monkeypatch.setattr(use_cases, "start_job", start)
    return found


def record(workspace: Workspace, project: str, pair: Pair, told: dict[str, Verdict]) -> None:
    """Put a pair into the queue with answers by `me`, a person, and by machines."""
    space = current(workspace, project).map.space
    workspace.store.reviews.enqueue(project, [Asked(pair, "They are close.", 2, space)])
    for who, verdict in told.items():
        source = "human" if who == "me" else "llm"
        judgment = Judgment(pair, verdict, source, who, 1.0, datetime.now(UTC))
        workspace.store.reviews.record(project, judgment)


def spread(workspace: Workspace, project: str) -> tuple[str, ...]:
    """Answer in a way that moves texts, spread that, and return what moved."""
    texts = corpus_of(workspace, project)
    for first, second in zip(texts[::9], texts[5::9], strict=False):
        record(workspace, project, Pair(first.id, second.id), {"me": Verdict.SAME})
    regroup(workspace, project, {}, Silent())
    here = current(workspace, project)
    return moves(workspace, here, grouping_of(workspace, here.map)).texts


def said(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.markdown, *app.caption))


def shown_html(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


def test_what_answers_moved_is_told_once_they_are_spread(
    mapped: str, workspace: Workspace, open_app: OpenApp
) -> None:
    moved = spread(workspace, mapped)
    assert moved

    told = summing_up.sum_up(workspace, mapped, "me").told
    assert f"the answers moved {len(moved)} texts to another group" in told
    lid = next(e for e in open_app("map", mapped).expander if "moved" in e.label)
    assert lid.label == f"What the answers moved: {len(moved)} texts"

    one, other, *_ = corpus_of(workspace, mapped)
    record(workspace, mapped, Pair(one.id, other.id), {"me": Verdict.UNSURE})
    assert "shows what moves" in summing_up.sum_up(workspace, mapped, "me").told


def test_the_stop_leads_to_spreading(
    mapped: str, workspace: Workspace, open_app: OpenApp, started: Started
) -> None:
    answer_many(workspace, mapped, 20)
    app = press(open_app("review", mapped), "Spread the answers over all texts")
    assert started == [(mapped, "regroup")]
    assert title(app) == "Map"
    assert "Cancel" in [button.label for button in app.main.button]


def test_the_map_tells_of_answers_that_wait(
    mapped: str, workspace: Workspace, open_app: OpenApp, started: Started
) -> None:
    assert "not on this map yet" not in said(open_app("map", mapped))
    answer_many(workspace, mapped, 1)
    assert "1 answer is not on this map yet." in said(open_app("map", mapped))
    answer_many(workspace, mapped, 2)
    app = open_app("map", mapped)
    assert "3 answers are not on this map yet." in said(app)
    press(app, "Spread them over all texts")
    assert started == [(mapped, "regroup")]


def test_the_map_tells_of_answers_taken_back_and_of_those_about_texts_that_are_gone(
    mapped: str, workspace: Workspace, open_app: OpenApp, started: Started
) -> None:
    record(workspace, mapped, Pair("0" * 16, "f" * 16), {"me": Verdict.SAME})
    spread(workspace, mapped)
    app = open_app("map", mapped)
    app.session_state["moves"] = True
    assert "1 answer is about texts that are no longer in the project." in said(app.run())
    review.undo_answer(workspace, mapped, Seat("me"))
    app = open_app("map", mapped)
    assert "1 answer behind this map was taken back." in said(app)
    press(app, "Spread the answers anew")
    assert started == [(mapped, "regroup")]


def test_how_spreading_ended_is_told(mapped: str, workspace: Workspace, open_app: OpenApp) -> None:
    job = workspace.store.jobs.add_job(mapped, "regroup", {})
    workspace.store.jobs.finish_job(job.id, JobStatus.FAILED, error="It stopped half way.")
    assert "half way" in open_app("map", mapped).warning[0].value


def test_a_map_shaped_by_answers_shows_what_they_moved(
    mapped: str, workspace: Workspace, open_app: OpenApp, hostile: tuple[str, ...]
) -> None:
    app = open_app("map", mapped)
    assert pictures.MOVED not in field(app.main.selectbox, "Colour by").options
    moved = spread(workspace, mapped)
    assert moved
    app = open_app("map", mapped)
    assert "not on this map yet" not in said(app)
    app = field(app.main.selectbox, "Colour by").set_value(pictures.MOVED).run()
    assert title(app) == "Map"
    assert len(app.get("vega_lite_chart")) == 1
    app.session_state["moves"] = True
    app = app.run()
    assert f"**{len(moved)} texts moved to another group.**" in said(app)
    assert "belong together? You\\: same" in said(app)
    assert not any(text in element.value for element in app.markdown for text in hostile)
    app = press(app, "Select them all")
    assert app.session_state["tray"] == moved
    line = next(b for b in app.main.button if (b.key or "")[:11] == "selectmoved" != b.key)
    app = line.click().run()
    assert not app.exception
    chosen = app.session_state["tray"]
    assert set(chosen) < set(moved)
    assert line.label == ("Select 1 text" if len(chosen) == 1 else f"Select {len(chosen)} texts")


def test_one_text_in_the_tray_says_why_it_is_here(
    mapped: str, workspace: Workspace, open_app: OpenApp, hostile: tuple[str, ...]
) -> None:
    strange = next(text.id for text in corpus_of(workspace, mapped) if "<script>" in text.body)
    app = open_app("map", mapped)
    app.session_state["tray"] = (strange,)
    app = app.run()
    assert "#### Why here?" in said(app)
    assert "No answer shaped this map" in said(app)
    moved = spread(workspace, mapped)
    app = open_app("map", mapped)
    app.session_state["tray"] = moved[:2]
    assert "Why here?" not in said(app.run())
    for text in (moved[0], strange):
        app.session_state["tray"] = (text,)
        app = app.run()
        assert not app.exception
        assert "The chance that this group is right is" in said(app)
        assert "The nearest texts" in said(app)
        assert not any(text in shown_html(app) for text in hostile[:2] if "<" in text)
    app.session_state["tray"] = (moved[0],)
    assert "You: same" in shown_html(app.run())


def test_an_unreliable_machine_is_told_on_the_review_page(
    mapped: str, workspace: Workspace, open_app: OpenApp, hostile: tuple[str, ...]
) -> None:
    assert "count less" not in said(open_app("review", mapped))
    ids = [text.id for text in corpus_of(workspace, mapped)]
    for number in range(30):
        verdict = Verdict.SAME if number % 3 else Verdict.DIFFERENT
        told = {"me": Verdict.DIFFERENT, hostile[0]: verdict}
        record(workspace, mapped, Pair(*ids[2 * number : 2 * number + 2]), told)
    words = said(open_app("review", mapped))
    assert "they count less" in words
    assert hostile[0] not in words
