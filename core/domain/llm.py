"""Talking to a language model: what is sent, what comes back, what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

from core.domain.errors import CladeError, InputError

Provider = Literal["bundled", "openai", "anthropic", "huggingface", "transformers"]


class ProviderError(CladeError):
    """A model could not be reached, or refused. `retryable`: the same call may go
    through later; `retry_after` seconds that the provider asked to wait, None where
    it said nothing; `usage` what the failed call is billed for, where that is known.
    `uncertain`: the model may have answered and charged for it, and nobody here can know."""

    def __init__(
        self,
        problem: str,
        next_move: str,
        *,
        retryable: bool = False,
        retry_after: float | None = None,
        usage: Usage | None = None,
        uncertain: bool = False,
    ) -> None:
        super().__init__(problem, next_move)
        self.retryable = retryable
        self.retry_after = retry_after
        self.usage = usage
        self.uncertain = uncertain


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call, as the provider reports them."""

    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens."""

    prompt: float
    completion: float

    def of(self, usage: Usage) -> float:
        """Return the price of a call in US dollars."""
        return (
            usage.prompt_tokens * self.prompt + usage.completion_tokens * self.completion
        ) / 1_000_000


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request. `system` holds the rules and nothing of the person's texts; `user`
    the question, its texts delimited. `schema` is the JSON Schema of the reply.
    `choices` are the labels that the reply's `choice` may take, () for a free reply.
    `version` names the template that it was made from.

    `query` and `candidates` are the bare texts of a question, for a model that answers
    by likelihood and reads no instructions: how well does each candidate (by its label
    in `choices`) go with the query? An empty candidate stands for none of the others (a
    new group, a different category). Choices without a candidate are never its answer.
    Models that read instructions ignore both. Beside a free reply, `candidates` are
    names to choose one from for the texts of `query`, one a line."""

    system: str
    user: str
    schema: Mapping[str, Any]
    choices: tuple[str, ...]
    version: str
    query: str | None = None
    candidates: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered: `body` is JSON of the prompt's schema, or what came in its
    place. `chances` holds a probability for each of the prompt's choices where the
    model gives log-probabilities (they sum to 1), else None."""

    body: str
    usage: Usage
    seconds: float
    chances: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Which model answers, and how it is called. It holds no key.

    `provider`: "openai" (OpenAI, or anything that speaks its language at `base_url`),
    "anthropic", "huggingface" (an endpoint of theirs, or one at `base_url`),
    "transformers" (a Hugging Face model in a folder of this computer, named by `model`)
    or "bundled" (`model` is ignored). `timeout` is in seconds, for a whole call;
    `temperature` is of draws above the first, which is greedy; `max_tokens` bounds a
    reply, and so what a call can cost. Raises InputError where a value cannot be used.
    """

    provider: Provider
    model: str
    base_url: str | None = None
    timeout: float = 60.0
    temperature: float = 1.0
    max_tokens: int = 1024

    def __post_init__(self) -> None:
        if not self.model.strip():
            raise InputError("The model has no name.", "Type the name that the provider gives it.")
        if not 0 < self.timeout <= 3600:
            raise InputError("The time limit is out of range.", "Give 1 to 3,600 seconds.")
        if not 0 <= self.temperature <= 2:
            raise InputError("The temperature is out of range.", "Give a number from 0 to 2.")
        if not 1 <= self.max_tokens <= 100_000:
            raise InputError("The reply's length is out of range.", "Give 1 to 100,000 tokens.")
        if self.base_url is not None:
            _check_address(self.base_url)

    @property
    def leaves(self) -> bool:
        """Whether texts leave this computer."""
        if self.provider in ("bundled", "transformers"):
            return False
        return self.base_url is None or not is_loopback(self.base_url)


def is_loopback(url: str) -> bool:
    """Return whether an address is of this computer itself."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        # A port out of range shows when it is read.
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise InputError(
            "The address of the model is not one of the web.",
            "Give it in full, as in http://localhost:11434/v1.",
        )
    # They would be shown and kept with the address, and may hold a key.
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InputError(
            "The address of the model holds more than an address.",
            "Leave out names, keys and what follows a question mark; the key has its own field.",
        )


class ChatModel(Protocol):
    """A language model behind one provider."""

    @property
    def name(self) -> str:
        """Provider and model, `openai/gpt-4o-mini`: the annotator of its answers."""
        ...

    @property
    def leaves(self) -> bool:
        """Whether texts leave this computer."""
        ...

    def reply(self, prompt: Prompt, *, sample: int = 0) -> Reply:
        """Answer once. `sample` above 0 asks for another draw of the same prompt (with
        temperature); 0 is greedy. Raises ProviderError."""
        ...
