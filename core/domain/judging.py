"""How an LLM judges in one project: its settings, its budget, its batches."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from core.domain.errors import CladeError, InputError
from core.domain.llm import ModelChoice, Price, Provider

NANO = 1_000_000_000
"""Money is counted in whole billionths of a US dollar: no sum of a million calls drifts."""

DEFAULT_CAP = 2.0
"""US dollars that a project may spend before anybody has set its cap."""

LONGEST_AIM = 500
MOST_AT_ONCE = 64


class CapReached(CladeError):  # noqa: N818 - a state to act on, told like one
    """The next call could exceed the spend cap, so it was not made."""


class NothingLeaves(CladeError):  # noqa: N818 - a state to act on, told like one
    """A call would have sent texts off this computer while that is switched off."""


def nano(dollars: float) -> int:
    """Return US dollars in whole billionths, rounded up: a cost is never understated."""
    # The product of two floats may lie a hair above the whole number that it means.
    return math.ceil(round(dollars * NANO, 3))


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """Who judges a project's questions, and how.

    `provider` "" means that no LLM is set up; what follows it is as in `ModelChoice`,
    `base_url` "" for the provider's own. `price` in US dollars a million tokens;
    `per_minute` requests, 0 for no limit; `timeout` seconds of one call; `draws`
    replies to each prompt, of which the commonest counts; `reply_tokens` bounds one.
    `aim` is what the groups are for in the person's words, `aspect` what counts
    as alike; `preset` names the wording of the prompts and `templates` the
    edited version in use by kind. `blind_share` of the questions hide the
    suggestion until the person has answered. Raises InputError on values that
    make no sense.
    """

    provider: Provider | Literal[""] = ""
    model: str = ""
    base_url: str = ""
    temperature: float = 1.0
    price: Price = field(default_factory=lambda: Price(0.0, 0.0))
    concurrency: int = 8
    per_minute: int = 0
    timeout: float = 60.0
    draws: int = 1
    aim: str = ""
    aspect: str = "topic"
    preset: str = "clade"
    templates: Mapping[str, str] = field(default_factory=dict)
    blind_share: float = 0.1
    reply_tokens: int = 1024

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("temperature", self.temperature, 0.0, 2.0),
            ("price of a million prompt tokens", self.price.prompt, 0.0, 10_000.0),
            ("price of a million completion tokens", self.price.completion, 0.0, 10_000.0),
            ("number of calls at once", self.concurrency, 1, MOST_AT_ONCE),
            ("number of requests a minute", self.per_minute, 0, 100_000),
            ("timeout in seconds", self.timeout, 1.0, 600.0),
            ("number of replies to a prompt", self.draws, 1, 9),
            ("share of blind checks", self.blind_share, 0.0, 1.0),
            ("length of the aim", len(self.aim), 0, LONGEST_AIM),
            ("length of the aspect", len(self.aspect), 0, LONGEST_AIM),
        ):
            if not low <= value <= high:
                raise InputError(
                    f"The {name} is {value:g}.", f"Give one between {low:g} and {high:g}."
                )

    @property
    def ready(self) -> bool:
        """Whether an LLM is set up."""
        return bool(self.provider)

    @property
    def choice(self) -> ModelChoice:
        """Which model that is. Raises InputError where none is set up, or not rightly."""
        if not self.provider:
            raise InputError(
                "No LLM is set up for this project.",
                "Choose one in Settings, or answer the questions yourself.",
            )
        return ModelChoice(
            self.provider,
            self.model if self.provider != "bundled" else "bundled",
            self.base_url or None,
            self.timeout,
            self.temperature,
            self.reply_tokens,
        )


@dataclass(frozen=True, slots=True)
class Budget:
    """A project's money in billionths of a US dollar, and its switch.

    `reserved` is held for calls under way; `spent` + `reserved` never grows
    above `cap`. `nothing_leaves` refuses every call that leaves this computer.
    """

    cap: int
    spent: int = 0
    reserved: int = 0
    nothing_leaves: bool = False


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """What one model was used for. `calls` were answered by the provider, `cached`
    replies came from an earlier call, `failed` calls brought nothing, and `lost`
    ones were cut off with their process: counted at the most that they can have
    cost. `cost` in billionths of a US dollar."""

    model: str
    calls: int = 0
    cached: int = 0
    failed: int = 0
    lost: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: int = 0


class BatchStatus(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    CAPPED = "capped"
    INTERRUPTED = "interrupted"
    FAILED = "failed"
    DONE = "done"

    @property
    def resumable(self) -> bool:
        """Whether the batch can go on where it stopped."""
        return self not in (BatchStatus.RUNNING, BatchStatus.CANCELLED, BatchStatus.DONE)


@dataclass(frozen=True, slots=True)
class Batch:
    """So many questions handed to the LLM.

    `base` questions had a machine's answer before it began, `wanted` more are to
    get one. `seconds_left` and `cost_left` (billionths of a US dollar) are
    expectations, None until there is something to go by.
    """

    id: str
    project: str
    model: str
    base: int
    wanted: int
    status: BatchStatus
    message: str
    seconds_left: float | None
    cost_left: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Opinion:
    """What an LLM said beside its verdict: the one-line `reason`, and `why_not` where
    it abstained (a sentence, "" where it did not). `confidence` in [0, 1] as the
    model gave it, before any calibration."""

    question: str
    annotator: str
    confidence: float
    reason: str
    why_not: str
