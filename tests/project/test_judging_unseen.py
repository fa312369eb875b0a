"""Calls that a provider may have billed though nothing came back: the cap holds for them, too."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field

import pytest

from core.domain.judging import NANO, BatchStatus, JudgeSettings
from core.domain.llm import Price, ProviderError, Usage
from core.project import judging
from core.project.judging import handing
from core.project.judging.secrecy import clean
from core.project.workspace import Workspace
from tests.project.scripted import Watch, batch_of, project_with
from tests.servers.scripted import Answer, Request, completion, serving

PRICE = Price(prompt=1.0, completion=4.0)
REPLY = json.dumps({"choice": "yes", "confidence": 0.8, "reason": "Alike."})


@dataclass
class Greedy:
    """Bills every request that it has read, answered or not; every third one is not."""

    billed: float = 0.0
    lost: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, call: int, request: Request) -> Answer:
        if call % 3:
            self._bill(Usage(40, 7))
            choice = "yes" if "two texts" in str(request.body) else "both"
            return completion(REPLY.replace("yes", choice))
        # It wrote as much as it was allowed to before the line broke.
        usage = Usage(len(json.dumps(request.body)) // 4, request.body["max_tokens"])
        self._bill(usage, lost=True)
        faults = (Answer(drop="before"), Answer(b"x" * 99, drop="middle"), Answer(b"{", 200))
        return faults[call // 3 % 3]

    def _bill(self, used: Usage, *, lost: bool = False) -> None:
        with self.lock:
            self.billed += PRICE.of(used)
            self.lost += lost


def run(workspace: Workspace, greedy: Greedy, questions: int, cap: float) -> tuple[str, str]:
    """Judge a batch over HTTP; return the project and how the batch ended."""
    with serving(greedy) as server:
        project_id = project_with(workspace, questions)
        settings = JudgeSettings("openai", "m", f"{server.url}/v1", price=PRICE, concurrency=4)
        judging.save(workspace, project_id, settings, cap=cap, nothing_leaves=False)
        batch = batch_of(workspace, project_id, questions)
        return project_id, handing.judge(workspace, project_id, {"batch": batch.id}, Watch())[
            "status"
        ]


def test_the_cap_holds_with_a_server_that_drops_connections_after_reading(
    workspace: Workspace,
) -> None:
    greedy = Greedy()

    project_id, status = run(workspace, greedy, 60, cap=0.06)

    assert status == BatchStatus.CAPPED
    budget = judging.budget_of(workspace, project_id)
    assert greedy.lost >= 5
    assert greedy.billed <= budget.spent / NANO + 1e-9
    assert budget.spent <= budget.cap
    assert budget.reserved == 0
    (used,) = judging.usage(workspace, project_id)
    assert used.failed == greedy.lost
    assert used.cost == budget.spent


def test_a_server_that_is_not_there_costs_nothing(workspace: Workspace) -> None:
    with serving(Greedy()) as server:
        gone = server.url
    project_id = project_with(workspace, 3)
    settings = JudgeSettings("openai", "m", f"{gone}/v1", price=PRICE)
    judging.save(workspace, project_id, settings, cap=1.0, nothing_leaves=False)

    with pytest.raises(ProviderError, match="cannot be reached"):
        judging.try_out(workspace, project_id)

    assert judging.budget_of(workspace, project_id).spent == 0


def test_an_error_without_the_key_is_as_uncertain_as_before() -> None:
    error = ProviderError("It broke.", "Try again.", uncertain=True)

    assert clean(error, None).uncertain
