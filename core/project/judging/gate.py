"""The one door between Clade and a language model.

Whatever is sent to a model passes here: a reply that was paid for is not paid for
again, the cap and the switch are asked before each call, and the money of a call
is held before it and settled after it.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from pydantic import SecretStr
from tenacity import Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_random_exponential

from core.domain.errors import Cancelled
from core.domain.judging import CapReached, JudgeSettings, NothingLeaves, nano
from core.domain.llm import ChatModel, ModelChoice, Prompt, ProviderError, Reply, Usage
from core.jobs.locks import lives, living
from core.project.judging.pace import Pace
from core.project.judging.secrecy import clean
from core.project.workspace import Workspace

ATTEMPTS = 5

LONGEST_WAIT = 120.0
"""Seconds: a provider that asks to wait longer ends the batch, which can go on later."""

LONGEST_REPLY = 20_001
"""Characters of a reply that are kept: one more than is read, so that it stays too long."""

# A tokenizer never makes more tokens of a text than it has bytes; the chat's own marks
# come on top.
_MARKS = 512


@contextmanager
def open_gate(
    workspace: Workspace,
    project_id: str,
    model: ChatModel,
    settings: JudgeSettings,
    *,
    key: SecretStr | None = None,
    stop: threading.Event | None = None,
) -> Iterator[Gate]:
    """Open the door for a while. First the calls of processes that died are settled."""
    folder = workspace.settings.home / "calls"
    spending = workspace.store.spending
    for run in spending.runs(project_id):
        if not lives(folder, run):
            spending.lose(project_id, run)
    run = uuid4().hex
    with living(folder, run):
        yield Gate(workspace, project_id, model, settings, run, key, stop or threading.Event())


class Gate:
    """Sends prompts of one project to one model. Safe to use from several threads."""

    def __init__(
        self,
        workspace: Workspace,
        project_id: str,
        model: ChatModel,
        settings: JudgeSettings,
        run: str,
        key: SecretStr | None,
        stop: threading.Event,
    ) -> None:
        self._spending = workspace.store.spending
        self._switched_off = workspace.settings.nothing_leaves
        self._project = project_id
        self._model = model
        self._settings = settings
        self._run = run
        self._key = key
        self._choice = settings.choice
        self._stop = stop
        self._pace = Pace(settings.per_minute)
        self._slots = threading.BoundedSemaphore(settings.concurrency)
        self._changed = threading.Condition()
        self._under_way = 0
        # How far a reported cost was above what was held for it: held more from then on.
        self._excess = 1.0
        self.name = model.name[:200]

    def reply(self, prompt: Prompt, *, sample: int = 0, fresh: bool = False) -> Reply:
        """Return the model's reply, from an earlier call where there was the same one;
        `fresh` calls in any case.

        A call that may go through later is tried again, up to five times. Raises
        ProviderError; CapReached and NothingLeaves before anything is sent; and
        Cancelled once the batch is to stop.
        """
        key = fingerprint(self._choice, self.name, prompt, sample)
        kept = None if fresh else self._spending.kept(self._project, key)
        if kept is not None:
            self._spending.count_cached(self._project, self.name)
            return kept
        retrying = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            retry=retry_if_exception(_worth_another),
            wait=wait_random_exponential(multiplier=0.5, max=20),
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(self._call, key, prompt, sample)

    def _call(self, key: str, prompt: Prompt, sample: int) -> Reply:
        amount = self._at_most(prompt)
        call = self._hold(amount)
        try:
            with self._slots:
                self._pace.wait(self._stop)
                replied = self._model.reply(prompt, sample=sample)
            kept = Reply(
                replied.body[:LONGEST_REPLY], replied.usage, replied.seconds, replied.chances
            )
            cost = self._cost(replied.usage)
            self._spending.settle(self._project, call, cost, key, kept)
        except Cancelled:
            self._spending.fail(self._project, call, 0, None)
            raise
        except ProviderError as error:
            # Nobody knows whether it is billed: it counts at the most that it can have cost.
            unseen = error.uncertain and error.usage is None
            cost = amount if unseen else self._cost(error.usage)
            self._spending.fail(self._project, call, cost, error.usage)
            if error.retry_after and error.retry_after <= LONGEST_WAIT:
                self._pace.hold(error.retry_after)
            raise clean(error, self._key) from None
        finally:
            self._free()
        if cost > amount:
            self._excess = max(self._excess, self._excess * cost / max(amount, 1))
        return kept

    def _hold(self, amount: int) -> str:
        """Hold money for a call; return the call's id.

        Where only calls under way stand between this one and the cap, it waits: they
        are held at the most that they can cost and mostly cost less.
        """
        leaves = self._model.leaves or self._choice.leaves
        if leaves and self._switched_off:
            raise nothing_leaves(self.name)
        call = uuid4().hex
        while True:
            refused = self._spending.reserve(
                *(self._project, self._run, call),
                model=self.name,
                amount=amount,
                leaves=leaves,
            )
            with self._changed:
                if refused is None:
                    self._under_way += 1
                    return call
                if refused == "nothing leaves":
                    raise nothing_leaves(self.name)
                if not self._under_way:
                    raise CapReached(
                        "The spend cap of this project is reached; all answers so far are kept.",
                        "Raise the cap in Settings and go on, or answer the rest yourself.",
                    )
                self._changed.wait(timeout=0.5)
            if self._stop.is_set():
                raise Cancelled

    def _free(self) -> None:
        with self._changed:
            self._under_way -= 1
            self._changed.notify_all()

    def _at_most(self, prompt: Prompt) -> int:
        """Return the most that a call can cost, in billionths of a US dollar."""
        sent = prompt.system + prompt.user + json.dumps(dict(prompt.schema))
        most = Usage(len(sent.encode("utf-8", "replace")) + _MARKS, self._choice.max_tokens)
        return round(self._excess * self._cost(most))

    def _cost(self, used: Usage | None) -> int:
        return nano(self._settings.price.of(used)) if used else 0

    def _sleep(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise Cancelled


def fingerprint(choice: ModelChoice, model: str, prompt: Prompt, sample: int) -> str:
    """Return the SHA-256 of everything that shapes a reply."""
    shaped = {
        "model": [choice.provider, model, choice.base_url, choice.max_tokens],
        "prompt": [prompt.version, prompt.system, prompt.user, prompt.choices, prompt.query],
        "schema": dict(prompt.schema),
        "candidates": dict(prompt.candidates) if prompt.candidates is not None else None,
        # The first draw is greedy, whatever the temperature.
        "draw": [sample, choice.temperature if sample else None],
    }
    return hashlib.sha256(json.dumps(shaped, sort_keys=True).encode()).hexdigest()


def nothing_leaves(model: str) -> NothingLeaves:
    """Return the error of a call that would have left this computer."""
    return NothingLeaves(
        f"{model} runs elsewhere, and “Nothing leaves this computer” is switched on.",
        "Switch it off in Settings, or choose a model that runs here.",
    )


def _worth_another(error: BaseException) -> bool:
    return (
        isinstance(error, ProviderError)
        and error.retryable
        and (error.retry_after or 0.0) <= LONGEST_WAIT
    )
