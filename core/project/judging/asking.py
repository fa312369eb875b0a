"""Asking a model one question: both orders, one retry, and an abstention where it fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.domain.judging import JudgeSettings
from core.domain.judgments import Verdict
from core.domain.llm import Prompt
from core.domain.prompts import Aim, Answer, Demonstration, InvalidReply, PromptKind, Template
from core.domain.questions import Pair, Placement, Question
from core.project.cards import group_labels, topic_labels
from core.project.intake import find_project, load_corpus
from core.project.judging.batch import Said
from core.project.judging.gate import Gate
from core.project.judging.liking import Liking
from core.project.judging.wordings import template
from core.project.workspace import Workspace
from core.steps.calibration import both_orders, by_samples
from core.steps.prompts import (
    Ranked,
    pick_demonstrations,
    prompt_of,
    rank_demonstrations,
    read_reply,
    retry_of,
)

UNGIVEN = 0.5
"""The confidence of an answer whose model gave none."""

_KINDS: tuple[PromptKind, ...] = ("triplet", "pair", "placement", "contradiction")


@dataclass(frozen=True, slots=True)
class Wording:
    """What the prompts of one batch are made of: the same for all of its questions, so
    that an answer given or a topic renamed meanwhile changes no prompt that was paid for.

    `bodies` by text id; `ranked` are what demonstrations are picked from; `draws` replies
    to each prompt are taken together. `labels` hold the topic's label of each text on the
    map and name the groups of a placement. They stand in the prompt, and so in the key
    that its reply is kept under: what a group is called shapes the answer, and a
    question whose topics were renamed since is asked anew.
    """

    bodies: Mapping[str, str]
    templates: Mapping[PromptKind, Template]
    aim: Aim
    ranked: Ranked = ()
    draws: int = 1
    labels: Mapping[str, str] = field(default_factory=dict)

    def prompts(self, question: Question) -> tuple[Prompt, ...]:
        """Return a question's prompts: in both orders where it offers a choice of texts.

        Raises InputError where a text is no longer in the project.
        """
        kind: PromptKind = type(question).__name__.lower()  # type: ignore[assignment]
        shown: tuple[Demonstration, ...] = ()
        if isinstance(question, Pair):
            shown = pick_demonstrations(self.ranked, question)
        names = self._names(question) if isinstance(question, Placement) else ()
        return tuple(
            prompt_of(question, self.bodies, self.templates[kind], self.aim, shown, swapped, names)
            for swapped in _orders(question)
        )

    def _names(self, question: Placement) -> tuple[str, ...]:
        """Return what each group is called, "" where its texts are in no topic, or where
        another group is called the same."""
        found = group_labels(question, self.labels)
        times = Counter(found)
        return tuple(name if times[name] == 1 else "" for name in found)


def wording(workspace: Workspace, project_id: str, settings: JudgeSettings) -> Wording:
    """Return what the project's prompts are made of now."""
    reviews = workspace.store.reviews
    project = find_project(workspace, project_id)
    bodies = {text.id: text.body for text in load_corpus(workspace, project).texts}
    notes = {one.question: one.note for one in reviews.remarks(project_id) if one.note}
    mapped = project.head is not None
    return Wording(
        bodies=bodies,
        templates={kind: template(workspace, project_id, settings, kind) for kind in _KINDS},
        aim=Aim(settings.aim, settings.aspect),
        ranked=rank_demonstrations(reviews.judgments(project_id), bodies, notes),
        draws=settings.draws,
        labels=topic_labels(workspace, project_id, tuple(bodies)) if mapped else {},
    )


def ask(gate: Gate, words: Wording, liking: Liking, question: Question) -> Said:
    """Return what the model says to a question, an abstention where that is nothing.

    Raises what `Gate.reply` raises.
    """
    if not words.bodies.keys() >= set(question.texts):
        return _abstains("A text of this question is no longer in the project.")
    answers = []
    for prompt, swapped in zip(words.prompts(question), _orders(question), strict=True):
        asking = _Asking(gate, liking, prompt, question, swapped)
        try:
            answers.append(asking.answer(words.draws))
        except InvalidReply as invalid:
            return _abstains(f"Its reply could not be used, twice. {invalid.problem}")
        if answers[-1].verdict is Verdict.UNSURE:
            # The other order could only make it a flip: that call is saved.
            return _abstains("It cannot tell.", answers[-1].reason)
    return _together(answers)


@dataclass(frozen=True, slots=True)
class _Asking:
    """A question in one of its orders."""

    gate: Gate
    liking: Liking
    prompt: Prompt
    question: Question
    swapped: bool

    def answer(self, draws: int) -> Answer:
        if draws > 1:
            # As they were drawn: their shares are the confidence that was asked for.
            return by_samples([self._drawn(self.prompt, sample)[0] for sample in range(draws)])
        said, chances = self._drawn(self.prompt, 0)
        return self.liking.fair(said, chances, self.question, self.swapped)

    def _drawn(
        self, prompt: Prompt, sample: int, last: bool = False
    ) -> tuple[Answer, Mapping[str, float] | None]:
        try:
            reply = self.gate.reply(prompt, sample=sample)
            return read_reply(reply, prompt, self.question, self.swapped), reply.chances
        except InvalidReply as invalid:
            if last:
                raise
            return self._drawn(retry_of(prompt, invalid), sample, last=True)


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
