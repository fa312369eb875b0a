"""Questions handed to the LLM from the Review page: before, meanwhile, afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.domain.jobs import Job, JobStatus
from core.domain.judging import NANO, Batch, BatchStatus
from core.domain.judgments import Verdict
from core.domain.ports import JobStore
from core.domain.questions import Asked, Guess, Pair
from core.jobs import queue
from core.project import judging
from core.project.workspace import Workspace
from tests.app.screen import OpenApp, field, press, progress, title
from tests.opinions import put, say
from tests.project.scripted import SETTINGS, batch_of

PAIRS = [Pair(f"{n:03}", f"{n:03}+") for n in range(9)]


@pytest.fixture
def ready(mapped: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of a project with an LLM, whose jobs no worker takes up."""

    def queued(
        jobs: JobStore, home: Path, project: str, kind: str, params: Mapping[str, Any], *_: object
    ) -> Job:
        return jobs.add_job(project, kind, params)

    monkeypatch.setattr(queue, "start", queued)
    judging.save(workspace, mapped, SETTINGS, cap=2.0, nothing_leaves=False)
    return mapped


def opened(app: AppTest) -> AppTest:
    app.session_state["llm"] = True
    return app.run()


def batch(workspace: Workspace, project: str) -> Batch:
    found = workspace.store.batches.newest(project)
    assert found is not None
    return found


def end_job(workspace: Workspace, project: str, status: JobStatus) -> None:
    job = workspace.store.jobs.last_job(project, judging.KIND)
    assert job is not None
    workspace.store.jobs.finish_job(job.id, status)


def told(app: AppTest) -> str:
    shown = (*app.main.caption, *app.success, *app.warning)
    return " ".join(element.value for element in shown).replace("\\", "")


def test_without_an_llm_the_way_to_one_is_shown(mapped: str, open_app: OpenApp) -> None:
    app = opened(open_app("review", mapped))

    press(app, "Set up an LLM")
    assert title(app) == "Settings"


def test_a_batch_is_estimated_handed_over_paused_gone_on_with_and_ended(
    ready: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = opened(open_app("review", ready))
    app = field(app.number_input, "Questions for the LLM").set_value(50).run()
    assert "About $" in told(app) and "calls" in told(app)

    app = press(app, "Hand over")
    assert batch(workspace, ready).wanted == 50
    assert "The LLM at work: Starting · 0 of 50" in progress(app).replace("\\", "")
    assert app.query_params["job"]

    app = press(app, "Pause")
    assert field(app.button, "Pause").disabled
    end_job(workspace, ready, JobStatus.CANCELLED)
    app = app.run()
    assert "The batch is paused (0 of 50 questions)" in told(app)

    app = press(app, "Go on with the LLM")
    assert batch(workspace, ready).status is BatchStatus.RUNNING
    app = press(app, "End")
    end_job(workspace, ready, JobStatus.CANCELLED)
    app = app.run()
    assert "The batch was ended (0 of 50 questions)" in told(app)
    app = press(app, "Close")
    assert "was ended" not in told(app)
    assert [label for label in ("Skip", "Flag") if field(app.button, label)]


def test_the_time_and_the_money_left_are_told_while_it_works(
    ready: str, workspace: Workspace, open_app: OpenApp
) -> None:
    app = press(opened(open_app("review", ready)), "Hand over")
    put(workspace, ready, *PAIRS[:3])
    for pair in PAIRS[:3]:
        say(workspace, ready, pair, Verdict.SAME)
    changed = {"seconds_left": 130.0, "cost_left": round(0.31 * NANO)}
    workspace.store.batches.change(batch(workspace, ready).id, **changed)

    words = progress(app.run()).replace("\\", "")

    assert "3 of 200 answered · about 2 min and $0.31 left · $0.00 of $2.00 spent" in words
    # Meanwhile there is the map to look at.
    assert app.switch_page("pages/map.py").run().selectbox


def test_what_a_batch_came_to_is_summed_up(ready: str, workspace: Workspace) -> None:
    batch_of(workspace, ready, 8)
    before = Asked(PAIRS[8], "They are near.", 3, "s")
    guessed = [replace(before, question=p, guess=Guess("same", 0.9, "near")) for p in PAIRS[:6]]
    workspace.store.reviews.enqueue(ready, [*guessed, before])
    put(workspace, ready, *PAIRS[6:8])
    for place, pair in enumerate(PAIRS[:8]):
        verdict = (Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE, Verdict.SAME)[place % 4]
        say(workspace, ready, pair, verdict, after=10 + place)
    workspace.store.batches.close(batch(workspace, ready).id, BatchStatus.DONE)

    stands = judging.state(workspace, ready)
    assert stands is not None
    assert judging.outcome(workspace, ready, stands) == (
        "The batch is done (8 of 8 questions). The LLM answered 6 and could not tell on 2. "
        "Of 5 that the embedder has a guess for, 2 are answered otherwise."
    )


def test_only_the_newest_answers_are_summed_up(ready: str, workspace: Workspace) -> None:
    put(workspace, ready, *PAIRS)
    for place, pair in enumerate(PAIRS):
        say(workspace, ready, pair, Verdict.UNSURE if place < 7 else Verdict.SAME, after=place)

    found = workspace.store.checks.newest_told(ready, 3)
    assert (found.answered, found.unsure, found.comparable, found.differing) == (2, 1, 0, 0)
