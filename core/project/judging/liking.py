"""What a model likes to answer whatever it is asked, measured once a batch."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Protocol

from core.domain.errors import InputError
from core.domain.llm import Prompt, ProviderError, Reply
from core.domain.prompts import Aim, Answer, PromptKind, Template
from core.domain.questions import Contradiction, Placement, Question, Triplet
from core.steps.calibration import option_prior, without_prior
from core.steps.prompts import content_free, labels_by_place, prompt_of, read_chances


class Replies(Protocol):
    """Whatever sends a prompt to a model: the gate."""

    def reply(self, prompt: Prompt, *, sample: int = 0, fresh: bool = False) -> Reply: ...


class Liking:
    """Takes a model's liking for a place out of the chances that it gives.

    The liking is asked for with questions that say nothing, once for each kind and
    number of options, when the first reply with chances comes: through the gate, so
    cached, paid for and within the cap. A model that gives no chances is not asked.
    Safe to use from several threads.
    """

    def __init__(self, gate: Replies, templates: Mapping[PromptKind, Template], aim: Aim) -> None:
        self._gate = gate
        self._templates = templates
        self._aim = aim
        self._lock = threading.Lock()
        self._known: dict[tuple[str, ...], Mapping[str, float]] = {}

    def fair(
        self, answer: Answer, chances: Mapping[str, float] | None, question: Question, swapped: bool
    ) -> Answer:
        """Return the likeliest answer without the liking; `answer` where there are no
        chances, or no places to like. A reason that spoke for another answer is left out.

        Raises what the gate raises, apart from a refusal of a question that says nothing.
        """
        places = labels_by_place(question)
        if chances is None or len(places) < 2:
            return answer
        even = without_prior(chances, self._prior(question, places))
        found = read_chances(even, question, swapped)
        reason = answer.reason if found.verdict is answer.verdict else ""
        return Answer(found.verdict, found.confidence, reason)

    def _prior(self, question: Question, places: tuple[str, ...]) -> Mapping[str, float]:
        key = (type(question).__name__, *places)
        # Held while the model is asked: the others need the same answer.
        with self._lock:
            if key not in self._known:
                self._known[key] = option_prior(self._measured(_blank(question)), places)
            return self._known[key]

    def _measured(self, blank: Question) -> list[Mapping[str, float]]:
        kind: PromptKind = type(blank).__name__.lower()  # type: ignore[assignment]
        found = []
        for bodies in content_free(blank):
            prompt = prompt_of(blank, bodies, self._templates[kind], self._aim)
            try:
                reply = self._gate.reply(prompt)
            except ProviderError as refused:
                if refused.retryable:
                    raise
                continue  # one question that says nothing less
            if reply.chances is not None:
                found.append(reply.chances)
        return found


def _blank(question: Question) -> Question:
    """Return a question of the same kind and number of options that is the same for
    every question like it, so that its replies serve all batches."""
    if isinstance(question, Triplet):
        return Triplet("a", "b", "c")
    if isinstance(question, Placement):
        return Placement("a", (), tuple((f"b{n}",) for n in range(len(question.candidates))))
    if isinstance(question, Contradiction):
        return Contradiction("a", "b", "c")
    raise InputError("A pair has no places to like.", "Ask about another kind of question.")
