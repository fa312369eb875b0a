"""A batch from start to end as the pages do it: a worker process, HTTP, a typed key."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.domain.errors import BusyError, InputError
from core.domain.judging import BatchStatus, JudgeSettings
from core.domain.llm import Price
from core.project import judging, use_cases
from core.project.workspace import Workspace
from tests.project.scripted import project_with
from tests.servers.scripted import Answer, Request, Scripted, completion, json_answer, serving

pytestmark = pytest.mark.alone

KEY = "sk-typed-0123456789abcdef"


def say_yes(call: int, request: Request) -> Answer:
    time.sleep(0.05)
    system = request.body["messages"][0]["content"]
    choice = "yes" if "two texts" in system else "both"
    return completion(json.dumps({"choice": choice, "confidence": 0.8, "reason": "Alike."}))


def quote_the_key(call: int, request: Request) -> Answer:
    told = f"Incorrect API key provided: {request.headers['authorization']}"
    return json_answer({"error": {"message": told, "code": "invalid_api_key"}}, 401)


@pytest.fixture
def server() -> Iterator[Scripted]:
    with serving(say_yes) as running:
        yield running


def ready(workspace: Workspace, server: Scripted, questions: int = 40) -> str:
    project_id = project_with(workspace, questions)
    settings = JudgeSettings(
        *("openai", "m", f"{server.url}/v1"), price=Price(1.0, 1.0), concurrency=2
    )
    judging.save(workspace, project_id, settings, cap=1.0, nothing_leaves=True)
    return project_id


def wait_for(
    workspace: Workspace, project_id: str, wanted: Callable[[judging.Standing], bool]
) -> judging.Standing:
    until = time.monotonic() + 60
    while True:
        stands = judging.state(workspace, project_id)
        assert stands is not None
        if wanted(stands):
            return stands
        assert time.monotonic() < until, f"still {stands}"
        time.sleep(0.05)


def test_a_batch_is_paused_goes_on_and_is_done(workspace: Workspace, server: Scripted) -> None:
    project_id = ready(workspace, server)

    begun = judging.start(workspace, project_id, 40, SecretStr(KEY))
    assert (begun.status, begun.done, begun.wanted) == (BatchStatus.RUNNING, 0, 40)
    with pytest.raises(BusyError):
        judging.start(workspace, project_id, 5, SecretStr(KEY))
    wait_for(workspace, project_id, lambda stands: stands.done >= 5)
    judging.pause(workspace, project_id)
    paused = wait_for(workspace, project_id, lambda stands: stands.job is None)

    assert paused.status is BatchStatus.PAUSED
    assert 5 <= paused.done < 40
    judging.resume(workspace, project_id, SecretStr(KEY))
    done = wait_for(workspace, project_id, lambda stands: stands.job is None)
    assert (done.status, done.done) == (BatchStatus.DONE, 40)
    assert len(workspace.store.reviews.judgments(project_id)) == 40
    # Loopback is this computer: the switch is on, and the batch ran.
    assert {request.headers["authorization"] for request in server.requests} == {f"Bearer {KEY}"}
    assert found(workspace.settings.home, KEY) == []
    with pytest.raises(InputError, match="no batch to go on with"):
        judging.resume(workspace, project_id)


def test_a_server_that_quotes_the_key_spreads_it_nowhere(workspace: Workspace) -> None:
    with serving(quote_the_key) as server:
        project_id = ready(workspace, server)
        judging.start(workspace, project_id, 10, SecretStr(KEY))
        stands = wait_for(workspace, project_id, lambda stands: stands.job is None)

    assert stands.status is BatchStatus.FAILED
    assert "key" in stands.message and KEY not in stands.message
    job = use_cases.last_job(workspace, project_id, judging.KIND)
    assert job is not None
    assert KEY not in f"{job.params} {job.error} {job.result}"
    assert found(workspace.settings.home, KEY) == []
    assert workspace.store.reviews.judgments(project_id) == ()


def test_a_paused_batch_can_be_ended(workspace: Workspace, server: Scripted) -> None:
    project_id = ready(workspace, server)
    judging.start(workspace, project_id, 40)
    wait_for(workspace, project_id, lambda stands: stands.done >= 1)
    judging.pause(workspace, project_id)
    wait_for(workspace, project_id, lambda stands: stands.job is None)

    judging.cancel(workspace, project_id)

    stands = judging.state(workspace, project_id)
    assert stands is not None and stands.status is BatchStatus.CANCELLED
    with pytest.raises(InputError):
        judging.resume(workspace, project_id)


def test_an_estimate_comes_close_and_a_try_says_what_was_reached(
    workspace: Workspace, server: Scripted
) -> None:
    project_id = ready(workspace, server)
    before = judging.estimate(workspace, project_id, 30)
    assert before.calls == pytest.approx(40, abs=2)
    assert before.fits

    tried = judging.try_out(workspace, project_id, SecretStr(KEY))

    assert (tried.model, tried.usable) == ("openai/m", True)
    # 40 tokens read and 7 written, in two orders.
    assert tried.thousand == pytest.approx(2_000 * 47 / 1e6)
    assert "on this computer" in tried.where and "openai/m answered in" in tried.told
    assert judging.usage(workspace, project_id)[0].calls == 1
    assert not judging.estimate(workspace, project_id, 100_000).fits
    # What another model took says nothing of this one.
    before = judging.estimate(workspace, project_id, 100).seconds
    other = replace(judging.settings_of(workspace, project_id), model="another")
    judging.save(workspace, project_id, other, cap=1.0, nothing_leaves=True)
    assert judging.estimate(workspace, project_id, 100).seconds > before


def test_a_try_goes_on_in_a_worker_and_stands_until_the_settings_are_others(
    workspace: Workspace, server: Scripted
) -> None:
    project_id = ready(workspace, server)
    assert judging.newest_try(workspace, project_id) is None

    judging.begin_try(workspace, project_id, SecretStr(KEY))
    trial = judging.newest_try(workspace, project_id)
    assert trial is not None and trial.found is None
    until = time.monotonic() + 60
    while trial is not None and not use_cases.watch_job(workspace, trial.job.id).status.over:
        assert time.monotonic() < until
        time.sleep(0.1)

    trial = judging.newest_try(workspace, project_id)
    assert trial is not None and trial.found is not None
    assert trial.found.usable and "openai/m answered in" in trial.found.told
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert found(workspace.settings.home, KEY) == []
    others = replace(judging.settings_of(workspace, project_id), model="another")
    judging.save(workspace, project_id, others, cap=1.0, nothing_leaves=True)
    assert judging.newest_try(workspace, project_id) is None


def test_without_an_llm_there_is_nothing_to_start(workspace: Workspace) -> None:
    project_id = project_with(workspace, 3)

    for refused in (judging.estimate, judging.start, lambda *a: judging.begin_try(*a[:2])):
        with pytest.raises(InputError, match="No LLM"):
            refused(workspace, project_id, 3)
    assert judging.state(workspace, project_id) is None
    assert judging.meter(workspace, project_id).told == "No LLM: nothing leaves this computer."
    one = replace(JudgeSettings(), provider="bundled")
    judging.save(workspace, project_id, one, cap=0.0, nothing_leaves=True)
    assert "nothing leaves this computer" in judging.meter(workspace, project_id).told


def found(folder: Path, key: str) -> list[Path]:
    """Return the files that hold the key."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if key.encode() in path.read_bytes()]
