"""A model that follows a script, keeps its own bill, and a batch for it to judge.

`python -m tests.project.scripted HOME PROJECT BATCH` judges in a process of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pandas as pd

from core.adapters.fakes import ScriptedModel
from core.domain.judging import Batch, BatchStatus, JudgeSettings
from core.domain.llm import Price, Prompt, ProviderError, Reply
from core.domain.questions import Asked, Pair, Question, Triplet
from core.domain.settings import Settings
from core.project.intake import create_project, guess, load_corpus, read_upload
from core.project.judging import handing, plan
from core.project.judging.gate import fingerprint
from core.project.workspace import Workspace, open_workspace

PRICE = Price(prompt=1.0, completion=4.0)
SETTINGS = JudgeSettings("openai", "scripted", "http://127.0.0.1:9/v1", price=PRICE)
_CHOICE = re.compile(r"^Choice ([12]): <\w+>(.*)</\w+>$", re.MULTILINE)


@dataclass(kw_only=True)
class Scripted(ScriptedModel):
    """Answers every question rightly, fails a share of its calls, and keeps a bill.

    A triplet's right side is the text that sorts first. Each call that it answers is
    billed in `bill`: a line of its fingerprint and price. A call fails or not by the
    number of calls before it, so that a retry may go through. `error` ends every call,
    or the first `wrong` ones.
    """

    bill: Path
    failing: float = 0.0
    error: ProviderError | None = None
    wrong: int | None = None
    price: Price = PRICE
    name: str = "openai/scripted"

    def __post_init__(self) -> None:
        self.answer, self.fail = _right, self._failure

    def reply(self, prompt: Prompt, *, sample: int = 0) -> Reply:
        replied = super().reply(prompt, sample=sample)
        key = fingerprint(SETTINGS.choice, self.name, prompt, sample)
        # One write of one line: whole, whoever is killed.
        with self.bill.open("a") as file:
            file.write(f"{key} {PRICE.of(replied.usage):.9f}\n")
        return replied

    def _failure(self, call: int, prompt: Prompt) -> ProviderError | None:
        if self.error is not None and (self.wrong is None or call < self.wrong):
            return self.error
        drawn = hashlib.sha256(f"{os.getpid()} {call}".encode()).digest()
        if int.from_bytes(drawn[:4], "big") / 2**32 < self.failing:
            return ProviderError("It has a fault.", "Try again.", retryable=True)
        return None

    def billed(self) -> list[tuple[str, float]]:
        """Return (fingerprint, US dollars) of all calls that were answered."""
        lines = self.bill.read_text().splitlines() if self.bill.exists() else []
        return [(key, float(cost)) for key, cost in map(str.split, lines)]


def _right(prompt: Prompt, sample: int) -> str:
    choice = "yes"
    if found := _CHOICE.findall(prompt.user):
        choice = min(found, key=lambda one: one[1])[0]
    return json.dumps({"choice": choice, "confidence": 0.9, "reason": "It fits."})


def project_with(workspace: Workspace, questions: int, texts: int = 60) -> str:
    """Bring a project whose queue holds so many questions: two pairs to each triplet."""
    frame = pd.DataFrame({"text": [f"Message {n:04d} about my card" for n in range(texts)]})
    data = frame.to_csv(index=False).encode()
    table = read_upload(workspace, "texts.csv", data)
    project = create_project(workspace, table, guess(table), name="Texts", data=data)
    ids = [text.id for text in load_corpus(workspace, project).texts]
    pairs = [(one, other) for n, one in enumerate(ids) for other in ids[n + 1 :]]
    found: list[Question] = []
    for number, (one, other) in enumerate(pairs[:questions]):
        third = ids[-1] if ids[-1] not in (one, other) else ids[0] if ids[0] != one else ids[1]
        found.append(Triplet(third, one, other) if number % 3 == 2 else Pair(one, other))
    asked = [Asked(question, "A test.", 1, "s") for question in found]
    assert workspace.store.reviews.enqueue(project.id, asked) == questions
    return project.id


def batch_of(workspace: Workspace, project_id: str, wanted: int) -> Batch:
    """Put a batch into the store as `start` does, and start no worker."""
    batch = Batch(
        *(uuid4().hex, project_id, "", workspace.store.batches.judged(project_id), wanted),
        *(BatchStatus.RUNNING, "", None, None, datetime.now(UTC)),
    )
    plan.begin(workspace, project_id)
    workspace.store.batches.add(batch)
    return batch


class Watch:
    """A progress that nobody watches."""

    def report(self, fraction: float, message: str) -> None: ...

    def point(self, value: float) -> None: ...


def main(home: Path, project_id: str, batch_id: str) -> None:
    workspace = open_workspace(Settings(home=home))
    workspace.store.batches.change(batch_id, status="running")
    model = Scripted(bill=home / "bill", delay=0.02, failing=0.1)
    handing.open_judge = lambda *_: model  # type: ignore[assignment]
    ended = handing.judge(workspace, project_id, {"batch": batch_id}, Watch())
    sys.stdout.write(ended["status"])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
