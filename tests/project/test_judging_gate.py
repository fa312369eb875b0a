"""The one door to a model: cache, pace, retries, the switch, and secrets."""

from __future__ import annotations

import ast
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.domain.errors import Cancelled, InputError
from core.domain.judging import CapReached, JudgeSettings, NothingLeaves
from core.domain.llm import ModelChoice, Prompt, ProviderError, Usage
from core.domain.settings import Settings
from core.project import judging
from core.project.judging.gate import ATTEMPTS, Gate, fingerprint, open_gate
from core.project.judging.pace import Pace
from core.project.judging.secrecy import Hide
from core.project.workspace import Workspace, open_workspace
from tests.project.scripted import SETTINGS, Scripted, project_with

ROOT = Path(__file__).resolve().parents[2]
PROMPT = Prompt("Rules.", "One or two?", {"title": "reply"}, ("1", "2"), "v1")
KEY = SecretStr("sk-0123456789abcdef")


@pytest.fixture
def project_id(workspace: Workspace) -> str:
    made = project_with(workspace, 3)
    judging.save(workspace, made, SETTINGS, cap=1.0, nothing_leaves=False)
    return made


@pytest.fixture
def model(tmp_path: Path) -> Scripted:
    return Scripted(bill=tmp_path / "bill")


@pytest.fixture
def gate(workspace: Workspace, project_id: str, model: Scripted) -> Iterator[Gate]:
    with open_gate(workspace, project_id, model, SETTINGS, key=KEY) as opened:
        yield opened


def test_the_same_prompt_is_paid_for_once_and_counted(
    workspace: Workspace, project_id: str, gate: Gate, model: Scripted
) -> None:
    first = gate.reply(PROMPT)

    assert gate.reply(PROMPT) == first
    assert gate.reply(PROMPT, sample=1) is not first
    gate.reply(PROMPT, fresh=True)

    assert model.calls == 3
    assert "3 calls · 1 from cache" in judging.meter(workspace, project_id).told


@pytest.mark.parametrize(
    "other",
    [
        (replace(SETTINGS.choice, base_url="http://127.0.0.1:8/v1"), "m", PROMPT, 0),
        (SETTINGS.choice, "other", PROMPT, 0),
        (SETTINGS.choice, "m", replace(PROMPT, version="v2"), 0),
        (SETTINGS.choice, "m", replace(PROMPT, system="Other rules."), 0),
        (SETTINGS.choice, "m", replace(PROMPT, user="Two or one?"), 0),
        (SETTINGS.choice, "m", replace(PROMPT, choices=("2", "1")), 0),
        (SETTINGS.choice, "m", replace(PROMPT, schema={"title": "other"}), 0),
        (SETTINGS.choice, "m", replace(PROMPT, candidates={"1": "a"}), 0),
        (SETTINGS.choice, "m", PROMPT, 1),
        (replace(SETTINGS.choice, temperature=0.2), "m", PROMPT, 1),
    ],
)
def test_whatever_shapes_a_reply_changes_its_key(
    other: tuple[ModelChoice, str, Prompt, int],
) -> None:
    keys = {
        fingerprint(SETTINGS.choice, "m", PROMPT, 0),
        fingerprint(SETTINGS.choice, "m", PROMPT, 1),
        fingerprint(*other),
    }

    assert len(keys) == (2 if other == (SETTINGS.choice, "m", PROMPT, 1) else 3)


def test_the_time_limit_shapes_no_reply() -> None:
    slow = replace(SETTINGS.choice, timeout=300.0)

    assert fingerprint(slow, "m", PROMPT, 0) == fingerprint(SETTINGS.choice, "m", PROMPT, 0)


def test_only_what_may_go_through_is_tried_again(
    workspace: Workspace, project_id: str, tmp_path: Path
) -> None:
    lasting = Scripted(bill=tmp_path / "bill", error=ProviderError("Refused.", "Ask another."))
    passing = Scripted(bill=tmp_path / "bill")
    passing.error = ProviderError("Busy.", "Wait.", retryable=True, retry_after=0.01)

    for model, calls in ((lasting, 1), (passing, ATTEMPTS)):
        with (
            open_gate(workspace, project_id, model, SETTINGS) as gate,
            pytest.raises(ProviderError),
        ):
            gate.reply(PROMPT)
        assert model.calls == calls
    assert judging.budget_of(workspace, project_id).reserved == 0


def test_a_wait_that_was_asked_for_is_kept(
    workspace: Workspace, project_id: str, tmp_path: Path
) -> None:
    model = Scripted(bill=tmp_path / "bill", wrong=1)
    model.error = ProviderError("Busy.", "Wait.", retryable=True, retry_after=0.8)
    began = time.monotonic()

    with open_gate(workspace, project_id, model, SETTINGS) as gate:
        gate.reply(PROMPT)

    assert model.calls == 2
    assert time.monotonic() - began >= 0.8


def test_a_wait_of_an_hour_is_not_sat_out(
    workspace: Workspace, project_id: str, tmp_path: Path
) -> None:
    model = Scripted(bill=tmp_path / "bill")
    model.error = ProviderError("Busy.", "Wait.", retryable=True, retry_after=3_600.0)

    with open_gate(workspace, project_id, model, SETTINGS) as gate, pytest.raises(ProviderError):
        gate.reply(PROMPT)

    assert model.calls == 1


