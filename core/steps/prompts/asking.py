"""A question as a prompt: the rules, the texts set apart, the reply that is asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.domain.errors import InputError
from core.domain.llm import Prompt
from core.domain.prompts import Aim, Demonstration, InvalidReply, Template
from core.domain.questions import Contradiction, Pair, Placement, Question, Triplet
from core.steps.prompts.marking import GUARD, boundary, listed, mark, plain, share_of
from core.steps.prompts.options import groups_shown, labels, sides_shown
from core.steps.prompts.templates import question_of, rules_of

BUNCH_SHOWN = 2
"""Near-identical texts shown beside the one that is placed."""

_LONGEST_EXAMPLE = 300  # characters of a demonstration's text or reason
_LONGEST_NAME = 80  # characters of a group's name

CONTENT_FREE = ("N/A", "[MASK]", "(no text)")
"""What stands for every text where a model's liking for a label is measured: Zhao et
al., Calibrate Before Use, ICML 2021, section 5, with words for their empty string."""


def prompt_of(
    question: Question,
    bodies: Mapping[str, str],
    template: Template,
    aim: Aim,
    demonstrations: Sequence[Demonstration] = (),
    swapped: bool = False,
    names: Sequence[str] = (),
) -> Prompt:
    """Return the prompt of a question, the same every time.

    `bodies` holds the question's texts by id; `names` the names of a placement's
    candidates in the question's own order ("" where one has none), or nothing.
    `swapped` shows the options the other way round, see `options`. No text reaches
    `system`; in `user` each stands on one line between its marks, see `marking`.
    Raises InputError where the template is for another kind or a text is missing.
    """
    if template.kind != (kind := type(question).__name__.lower()):
        raise InputError(
            f"A template for a {template.kind} cannot ask a {kind}.",
            f"Use a template for a {kind}.",
        )
    if missing := [text for text in question.texts if text not in bodies]:
        raise InputError(
            f"{len(missing)} of the question's texts are not there.",
            "Leave the question out, or bring its texts back.",
        )
    longest = share_of(len(question.texts))
    lines = {text: plain(bodies[text], longest) for text in question.texts}
    shown = [_cut(one) for one in demonstrations]
    named = [plain(name, _LONGEST_NAME) for name in names]
    code = boundary(
        template.version,
        *lines.values(),
        *named,
        *(part for one in shown for part in (one.left, one.right, one.reason)),
    )
    offered = labels(question, forced=template.forced)
    fields = _fields(question, lines, code, swapped, named)
    if isinstance(question, Pair):
        fields["demonstrations"] = _told(shown, code)
    prompt = assembled(
        template, aim, fields, code, reply_schema(offered), reply_wanted(offered), offered
    )
    query, candidates = _bare(question, lines, swapped)
    return replace(prompt, query=query, candidates=candidates)


def assembled(
    template: Template,
    aim: Aim,
    fields: Mapping[str, str],
    code: str,
    schema: Mapping[str, Any],
    wanted: str,
    choices: tuple[str, ...] = (),
) -> Prompt:
    """Return the prompt of filled fields: what holds for every one of them comes from
    here, whatever a person made of the wording. `wanted` says what to reply; it comes
    last, so that no text has the last word."""
    return Prompt(
        system=f"{rules_of(template, aim)}\n\n{GUARD}",
        user=f"Code: {code}\n\n{question_of(template, aim, fields)}\n\n{wanted}",
        schema=schema,
        choices=choices,
        version=template.version,
    )


def retry_of(prompt: Prompt, problem: InvalidReply) -> Prompt:
    """Return the prompt asked once more, with what was wrong with the first reply."""
    return replace(
        prompt,
        user=f"{prompt.user}\n\nAn earlier reply could not be used. {problem.problem} "
        "Reply again, with the JSON object alone.",
    )


def content_free(question: Question) -> tuple[dict[str, str], ...]:
    """Return `bodies` under which a question says nothing: what a model answers then
    is what it likes to answer, see `CONTENT_FREE`."""
    return tuple(dict.fromkeys(question.texts, filler) for filler in CONTENT_FREE)


def reply_wanted(offered: Sequence[str]) -> str:
    """Return the sentence that asks for a reply with one of the labels."""
    quoted = ", ".join(json.dumps(label) for label in offered)
    return (
        'Reply with one JSON object and nothing else: {"choice": …, "confidence": …, '
        f'"reason": …}}. "choice" is one of {quoted}; "confidence" is how sure you are, from '
        '0 to 1; "reason" is one short sentence.'
    )


def object_schema(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of a reply that is an object of just these properties."""
    return {
        "title": "reply",
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def reply_schema(offered: Sequence[str]) -> dict[str, Any]:
    """Return the JSON Schema of a reply. The choice comes first, so that the chances
    of the labels can be read where it begins."""
    return object_schema(
        {
            "choice": {"type": "string", "enum": list(offered)},
            "confidence": {"type": "number", "minimum": 0, "maximum": 1},
            "reason": {"type": "string", "description": "One short sentence."},
        }
    )


def _fields(
    question: Question,
    lines: Mapping[str, str],
    code: str,
    swapped: bool,
    names: Sequence[str],
) -> dict[str, str]:
    marked = {text: mark(line, code) for text, line in lines.items()}
    if isinstance(question, Placement):
        bunch = [lines[text] for text in question.bunch[:BUNCH_SHOWN]]
        return {
            "query": marked[question.text],
            "bunch": f"With it go nearly the same texts:\n{listed(bunch, code)}" if bunch else "",
            "groups": _groups(question, lines, code, swapped, names),
        }
    sides = [marked[text] for text in sides_shown(question, swapped)]
    if isinstance(question, Triplet):
        return {"query": marked[question.anchor], "choice_1": sides[0], "choice_2": sides[1]}
    if isinstance(question, Contradiction):
        return dict(zip(("text_a", "text_b", "text_c"), sides, strict=True))
    return {"text_1": sides[0], "text_2": sides[1]}


def _bare(
    question: Question, lines: Mapping[str, str], swapped: bool
) -> tuple[str | None, dict[str, str] | None]:
    """Return the query and the candidates of a question, see `Prompt`; None for a
    contradiction, which compares no text with others."""
    if isinstance(question, Placement):
        groups = [question.candidates[place] for place in groups_shown(question, swapped)]
        bare = {
            str(number): "\n".join(lines[text] for text in group)
            for number, group in enumerate(groups, start=1)
        }
        return lines[question.text], {**bare, "new": ""}
    if isinstance(question, Contradiction):
        return None, None
    sides = [lines[text] for text in sides_shown(question, swapped)]
    if isinstance(question, Triplet):
        return lines[question.anchor], {"1": sides[0], "2": sides[1]}
    return sides[0], {"yes": sides[1], "no": ""}


def _groups(
    question: Placement,
    lines: Mapping[str, str],
    code: str,
    swapped: bool,
    names: Sequence[str],
) -> str:
    def group(number: int, place: int) -> str:
        name = names[place] if place < len(names) else ""
        named = f", called {mark(name, code)}" if name else ""
        members = listed([lines[text] for text in question.candidates[place]], code)
        return f"Group {number}{named}:\n{members}"

    order = groups_shown(question, swapped)
    return "\n".join(group(number, place) for number, place in enumerate(order, start=1))


def _cut(shown: Demonstration) -> Demonstration:
    left, right, reason = (
        plain(part, _LONGEST_EXAMPLE) for part in (shown.left, shown.right, shown.reason)
    )
    return Demonstration(left, right, shown.same, reason)


def _told(demonstrations: Sequence[Demonstration], code: str) -> str:
    """Return answered pairs in the form of the question and of the reply."""
    told = [
        f"Example {number}\nText 1: {mark(one.left, code)}\nText 2: {mark(one.right, code)}\n"
        f"Answer: {_answered(one)}"
        for number, one in enumerate(demonstrations, start=1)
    ]
    return "\n\n".join([*told, "Now the question"]) if told else ""


def _answered(shown: Demonstration) -> str:
    said = {"choice": "yes" if shown.same else "no", "confidence": 1.0, "reason": shown.reason}
    return json.dumps(said, ensure_ascii=False)
