"""Two ways to have sentences written and scored: with a model's logits, and without."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from core.domain.generated import KINDS, GeneratedSentence, GenerationSpec, SentenceKind
from core.domain.llm import ModelChoice, Prompt, Reply
from core.domain.prompts import Aim, InvalidReply
from core.domain.texts import Text
from core.project.generating.plan import key_of
from core.steps.prompts import read_score, read_sentence, scoring_prompt, writing_prompt
from core.steps.prompts.generating import VERSION


class Replies(Protocol):
    """Whatever sends a prompt to a model: the gate."""

    def reply(self, prompt: Prompt, *, sample: int = 0, fresh: bool = False) -> Reply: ...


class WithLogits:
    """Contrastive decoding on a model of this computer, scored by likelihood."""

    def __init__(self, choice: ModelChoice, spec: GenerationSpec) -> None:
        from core.adapters.llm import contrastive, likeness
        from core.adapters.llm.causal import open_causal

        self._spec = spec
        self._causal = open_causal(choice)
        self._write = contrastive.ContrastiveWriter(self._causal).write
        self._likeness = likeness.likeness
        self.model = self._causal.name
        self.key = key_of(
            *(self.model, self._causal.revision, spec), contrastive.VERSION, likeness.VERSION
        )

    def written(
        self, texts: Sequence[Text], on_part: Callable[[float], None]
    ) -> list[GeneratedSentence]:
        """Return both sentences of each text, "" where none came to an end.

        `on_part` hears the share of the work that is done, and may raise Cancelled.
        """
        bodies = [text.body for text in texts]
        said: list[tuple[SentenceKind, Text, str]] = []
        for done, kind in enumerate(KINDS, start=1):
            found = self._write(bodies, kind, self._spec)
            said += [(kind, text, body) for text, body in zip(texts, found, strict=True)]
            on_part(0.3 * done)
        scores = self._likeness(self._causal, [(text.body, body) for _, text, body in said])
        return [
            GeneratedSentence(text.id, kind, body, score, self.model)
            for (kind, text, body), score in zip(said, scores, strict=True)
        ]


class BySamples:
    """Several samples of each sentence from a model that gives no logits, each scored: the
    entailed one is the most alike of them, the contradicting one the least."""

    def __init__(
        self, gate: Replies, model: str, where: ModelChoice, spec: GenerationSpec, aim: Aim
    ) -> None:
        self._gate, self._spec, self._aim = gate, spec, aim
        self.model = model
        revision = f"{where.base_url or ''} {where.temperature} {where.max_tokens}"
        self.key = key_of(model, revision, spec, VERSION, aim.aspect)

    def written(self, text: Text) -> list[GeneratedSentence]:
        """Return both sentences of a text, "" where no sample was usable.

        Raises what the gate raises."""
        return [self._best(text, kind) for kind in KINDS]

    def _best(self, text: Text, kind: SentenceKind) -> GeneratedSentence:
        prompt = writing_prompt(text.body, kind, self._aim)
        bodies = {}
        for sample in range(self._spec.draws):
            reply = self._gate.reply(prompt, sample=sample)
            try:
                bodies[read_sentence(reply)] = sample
            except InvalidReply:  # one sample less
                continue
        found = []
        for body in bodies:
            reply = self._gate.reply(scoring_prompt(text.body, body, self._aim))
            try:
                found.append((read_score(reply), body))
            except InvalidReply:
                continue
        if not found:
            return GeneratedSentence(text.id, kind, "", 0.0, self.model)
        score, body = max(found) if kind == "entailed" else min(found)
        return GeneratedSentence(text.id, kind, body, score, self.model)
