"""The wording of a prompt: its fields, what a person may change of it, how it is filled."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from core.domain.errors import InputError
from core.domain.prompts import Aim, PromptKind, Template
from core.steps.prompts.marking import plain

LONGEST_PART = 6_000
LONGEST_NAME = 80
"""Characters of either part of a template, and of its name."""

RULES = frozenset({"aim", "aspect"})
"""Fields that both parts of every template may have, as often as they like."""

NO_AIM = "find the groups that these texts fall into by themselves"
"""What stands for the aim where a person gave none."""

_FIELD = re.compile(r"\{\s*(\w+)\s*\}")


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a kind's texts. They stand in the user part, each once;
    those of `required` must."""

    required: frozenset[str]
    optional: frozenset[str] = frozenset()


FIELDS: Mapping[PromptKind, Fields] = {
    "triplet": Fields(frozenset({"query", "choice_1", "choice_2"})),
    "pair": Fields(frozenset({"text_1", "text_2"}), frozenset({"demonstrations"})),
    "placement": Fields(frozenset({"query", "groups"}), frozenset({"bunch"})),
    "contradiction": Fields(frozenset({"text_a", "text_b", "text_c"})),
    "naming": Fields(frozenset({"texts"}), frozenset({"keywords", "others"})),
    "hierarchy": Fields(frozenset({"topics"})),
    "definition": Fields(frozenset({"label", "texts"}), frozenset({"others"})),
}


def template_of(
    kind: PromptKind, name: str, system: str, user: str, *, forced: bool = False
) -> Template:
    """Return a template in a person's own words, `forced` as the one it was made from.

    Raises InputError where the kind is unknown, a part or the name is empty or too
    long, a field is unknown, missing, repeated or among the rules, or a character
    cannot be printed. Braces around anything but a word are plain text.
    """
    if kind not in get_args(PromptKind):
        raise InputError(
            "There is no such kind of prompt.",
            f"Choose one of: {', '.join(get_args(PromptKind))}.",
        )
    _check_length("name", name, LONGEST_NAME)
    _check_length("rules", system, LONGEST_PART)
    _check_length("question", user, LONGEST_PART)
    _check_fields(kind, system, user)
    return Template(kind, name.strip(), system.strip(), user.strip(), forced)


def rules_of(template: Template, aim: Aim) -> str:
    """Return the system part. It holds nothing but the wording and the aim."""
    return filled(template.system, _spoken(aim))


def question_of(template: Template, aim: Aim, texts: Mapping[str, str]) -> str:
    """Return the user part with the fields of the texts filled in."""
    return filled(template.user, {**_spoken(aim), **texts})


def filled(part: str, values: Mapping[str, str]) -> str:
    """Return `part` with its fields filled, all at once: a field's name within a
    value stays a word. Lines that are left empty go."""
    done = _FIELD.sub(lambda field: values.get(field[1], field[0]), part)
    return re.sub(r"\n{3,}", "\n\n", done).strip()


def _spoken(aim: Aim) -> dict[str, str]:
    goal, aspect = plain(aim.goal).rstrip("."), plain(aim.aspect).rstrip(".")
    return {"aim": goal or NO_AIM, "aspect": aspect or "topic"}


def _check_length(name: str, part: str, most: int) -> None:
    if not part.strip():
        raise InputError(f"The {name} of the prompt is empty.", "Write it, or take the preset's.")
    if len(part) > most:
        raise InputError(
            f"The {name} of the prompt has {len(part):,} characters.",
            f"Shorten it to {most:,} or fewer.",
        )
    if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\r\t" for char in part):
        raise InputError(
            f"The {name} of the prompt holds a character that cannot be printed.",
            "Type it again instead of pasting it.",
        )


def _check_fields(kind: PromptKind, system: str, user: str) -> None:
    fields = FIELDS[kind]
    own = fields.required | fields.optional
    in_rules, in_question = _FIELD.findall(system), _FIELD.findall(user)
    if kept := sorted(own & set(in_rules)):
        raise InputError(
            f"{_braced(kept)} would put other people's texts among the rules.",
            "Use these fields in the question only.",
        )
    if unknown := sorted({*in_rules, *in_question} - own - RULES):
        raise InputError(
            f"There is no field {_braced(unknown)} in this prompt.",
            f"Use {_braced(sorted(own | RULES))}, or take the braces away.",
        )
    if missing := sorted(fields.required - set(in_question)):
        raise InputError(
            f"The question lacks {_braced(missing)}.",
            "Put each where its text is to stand.",
        )
    if twice := sorted(field for field in own if in_question.count(field) > 1):
        raise InputError(
            f"The question has {_braced(twice)} more than once.", "Leave each only once."
        )


def _braced(names: list[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