def test_a_failed_call_pays_what_it_is_billed_for(
    workspace: Workspace, project_id: str, tmp_path: Path
) -> None:
    model = Scripted(bill=tmp_path / "bill")
    model.error = ProviderError("Refused.", "Ask another.", usage=Usage(1_000, 0))

    with open_gate(workspace, project_id, model, SETTINGS) as gate, pytest.raises(ProviderError):
        gate.reply(PROMPT)

    assert judging.budget_of(workspace, project_id).spent == 1_000_000


def test_calls_are_spaced_by_time_that_nobody_can_set(monkeypatch: pytest.MonkeyPatch) -> None:
    pace, stop = Pace(per_minute=600), threading.Event()
    clock = iter(range(0, -10_000_000, -86_400))
    monkeypatch.setattr(time, "time", lambda: next(clock))
    began = time.monotonic()

    for _ in range(4):
        pace.wait(stop)

    assert 0.3 <= time.monotonic() - began < 2.0
    stop.set()
    with pytest.raises(Cancelled):
        pace.wait(stop)


def test_the_switch_holds_from_the_next_call_on(
    workspace: Workspace, project_id: str, tmp_path: Path
) -> None:
    model = Scripted(bill=tmp_path / "bill", leaves=True)
    with open_gate(workspace, project_id, model, SETTINGS) as gate:
        gate.reply(PROMPT)
        judging.save(workspace, project_id, SETTINGS, cap=1.0, nothing_leaves=True)
        with pytest.raises(NothingLeaves):
            gate.reply(PROMPT, fresh=True)

    assert model.calls == 1


def test_the_installation_s_switch_outranks_the_project_s(
    workspace: Workspace, project_id: str, tmp_path: Path
) -> None:
    strict = open_workspace(Settings(home=workspace.settings.home, nothing_leaves=True))
    model = Scripted(bill=tmp_path / "bill", leaves=True)

    with open_gate(strict, project_id, model, SETTINGS) as gate, pytest.raises(NothingLeaves):
        gate.reply(PROMPT)
    far = JudgeSettings("openai", "gpt-test")
    judging.save(strict, project_id, far, cap=1.0, nothing_leaves=False)
    for forbidden in (judging.try_out, judging.begin_try, lambda *a: judging.start(*a, 5)):
        with pytest.raises(NothingLeaves):
            forbidden(strict, project_id)

    assert model.calls == 0
    assert "nothing leaves" in judging.meter(strict, project_id).told


def test_nothing_is_sent_without_room_under_the_cap(
    workspace: Workspace, project_id: str, gate: Gate, model: Scripted
) -> None:
    judging.save(workspace, project_id, SETTINGS, cap=0.0, nothing_leaves=False)

    with pytest.raises(CapReached):
        gate.reply(PROMPT)

    assert model.calls == 0


def test_calls_of_a_process_that_died_are_settled_by_the_next(
    workspace: Workspace, project_id: str, model: Scripted
) -> None:
    spending = workspace.store.spending
    spending.reserve(project_id, "dead", "c", model="m", amount=500, leaves=False)

    with open_gate(workspace, project_id, model, SETTINGS) as alive:
        spending.reserve(project_id, alive._run, "d", model="m", amount=70, leaves=False)
        with open_gate(workspace, project_id, model, SETTINGS):
            budget = judging.budget_of(workspace, project_id)

    assert (budget.spent, budget.reserved) == (500, 70)


def test_only_the_plan_opens_a_model_and_only_the_gate_calls_it() -> None:
    def users(name: str) -> set[str]:
        found = set()
        for path in (*(ROOT / "core/project").rglob("*.py"), *(ROOT / "pages").rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Name | ast.Attribute | ast.alias):
                    named = getattr(node, "id", getattr(node, "attr", getattr(node, "name", "")))
                    if named == name:
                        found.add(path.name)
        return found

    assert users("open_model") == {"plan.py"}
    assert users("open_judge") == {"by_model.py", "handing.py", "running.py", "trying.py"}
    assert users("_model") == {"gate.py"}


def test_an_error_that_quotes_the_key_loses_it(
    workspace: Workspace, project_id: str, gate: Gate, model: Scripted
) -> None:
    secret = KEY.get_secret_value()
    model.error = ProviderError(f"Wrong key {secret}.", f"Not {secret}?")

    with pytest.raises(ProviderError) as caught:
        gate.reply(PROMPT)

    assert secret not in str(caught.value)
    assert "[key]" in caught.value.problem


def test_a_log_loses_the_key_in_messages_and_tracebacks(tmp_path: Path) -> None:
    secret, path = KEY.get_secret_value(), tmp_path / "log"
    handler = logging.FileHandler(path)
    handler.addFilter(Hide(KEY))
    logger = logging.getLogger("a worker")
    logger.addHandler(handler)
    try:
        logger.warning("The key is %s", secret)
        try:
            raise ValueError(f"with {secret}")
        except ValueError:
            logger.exception("Failed")
    finally:
        logger.removeHandler(handler)
        handler.close()

    assert secret not in path.read_text()
    assert path.read_text().count("[key]") == 2


@pytest.mark.parametrize(
    "wrong", [{"concurrency": 0}, {"temperature": 9.0}, {"per_minute": -1}, {"aim": "x" * 501}]
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError, match="between"):
        replace(SETTINGS, **wrong)  # type: ignore[arg-type]
