"""Talking to a language model: what is sent, what comes back, what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from core.domain.errors import CladeError


class ProviderError(CladeError):
    """A model could not be reached, or refused. `retryable`: the same call may go
    through later; `retry_after` seconds that the provider asked to wait, None where
    it said nothing; `usage` what the failed call is billed for, where that is known."""

    def __init__(
        self,
        problem: str,
        next_move: str,
        *,
        retryable: bool = False,
        retry_after: float | None = None,
        usage: Usage | None = None,
    ) -> None:
        super().__init__(problem, next_move)
        self.retryable = retryable
        self.retry_after = retry_after
        self.usage = usage


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
    `version` names the template that it was made from."""

    system: str
    user: str
    schema: Mapping[str, Any]
    choices: tuple[str, ...]
    version: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered: `body` is JSON of the prompt's schema, or what came in its
    place. `chances` holds a probability for each of the prompt's choices where the
    model gives log-probabilities (they sum to 1), else None."""

    body: str
    usage: Usage
    seconds: float
    chances: Mapping[str, float] | None = None


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
