"""Asking a language model for a name: one retry with the reason, then nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from core.domain.llm import Prompt, Reply
from core.domain.prompts import Aim, InvalidReply, Naming, PromptKind, Template
from core.domain.taxonomy import NewName
from core.project.naming.subjects import Subject
from core.steps.prompts import (
    definition_prompt,
    naming_prompt,
    read_definition,
    read_naming,
    retry_of,
)
from core.steps.taxonomy import phrases

_UNPROVEN = InvalidReply(
    "None of its quotes stands word for word in the texts.", "Ask again, or write it yourself."
)


class Replies(Protocol):
    """Whatever sends a prompt to a model: the gate."""

    def reply(self, prompt: Prompt, *, sample: int = 0, fresh: bool = False) -> Reply: ...


_Read = TypeVar("_Read")


def twice(gate: Replies, prompt: Prompt, read: Callable[[Reply], _Read]) -> _Read:
    """Return what `read` makes of the reply, or of one more that was told what was wrong.

    Raises InvalidReply where the second cannot be used either, and what the gate raises.
    """
    try:
        return read(gate.reply(prompt))
    except InvalidReply as invalid:
        return read(gate.reply(retry_of(prompt, invalid)))


@dataclass(frozen=True, slots=True)
class Namer:
    """Names topics by one model. `templates` by kind: "naming" and "definition"."""

    gate: Replies
    model: str
    templates: Mapping[PromptKind, Template]
    aim: Aim

    def name(self, subject: Subject, taken: tuple[str, ...] = ()) -> NewName:
        """Return a name for a topic; `taken` are labels that it may not have, besides its
        siblings'. Raises InvalidReply where no usable reply came, twice, and what the
        gate raises."""
        shown, others = list(subject.bodies.values()), (*taken, *subject.others)
        label = subject.topic.label
        if subject.defined:
            template = self.templates["definition"]
            prompt = definition_prompt(label, shown, template, self.aim, others=others)
            found = self._asked(prompt, lambda r: Naming(label, read_definition(r, shown)))
        else:
            words = subject.topic.keywords
            prompt = naming_prompt(
                *(shown, self.templates["naming"], self.aim),
                keywords=words,
                others=others,
                phrases=phrases(shown, words),
            )
            found = self._asked(prompt, lambda reply: read_naming(reply, shown, others))
        meaning = found.definition
        described = "" if subject.topic.described_by_hand else meaning.told
        basis = replace(
            subject.basis, description=described, quotes=meaning.quotes, model=self.model
        )
        return NewName(subject.topic.id, found.label, basis, described)

    def _asked(self, prompt: Prompt, read: Callable[[Reply], Naming]) -> Naming:
        """Ask; once more with the reason where the reply is of no use or proves nothing.
        A second reply without evidence is taken: it may be right, and the person is told."""
        first = None
        try:
            first = read(self.gate.reply(prompt))
            problem = _UNPROVEN
        except InvalidReply as invalid:
            problem = invalid
        if first and first.definition.quotes:
            return first
        try:
            second = read(self.gate.reply(retry_of(prompt, problem)))
        except InvalidReply:
            if first is None:
                raise
            return first
        return second if second.definition.quotes or first is None else first
