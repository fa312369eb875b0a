"""From the log-probabilities of a reply's tokens to the chances of its choices."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

_CHOICE = re.compile(r'"choice"\s*:\s*"?')
_LEAST_MASS = 0.01
"""With less than this on all choices together, their proportions are noise: the model
was held to the choices by a grammar and would have said something else."""
_MOST_UNCLEAR = 0.05


def chances(tokens: Sequence[Mapping[str, Any]], choices: Sequence[str]) -> dict[str, float] | None:
    """Return a probability for each of `choices`, summing to 1; None where it cannot be told.

    `tokens` are a chat completion's `logprobs.content` (OpenAI API reference): for each
    token its text and, in `top_logprobs`, the likeliest tokens in its place with their
    natural logarithms. Read is the one place where the value of `choice` begins, or
    where the reply begins if it is no JSON. A choice that is not among the likeliest
    has at most the chance of the least of them, and gets that or what is left over.
    """
    place = _place(tokens, choices)
    if place is None:
        return None
    before, shown = place
    found = dict.fromkeys(choices, 0.0)
    least, listed, unclear = 1.0, 0.0, 0.0
    for alternative in shown:
        chance = math.exp(min(float(alternative["logprob"]), 0.0))
        least, listed = min(least, chance), listed + chance
        named = _named(str(alternative["token"]), before, choices)
        if len(named) > 1:  # they part only at a later token
            unclear += chance
        elif named:
            found[named[0]] += chance
    if (clear := sum(found.values())) < _LEAST_MASS or unclear > _MOST_UNCLEAR * clear:
        return None
    rest = min(least, max(0.0, 1.0 - listed))
    weights = {label: chance or rest for label, chance in found.items()}
    total = sum(weights.values())
    return {label: weight / total for label, weight in weights.items()}


def _place(
    tokens: Sequence[Mapping[str, Any]], choices: Sequence[str]
) -> tuple[str, Sequence[Mapping[str, Any]]] | None:
    """Return what the deciding token holds before the choice, and its alternatives."""
    # Joined from the tokens: a server may strip a code fence off the reply's text.
    text = "".join(str(token["token"]) for token in tokens)
    value = _CHOICE.search(text)
    begins = value.end() if value else len(text) - len(text.lstrip())
    if value is None and not text.lstrip().startswith(tuple(choices)):
        return None
    start = 0
    for token in tokens:
        end = start + len(str(token["token"]))
        if start <= begins < end:
            return str(token["token"])[: begins - start], token.get("top_logprobs") or ()
        start = end
    return None


def _named(token: str, before: str, choices: Sequence[str]) -> list[str]:
    """Return the choices that a reply going on with `token` can still mean."""
    if before.strip():
        if not token.startswith(before):
            return []
        value = token[len(before) :]
    else:
        value = token.lstrip()
    if not value:
        return []
    whole = [label for label in choices if value.startswith(label)]
    if whole:  # "10" begins with "1", and means "10"
        return [max(whole, key=len)]
    return [label for label in choices if label.startswith(value)]
