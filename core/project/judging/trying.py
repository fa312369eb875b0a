"""A try whether the model answers at all: one question about made-up texts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import SecretStr

from core.domain.ids import content_id
from core.domain.jobs import Job
from core.domain.judging import JudgeSettings
from core.domain.ports import Progress
from core.domain.prompts import Aim, InvalidReply
from core.domain.questions import Triplet
from core.project.judging.asking import Wording
from core.project.judging.costs import money
from core.project.judging.gate import open_gate
from core.project.judging.plan import (
    allowed,
    begin,
    in_worker,
    key_of,
    open_judge,
    settings_of,
    whereabouts,
)
from core.project.judging.secrecy import hide_in_logs
from core.project.judging.wordings import template
from core.project.workspace import Workspace
from core.steps.prompts import read_reply

KIND = "try"

# None of the person's texts.
_BODIES = {
    "a": "My new card has not arrived yet.",
    "b": "When will you deliver the card that I ordered?",
    "c": "I would like to close my account.",
}

# Seconds from the start of the worker to the reply, on two cores: for the progress bar.
_IN_PROCESS, _BY_HTTP = 45.0, 6.0


@dataclass(frozen=True, slots=True)
class Tried:
    """What a try found: the model's name, where texts go, seconds of the call, and US
    dollars that a thousand questions would cost. `usable`: the reply answered the
    question in the form that was asked for."""

    model: str
    where: str
    seconds: float
    thousand: float
    usable: bool

    @property
    def told(self) -> str:
        """Return in words what was found."""
        told = (
            f"{self.model} answered in {self.seconds:.1f} s. {self.where} "
            f"A thousand questions would cost about {money(self.thousand)}."
        )
        if self.usable:
            return told
        return f"{told} Its reply did not have the form that was asked for: many may be lost."


@dataclass(frozen=True, slots=True)
class Trial:
    """The newest try of a project's model: its job, what it `found` (None until it has),
    and how many seconds one is expected to take."""

    job: Job
    found: Tried | None
    expected: float


def begin_try(workspace: Workspace, project_id: str, key: SecretStr | None = None) -> None:
    """Begin a try in a worker process: opening a model can take a minute, and the page
    stays free. Raises what `try_out` raises before anything is sent, and BusyError while
    another job of the project is live."""
    settings = settings_of(workspace, project_id)
    allowed(workspace, project_id, settings)
    begin(workspace, project_id)
    in_worker(workspace, project_id, KIND, {"settings": _mark(settings)}, key)


def newest_try(workspace: Workspace, project_id: str) -> Trial | None:
    """Return the newest try of the model as it is set up now, None where there is none.

    What it found stands until the settings are others.
    """
    settings = settings_of(workspace, project_id)
    job = workspace.store.jobs.last_job(project_id, KIND)
    if job is None or job.params.get("settings") != _mark(settings):
        return None
    local = settings.provider in ("bundled", "transformers")
    found = Tried(**job.result) if job.result else None
    return Trial(job, found, _IN_PROCESS if local else _BY_HTTP)


def run_try(
    workspace: Workspace, project_id: str, _params: Mapping[str, Any], progress: Progress
) -> Mapping[str, Any]:
    """The use case of the worker: try the model."""
    hide_in_logs(workspace.settings.llm_key)
    progress.report(0.0, "Opening the model and asking it one question")
    return asdict(try_out(workspace, project_id))


def try_out(workspace: Workspace, project_id: str, key: SecretStr | None = None) -> Tried:
    """Ask the model one question about made-up texts, within cap and switch.

    Raises InputError, NothingLeaves, CapReached, ModelError and ProviderError, whose
    sentences say what is wrong with the settings.
    """
    settings, key = settings_of(workspace, project_id), key_of(workspace, key)
    model = open_judge(workspace, project_id, settings, key)
    begin(workspace, project_id)
    question = Triplet("a", "b", "c")
    words = Wording(
        _BODIES,
        {"triplet": template(workspace, project_id, settings, "triplet")},
        Aim(settings.aim, settings.aspect),
    )
    prompt = words.prompts(question)[0]
    with open_gate(workspace, project_id, model, settings, key=key) as gate:
        reply = gate.reply(prompt, fresh=True)
    try:
        read_reply(reply, prompt, question)
        usable = True
    except InvalidReply:
        usable = False
    return Tried(
        model=gate.name,
        where=whereabouts(settings.choice),
        seconds=reply.seconds,
        thousand=2 * 1_000 * settings.price.of(reply.usage),
        usable=usable,
    )


def _mark(settings: JudgeSettings) -> str:
    return content_id("settings", json.dumps(asdict(settings), sort_keys=True))
