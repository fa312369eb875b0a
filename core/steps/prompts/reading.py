"""What a model's reply says to a question: one of its own answers, or nothing."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from core.domain.llm import Prompt, Reply
from core.domain.prompts import Answer, InvalidReply
from core.domain.questions import Question
from core.steps.prompts.marking import plain
from core.steps.prompts.options import label_of, options
from core.steps.prompts.repair import LONGEST_REPLY, objects_in

LONGEST_REASON = 300

_THINKING = re.compile(r"\s*<(think|thinking|reasoning)>.*?</\1>", re.DOTALL | re.IGNORECASE)
# A label alone, perhaps as "Choice 1.", "**2**" or "Answer: both": no prose around it.
_ALONE = re.compile(
    r"[\s*_`\"'(\[]*(?:(?:the\s+)?answer\s*(?:is|:)\s*)?"
    r"(?:choice|option|group)?\s*[\"'(\[]*(?P<label>[\w ]{1,12}?)[\s*_`\"')\].:]*",
    re.IGNORECASE,
)
_NEXT = "Ask again, or answer this question yourself."


def _as_label(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _as_confidence(value: Any) -> float | None:
    """Read 0.8, "0.8", 80 and "80%"; a model that says it otherwise has said nothing."""
    if isinstance(value, str):
        value = value.strip().removesuffix("%")
    try:
        found = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None
    found = found / 100 if 1.0 < found <= 100.0 else found
    return found if 0.0 <= found <= 1.0 else None


def _as_reason(value: Any) -> str:
    return plain(value, LONGEST_REASON) if isinstance(value, str) else ""


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    choice: Annotated[str, BeforeValidator(_as_label)]
    confidence: Annotated[float | None, BeforeValidator(_as_confidence)] = None
    reason: Annotated[str, BeforeValidator(_as_reason)] = ""


def read_reply(reply: Reply, prompt: Prompt, question: Question, swapped: bool = False) -> Answer:
    """Return what `reply` says to `question`, asked by `prompt` in this order.

    The confidence is the chance of the choice where the reply has chances, else what
    the model said of itself, None where it said nothing. Raises InvalidReply, whose
    problem may be sent back, where the reply is empty, too long, no JSON, prose or a
    refusal, names several options, or one that this question does not have.
    """
    body = readable(reply.body)
    found = _found(body)
    named = {_known(one.choice, prompt.choices) for one in found}
    if not found:
        raise InvalidReply(f"It held no JSON object with a choice. {_one_of(prompt)}", _NEXT)
    if None in named:
        raise InvalidReply(f"It chose what is not offered. {_one_of(prompt)}", _NEXT)
    if len(named) > 1:
        raise InvalidReply(f"It chose several options. {_one_of(prompt)}", _NEXT)
    label = next(label for label in prompt.choices if label in named)
    said, chance = found[-1], (reply.chances or {}).get(label)
    verdict = options(question, swapped)[label]
    return Answer(verdict, said.confidence if chance is None else chance, said.reason)


def read_chances(
    chances: Mapping[str, float], question: Question, swapped: bool = False, reason: str = ""
) -> Answer:
    """Return the likeliest answer by the chances of the labels, the first of equals in
    the prompt's order. Raises InvalidReply where no label of the question has a chance."""
    offered = options(question, swapped)
    known = {label: chances[label] for label in offered if chances.get(label, 0.0) > 0.0}
    if not known:
        raise InvalidReply("It gave no chance to any of the options.", _NEXT)
    best = max(known, key=lambda label: known[label])
    return Answer(offered[best], known[best] / math.fsum(known.values()), reason)


def write_reply(answer: Answer, question: Question, swapped: bool = False) -> str:
    """Return the reply that a model gives to say `answer`: what `read_reply` reads."""
    said: dict[str, Any] = {"choice": label_of(answer.verdict, question, swapped)}
    if answer.confidence is not None:
        said["confidence"] = answer.confidence
    return json.dumps({**said, "reason": answer.reason}, ensure_ascii=False)


def readable(body: str) -> str:
    """Return a reply without what a model thought aloud first. Raises InvalidReply
    where it is empty or too long to be an answer."""
    # Before anything else: a reply of ten megabytes must not be searched.
    if len(body) > LONGEST_REPLY:
        raise InvalidReply(
            f"It was longer than {LONGEST_REPLY:,} characters.",
            "Choose a model that keeps to the form, or shorten the longest reply in Settings.",
        )
    found = _THINKING.match(body)
    said = body[found.end() :] if found else body
    if not said.strip():
        raise InvalidReply("It was empty.", _NEXT)
    return said


def _found(body: str) -> list[_Reply]:
    found = []
    for one in objects_in(body):
        try:
            found.append(_Reply.model_validate(one))
        except ValidationError:  # an object beside the answer, or one without a choice
            continue
    alone = _ALONE.fullmatch(body) if not found and len(body) < 60 else None
    return [_Reply(choice=alone["label"])] if alone else found


def _known(choice: str, choices: Sequence[str]) -> str | None:
    wanted = choice.strip().rstrip(".").casefold()
    for word in ("choice", "option", "group"):
        wanted = wanted.removeprefix(word).strip()
    return next((label for label in choices if label.casefold() == wanted), None)


def _one_of(prompt: Prompt) -> str:
    return f"Choose one of {', '.join(json.dumps(label) for label in prompt.choices)}."
