"""Prompts that have a sentence written to train by, and scored; what their replies say.

For models that give no logits: MultiCSR (Wang et al., NAACL 2024) with several samples and
the best of them by score in the place of contrastive decoding.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from core.domain.generated import HIGHEST_SCORE, SentenceKind
from core.domain.ids import content_id
from core.domain.llm import Prompt, Reply
from core.domain.prompts import Aim, InvalidReply
from core.steps.prompts.asking import object_schema
from core.steps.prompts.marking import GUARD, boundary, mark, plain
from core.steps.prompts.reading import readable
from core.steps.prompts.repair import objects_in

LONGEST_SENTENCE = 500

_BARE = 10  # characters of a reply that may be a score and nothing else

SCORES = tuple(str(score) for score in range(int(HIGHEST_SCORE) + 1))

_NEXT = "Ask again, or leave this text out."
_WRITES: Mapping[SentenceKind, str] = {
    "entailed": (
        "You see a text. Write one sentence of the same kind and in the same language that "
        "says the same in other words: whoever means the text means your sentence, too."
    ),
    "contradicting": (
        "You see a text. Write one sentence of the same kind and in the same language that "
        "is close in topic and words but means something else: whoever means the text does "
        "not mean your sentence."
    ),
}
_SCORES = (
    "You see two texts. Score how alike they are in meaning: 5 the same, 4 the same but for "
    "details, 3 much alike with something that matters missing, 2 one topic and not one "
    "meaning, 1 a topic that is near, 0 nothing in common. What matters is the {aspect}."
)
VERSION = content_id("generating", *_WRITES.values(), _SCORES)
"""Changes with the wording."""


class _Written(BaseModel):
    model_config = ConfigDict(extra="ignore")

    sentence: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Scored(BaseModel):
    model_config = ConfigDict(extra="ignore")

    choice: float


def writing_prompt(body: str, kind: SentenceKind, aim: Aim) -> Prompt:
    """Return the prompt that asks for a sentence to a text."""
    line = plain(body)
    code = boundary(VERSION, kind, line)
    spoken = f" What matters is the {plain(aim.aspect)}." if aim.aspect else ""
    return Prompt(
        system=f"{_WRITES[kind]}{spoken}\n\n{GUARD}",
        user=f"Code: {code}\n\nText: {mark(line, code)}\n\n"
        'Reply with one JSON object and nothing else: {"sentence": …}.',
        schema=object_schema({"sentence": {"type": "string"}}),
        choices=(),
        version=VERSION,
    )


def read_sentence(reply: Reply) -> str:
    """Return the sentence, on one line. Raises InvalidReply where there is none, or where
    it is longer than 500 characters."""
    for one in reversed(objects_in(readable(reply.body))):
        try:
            said = _Written.model_validate(one).sentence
        except ValidationError:  # an object beside the answer
            continue
        line = plain(said, len(said))
        if not line or len(line) > LONGEST_SENTENCE:
            raise InvalidReply(f"The sentence must have 1 to {LONGEST_SENTENCE} characters.", _NEXT)
        return line
    raise InvalidReply("It held no JSON object with a sentence.", _NEXT)


def scoring_prompt(body: str, sentence: str, aim: Aim) -> Prompt:
    """Return the prompt that asks how alike a text and a sentence are."""
    lines = plain(body), plain(sentence)
    code = boundary(VERSION, *lines)
    return Prompt(
        system=f"{_SCORES.format(aspect=plain(aim.aspect) or 'meaning')}\n\n{GUARD}",
        user=f"Code: {code}\n\nText 1: {mark(lines[0], code)}\nText 2: {mark(lines[1], code)}\n\n"
        'Reply with one JSON object and nothing else: {"choice": …}. "choice" is a score '
        'from "0" to "5".',
        schema=object_schema({"choice": {"type": "string", "enum": list(SCORES)}}),
        choices=SCORES,
        version=VERSION,
    )


def read_score(reply: Reply) -> float:
    """Return the score from 0 to 5: the expected one where the reply has the chances of
    all, else the one it names. Raises InvalidReply where it names none."""
    if reply.chances and set(reply.chances) >= set(SCORES):
        total = math.fsum(reply.chances[score] for score in SCORES)
        if total > 0:
            return math.fsum(float(score) * reply.chances[score] for score in SCORES) / total
    body = readable(reply.body)
    bare = [{"choice": body.strip(' \n."')}] if len(body) < _BARE else []
    for one in [*bare, *reversed(objects_in(body))]:
        try:
            found = _Scored.model_validate(one).choice
        except ValidationError:  # an object beside the answer
            continue
        if 0.0 <= found <= HIGHEST_SCORE:
            return found
    raise InvalidReply('It held no JSON object with a "choice" from 0 to 5.', _NEXT)
