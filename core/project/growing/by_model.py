"""A tree by a language model: it reviews the topics and groups them under broader ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from threading import Event

from core.domain.errors import InputError
from core.domain.judging import JudgeSettings
from core.domain.llm import Prompt, Usage
from core.domain.ports import Progress
from core.domain.prompts import Aim
from core.domain.taxonomy import NewParent, Topic
from core.project.growing.by_linkage import Grown
from core.project.growing.ground import Ground
from core.project.judging.costs import Estimate, reckoned, tokens
from core.project.judging.gate import open_gate
from core.project.judging.plan import budget_of, open_judge, settings_of
from core.project.judging.secrecy import hide_in_logs
from core.project.judging.wordings import template
from core.project.naming.asking import twice
from core.project.workspace import Workspace
from core.steps.prompts import hierarchy_prompt, read_hierarchy

MOST_TOPICS = 300
"""Topics that one prompt can hold and a model can keep apart."""

_LONGEST = 160  # characters of what is said about a topic
_TOKENS_A_TOPIC = 16  # of a reply: its number, and its part of a parent's name and meaning
_SECONDS = 180.0  # that so long a reply may take
_TOKENS_A_SECOND = 30.0  # of a reply: only to foretell how long it takes


def asked(workspace: Workspace, project_id: str, ground: Ground, progress: Progress) -> Grown:
    """Return the parents that the model groups the leaves under, each leaf exactly once.

    Asked again, once, with the reason where its reply leaves one out, names one twice or
    makes one up. Raises InputError where the topics are too many for one prompt,
    InvalidReply where no usable reply came, and what the gate raises.
    """
    if len(ground.topics) > MOST_TOPICS:
        raise InputError(
            f"{len(ground.topics):,} topics are too many for one question to a model.",
            f"Grow the tree without the LLM, or merge topics until there are {MOST_TOPICS}.",
        )
    settings = _roomy(settings_of(workspace, project_id), len(ground.topics))
    key = workspace.settings.llm_key
    hide_in_logs(key)
    progress.report(0.1, "Opening the model")
    model = open_judge(workspace, project_id, settings, key)
    stop = Event()
    with open_gate(workspace, project_id, model, settings, key=key, stop=stop) as gate:
        prompt, count = _prompt(workspace, project_id, settings, ground.topics), len(ground.topics)
        progress.report(0.3, f"Asking {gate.name} to group {count:,} topics")
        found = twice(gate, prompt, lambda reply: read_hierarchy(reply, count))
        parents, alone = [], []
        for parent in found:
            members = tuple(ground.topics[place].id for place in parent.members)
            if len(members) == 1:
                alone.append(members[0])
                continue
            size = ground.size(members)
            parents.append(
                NewParent(
                    parent.label, members, size, description=parent.definition, model=gate.name
                )
            )
        return tuple(parents), tuple(alone)


def expected(workspace: Workspace, project_id: str, topics: Sequence[Topic]) -> Estimate:
    """Return what grouping these topics with the language model is expected to take.

    Raises InputError where no LLM is set up.
    """
    settings, budget = settings_of(workspace, project_id), budget_of(workspace, project_id)
    prompt, reply = _prompt(workspace, project_id, settings, topics), _TOKENS_A_TOPIC * len(topics)
    each = Usage(tokens(prompt), reply)
    return reckoned(settings, budget, 1, 1, each, reply / _TOKENS_A_SECOND)


def _prompt(
    workspace: Workspace, project_id: str, settings: JudgeSettings, topics: Sequence[Topic]
) -> Prompt:
    wording = template(workspace, project_id, settings, "hierarchy")
    shown = [_line(topic) for topic in topics]
    return hierarchy_prompt(shown, wording, Aim(settings.aim, settings.aspect))


def _roomy(settings: JudgeSettings, topics: int) -> JudgeSettings:
    """Return settings that let a reply name so many topics: longer than an answer's."""
    tokens = settings.reply_tokens + _TOKENS_A_TOPIC * topics
    return replace(settings, reply_tokens=tokens, timeout=max(settings.timeout, _SECONDS))


def _line(topic: Topic) -> str:
    """Return what the model reads about a topic: its label and, where there is one, its
    description, else its keywords."""
    about = topic.description or ", ".join(topic.keywords)
    return f"{topic.label}: {about[:_LONGEST]}" if about else topic.label
