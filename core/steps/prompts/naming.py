"""Prompts about finished groups, names, definitions, parents, and what their replies say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, StringConstraints, ValidationError

from core.domain.errors import InputError
from core.domain.llm import Prompt, Reply
from core.domain.prompts import Aim, Definition, InvalidReply, Naming, Parent, PromptKind, Template
from core.steps.prompts.asking import assembled, object_schema
from core.steps.prompts.evidence import quoted
from core.steps.prompts.marking import boundary, listed, mark, plain, share_of
from core.steps.prompts.reading import readable
from core.steps.prompts.repair import objects_in

LONGEST_LABEL = 60
LONGEST_SENTENCE = 400
MOST_QUOTES = 3

_COMPARED = 4  # texts that names are compared with
_LONGEST_WORDS = 200  # characters of the keywords, and of a name that is shown
_NEXT = "Ask again, or write it yourself."
_ONLY = "Reply with one JSON object and nothing else: "

_Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


_Model = TypeVar("_Model", bound=BaseModel)


_TEXT = {"type": "string"}
_MEANING = {
    "definition": {**_TEXT, "description": "One or two sentences."},
    "belongs": {**_TEXT, "description": "What belongs in the group."},
    "excluded": {**_TEXT, "description": "What is near to it and does not belong."},
    "quotes": {"type": "array", "items": _TEXT, "maxItems": 3},
}
_MEANING_WANTED = (
    '"definition": …, "belongs": …, "excluded": …, "quotes": […]}. "definition" is one or two '
    'sentences, "belongs" and "excluded" one short sentence each, and "quotes" one to three '
    "passages copied from the texts, character for character."
)


class _Defined(BaseModel):
    definition: _Label
    belongs: str = ""
    excluded: str = ""
    quotes: list[str] = []


class _Named(_Defined):
    label: _Label


class _Group(BaseModel):
    label: _Label
    definition: str = ""
    members: list[int] = Field(min_length=1)


class _Grouped(BaseModel):
    parents: list[_Group] = Field(min_length=1)


def naming_prompt(
    texts: Sequence[str],
    template: Template,
    aim: Aim,
    *,
    keywords: Sequence[str] = (),
    others: Sequence[str] = (),
    phrases: Sequence[str] = (),
) -> Prompt:
    """Return the prompt that asks for a group's label and what it means.

    `texts` are bodies that show the group, the most telling first; `keywords` its telling
    words; `others` the labels of its neighbours, which it may not take; `phrases` names
    for a model that can choose one and not write one. Raises InputError where the
    template is of another kind or there is no text.
    """
    prompt = _about(
        "naming",
        template,
        aim,
        texts,
        {"keywords": _words(keywords)},
        others,
        {"label": {**_TEXT, "description": "Two to five words."}, **_MEANING},
        f'{_ONLY}{{"label": …, {_MEANING_WANTED}',
    )
    taken = {other.strip().casefold() for other in others}
    offered = (plain(phrase, LONGEST_LABEL) for phrase in phrases if len(phrase) <= LONGEST_LABEL)
    free = {phrase: phrase for phrase in offered if phrase and phrase.casefold() not in taken}
    if not free:
        return prompt
    query = "\n".join(plain(text, share_of(len(texts))) for text in texts[:_COMPARED])
    return replace(prompt, query=query, candidates=free)


def read_naming(reply: Reply, texts: Sequence[str], others: Sequence[str] = ()) -> Naming:
    """Return the label and what it means, see `read_definition`. Raises InvalidReply where
    one of them is missing, or where the label is longer than 60 characters or one of
    `others`."""
    found = _parsed(reply, _Named, "label and a definition")
    label = _label(found.label)
    if not label or len(label) > LONGEST_LABEL:
        raise InvalidReply(
            f"The label must have 1 to {LONGEST_LABEL} characters that can be read.", _NEXT
        )
    if label.casefold() in {other.strip().casefold() for other in others}:
        raise InvalidReply("Another group has this label already.", _NEXT)
    return Naming(label, _defined(found, texts))


def definition_prompt(
    label: str, texts: Sequence[str], template: Template, aim: Aim, *, others: Sequence[str] = ()
) -> Prompt:
    """Return the prompt that asks what a group means, with quotes; see `naming_prompt`."""
    return _about(
        "definition",
        template,
        aim,
        texts,
        {"label": plain(label, _LONGEST_WORDS)},
        others,
        _MEANING,
        f"{_ONLY}{{{_MEANING_WANTED}",
    )


def read_definition(reply: Reply, texts: Sequence[str]) -> Definition:
    """Return the definition. Its quotes are passages of `texts` as they stand there; what
    stands in none of them, as the prompt showed them, is left out: only evidence counts.
    Raises InvalidReply where there is no definition."""
    return _defined(_parsed(reply, _Defined, "definition"), texts)


def hierarchy_prompt(topics: Sequence[str], template: Template, aim: Aim) -> Prompt:
    """Return the prompt that asks for broader topics over the labels `topics`."""
    _check(template, "hierarchy", topics)
    lines = [plain(topic, _LONGEST_WORDS) for topic in topics]
    code = boundary(template.version, *lines)
    numbered = [f"{number}. {mark(line, code)}" for number, line in enumerate(lines, start=1)]
    member = {"type": "array", "items": {"type": "integer"}, "minItems": 1}
    parent = object_schema({"label": _TEXT, "definition": _TEXT, "members": member})
    return assembled(
        template,
        aim,
        {"topics": "\n".join(numbered)},
        code,
        object_schema({"parents": {"type": "array", "items": parent}}),
        f'{_ONLY}{{"parents": [{{"label": …, "definition": …, "members": [numbers]}}, …]}}. '
        '"definition" is one sentence.',
    )


def read_hierarchy(reply: Reply, topics: int) -> tuple[Parent, ...]:
    """Return the broader topics over `topics` labels. Raises InvalidReply where a number
    is missing, stands twice or names no topic, or where a label is missing, too long or
    that of two parents."""
    found = _parsed(reply, _Grouped, "list of parents")
    members = sorted(member for parent in found.parents for member in parent.members)
    if members != list(range(1, topics + 1)):
        raise InvalidReply(
            f"Each number from 1 to {topics:,} must stand in exactly one parent.", _NEXT
        )
    labels = [_label(parent.label) for parent in found.parents]
    if not all(0 < len(label) <= LONGEST_LABEL for label in labels):
        raise InvalidReply(f"Each label must have 1 to {LONGEST_LABEL} characters.", _NEXT)
    if len({label.casefold() for label in labels}) < len(labels):
        raise InvalidReply("Two parents have the same label.", _NEXT)
    return tuple(
        Parent(
            label,
            tuple(sorted(member - 1 for member in parent.members)),
            plain(parent.definition, LONGEST_SENTENCE),
        )
        for label, parent in zip(labels, found.parents, strict=True)
    )


def _label(said: str) -> str:
    """Return a label without the quotation marks and the emphasis that models add."""
    return plain(said, len(said)).strip(" \"'.*_#`")


def _defined(found: _Defined, texts: Sequence[str]) -> Definition:
    sentence = plain(found.definition, LONGEST_SENTENCE)
    if not sentence:
        raise InvalidReply("The definition holds nothing that can be read.", _NEXT)
    belongs, excluded = (plain(part, LONGEST_SENTENCE) for part in (found.belongs, found.excluded))
    return Definition(sentence, belongs, excluded, quoted(found.quotes, texts)[:MOST_QUOTES])


def _about(
    kind: PromptKind,
    template: Template,
    aim: Aim,
    texts: Sequence[str],
    marked: Mapping[str, str],
    others: Sequence[str],
    properties: Mapping[str, Any],
    wanted: str,
) -> Prompt:
    _check(template, kind, texts)
    lines = [plain(text, share_of(len(texts))) for text in texts]
    taken = [plain(other, _LONGEST_WORDS) for other in others]
    code = boundary(template.version, *lines, *marked.values(), *taken)
    fields = {name: mark(value, code) if value else "none" for name, value in marked.items()}
    fields |= {"texts": listed(lines, code), "others": listed(taken, code) or "none"}
    return assembled(template, aim, fields, code, object_schema(properties), wanted)


def _words(keywords: Sequence[str]) -> str:
    return plain(", ".join(keywords), _LONGEST_WORDS)


def _check(template: Template, kind: PromptKind, shown: Sequence[str]) -> None:
    if template.kind != kind:
        raise InputError(
            f"A template for a {template.kind} cannot ask for a {kind}.",
            f"Use a template for a {kind}.",
        )
    if not shown:
        raise InputError("There is nothing to show to the model.", "Choose a group with texts.")


def _parsed(reply: Reply, model: type[_Model], wanted: str) -> _Model:
    """Return the last object of the reply that is one of `model`."""
    for one in reversed(objects_in(readable(reply.body))):
        try:
            return model.model_validate(one)
        except ValidationError:  # an object beside the answer
            continue
    raise InvalidReply(f"It held no JSON object with a {wanted}.", _NEXT)
