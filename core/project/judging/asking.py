"""Asking a model one question: both orders, one retry, and an abstention where it fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.domain.judging import JudgeSettings
from core.domain.judgments import Judgment, Verdict
from core.domain.llm import Prompt
from core.domain.prompts import Aim, Answer, Demonstration, InvalidReply, PromptKind, Template
from core.domain.questions import Pair, Placement, Question
from core.project.intake import find_project, load_corpus
from core.project.judging.batch import Said
from core.project.judging.gate import Gate
from core.project.workspace import Workspace
from core.steps.calibration import both_orders, by_samples
from core.steps.prompts import (
    pick_demonstrations,
    preset,
    prompt_of,
    read_reply,
    retry_of,
    template_of,
)

UNGIVEN = 0.5
"""The confidence of an answer whose model gave none."""

_KINDS: tuple[PromptKind, ...] = ("triplet", "pair", "placement", "contradiction")


@dataclass(frozen=True, slots=True)
class Wording:
    """What the prompts of one batch are made of: the same for all of its questions, so
    that an answer given meanwhile changes no prompt that was paid for. `bodies` by
    text id; `people` are the answers that demonstrations are drawn from; `draws` replies
    to each prompt are taken together."""

    bodies: Mapping[str, str]
    templates: Mapping[PromptKind, Template]
    aim: Aim
    people: tuple[Judgment, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    draws: int = 1

    def prompts(self, question: Question) -> tuple[Prompt, ...]:
        """Return a question's prompts: in both orders where it offers a choice of texts.

        Raises InputError where a text is no longer in the project.
        """
        kind: PromptKind = type(question).__name__.lower()  # type: ignore[assignment]
        shown: tuple[Demonstration, ...] = ()
        if isinstance(question, Pair):
            shown = pick_demonstrations(self.people, self.bodies, question, self.notes)
        return tuple(
            prompt_of(question, self.bodies, self.templates[kind], self.aim, shown, swapped)
            for swapped in _orders(question)
        )


def wording(workspace: Workspace, project_id: str, settings: JudgeSettings) -> Wording:
    """Return what the project's prompts are made of now."""
    reviews = workspace.store.reviews
    corpus = load_corpus(workspace, find_project(workspace, project_id))
    return Wording(
        bodies={text.id: text.body for text in corpus.texts},
        templates={kind: template(workspace, project_id, settings, kind) for kind in _KINDS},
        aim=Aim(settings.aim, settings.aspect),
        people=tuple(one for one in reviews.judgments(project_id) if one.source == "human"),
        notes={one.question: one.note for one in reviews.remarks(project_id) if one.note},
        draws=settings.draws,
    )


def template(
    workspace: Workspace, project_id: str, settings: JudgeSettings, kind: PromptKind
) -> Template:
    """Return the wording in use for a kind of prompt: the person's own, or the preset's."""
    chosen = settings.templates.get(kind)
    for version, parts in workspace.store.batches.templates(project_id, kind) if chosen else ():
        if version == chosen:
            return template_of(kind, parts["name"], parts["system"], parts["user"])
    return preset(settings.preset, kind)


def ask(gate: Gate, words: Wording, question: Question) -> Said:
    """Return what the model says to a question, an abstention where that is nothing.

    Raises what `Gate.reply` raises.
    """
    if not words.bodies.keys() >= set(question.texts):
        return _abstains("A text of this question is no longer in the project.")
    answers = []
    for prompt, swapped in zip(words.prompts(question), _orders(question), strict=True):
        try:
            answers.append(_answer(gate, prompt, question, swapped, words.draws))
        except InvalidReply as invalid:
            return _abstains(f"Its reply could not be used, twice. {invalid.problem}")
        if answers[-1].verdict is Verdict.UNSURE:
            # The other order could only make it a flip: that call is saved.
            return _abstains("It cannot tell.", answers[-1].reason)
    return _together(answers)


def _answer(gate: Gate, prompt: Prompt, question: Question, swapped: bool, draws: int) -> Answer:
    drawn = [_draw(gate, prompt, question, swapped, sample) for sample in range(draws)]
    return by_samples(drawn) if draws > 1 else drawn[0]


def _draw(gate: Gate, prompt: Prompt, question: Question, swapped: bool, sample: int) -> Answer:
    try:
        return read_reply(gate.reply(prompt, sample=sample), prompt, question, swapped)
    except InvalidReply as invalid:
        again = retry_of(prompt, invalid)
        return read_reply(gate.reply(again, sample=sample), again, question, swapped)


def _together(answers: list[Answer]) -> Said:
    said = answers[0] if len(answers) == 1 else both_orders(*answers)
    if said.verdict is Verdict.UNSURE:
        return _abstains("It changed its answer when the choices were shown the other way round.")
    return Said(said.verdict, UNGIVEN if said.confidence is None else said.confidence, said.reason)


def _abstains(why_not: str, reason: str = "") -> Said:
    return Said(Verdict.UNSURE, 0.0, reason, why_not)


def _orders(question: Question) -> tuple[bool, ...]:
    alone = isinstance(question, Placement) and len(question.candidates) == 1
    return (False,) if alone or isinstance(question, Pair) else (False, True)
