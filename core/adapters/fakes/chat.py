"""A ChatModel that answers by a function and fails when it is told to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from core.domain.llm import Price, Prompt, ProviderError, Reply, Usage

Answering = Callable[[Prompt, int], str | Reply]
Failing = Callable[[int, Prompt], ProviderError | None]


def first_choice(prompt: Prompt, sample: int) -> str:
    """Answer with the first of the prompt's choices, as small models like to."""
    return json.dumps({"choice": prompt.choices[0]} if prompt.choices else {})


def _never(call: int, prompt: Prompt) -> ProviderError | None:
    return None


@dataclass
class ScriptedModel:
    """Answers with what `answer(prompt, sample)` returns: a body, or a whole reply.

    `fail(call, prompt)` is asked before each answer, with the number of the call from 0,
    and raised is what it returns. A body costs one token for each four characters of it
    and of the prompt. `delay` in seconds stands for the provider's time, spent asleep.
    `calls` counts all, `answers` those that were answered, `spent` is in US dollars at
    `price`, `most_at_once` the calls that were under way together. Safe to call from
    several threads.
    """

    answer: Answering = first_choice
    fail: Failing = _never
    price: Price = field(default_factory=lambda: Price(1.0, 4.0))
    delay: float = 0.0
    name: str = "fake/scripted"
    leaves: bool = False
    calls: int = field(default=0, init=False)
    answers: int = field(default=0, init=False)
    spent: float = field(default=0.0, init=False)
    most_at_once: int = field(default=0, init=False)
    _at_once: int = field(default=0, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def reply(self, prompt: Prompt, *, sample: int = 0) -> Reply:
        """Answer once (ChatModel)."""
        with self._lock:
            call = self.calls
            self.calls += 1
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            return self._replied(call, prompt, sample)
        finally:
            with self._lock:
                self._at_once -= 1

    def _replied(self, call: int, prompt: Prompt, sample: int) -> Reply:
        if self.delay:
            time.sleep(self.delay)
        failure = self.fail(call, prompt)
        if failure is not None:
            self._pay(failure.usage)
            raise failure
        found = self.answer(prompt, sample)
        if isinstance(found, str):
            read = len(prompt.system) + len(prompt.user)
            found = Reply(found, Usage(-(-read // 4), -(-len(found) // 4)), self.delay)
        self._pay(found.usage)
        with self._lock:
            self.answers += 1
        return found

    def _pay(self, usage: Usage | None) -> None:
        if usage is not None:
            with self._lock:
                self.spent += self.price.of(usage)
