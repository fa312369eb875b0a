"""What can go wrong with a provider, as errors that a person and a batch can act on.

No sentence here repeats what a provider said: it may quote the key or the texts.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Literal

from core.domain.llm import ProviderError, Usage

Ask = Literal["logprobs", "schema", "temperature"]
"""Something that a request may ask for and not every model has."""

ASKS: tuple[Ask, ...] = ("logprobs", "schema", "temperature")
"""In the order in which they are done without."""

_NAMES: Mapping[Ask, re.Pattern[bytes]] = {
    "logprobs": re.compile(rb"logprob", re.IGNORECASE),
    "schema": re.compile(rb"response_format|json_schema|grammar|tool|structured", re.IGNORECASE),
    "temperature": re.compile(rb"temperature", re.IGNORECASE),
}
_TOO_LONG = re.compile(rb"context|too long|too large|maximum.{0,20}(length|token)", re.IGNORECASE)
_NO_MONEY = re.compile(rb"insufficient_quota|billing|credit", re.IGNORECASE)


class RequestRefusedError(ProviderError):
    """The model does not take the request as it was made. `about`: which of the things
    asked for the refusal names."""

    def __init__(self, about: frozenset[Ask], problem: str, next_move: str) -> None:
        super().__init__(problem, next_move)
        self.about = about


def of_status(status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
    """Return the error of an HTTP status of 300 or more. `body` is only searched."""
    about = frozenset(ask for ask, named in _NAMES.items() if named.search(body))
    if status in (400, 422) or (status == 403 and "logprobs" in about):
        if _TOO_LONG.search(body) and not about:
            return too_long()
        return RequestRefusedError(
            about,
            f"The model does not take this request (HTTP {status}).",
            "Check the model's name in Settings, or choose another model.",
        )
    if status in (401, 403):
        return ProviderError(
            f"The provider does not accept the key (HTTP {status}).",
            "Give a valid key in Settings, then go on.",
        )
    if status == 402 or (status == 429 and _NO_MONEY.search(body)):
        return ProviderError(
            f"The account at the provider has no credit left (HTTP {status}).",
            "Top it up there, or choose another model in Settings.",
        )
    if status == 413:
        return too_long()
    if status == 429:
        return ProviderError(
            "The provider asks for fewer calls (HTTP 429).",
            "Wait a little, or lower the number of calls at once in Settings.",
            retryable=True,
            retry_after=retry_after(headers),
        )
    if status in (408, 409, 425) or status >= 500:
        return ProviderError(
            f"The provider has a fault of its own (HTTP {status}).",
            "Try again in a few minutes.",
            retryable=True,
            retry_after=retry_after(headers),
        )
    if status < 400:
        return ProviderError(
            f"The address of the model has moved (HTTP {status}).",
            "Give the new one in Settings; texts are not sent on by themselves.",
        )
    return ProviderError(
        f"The provider knows no such model or address (HTTP {status}).",
        "Check the model's name and the address in Settings; it often ends in /v1.",
    )


def retry_after(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Return the seconds that a provider asks to wait, None where it says nothing usable.

    `headers` by lower-case name. Read are Retry-After in seconds or as an HTTP date
    (RFC 9110, section 10.2.3) and OpenAI's retry-after-ms. A date is compared with the
    provider's own Date where it sent one, so that a wrong clock here does not matter;
    otherwise with `now`, in seconds since 1970.
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) * unit
        except (KeyError, ValueError):
            continue
        return max(seconds, 0.0) if math.isfinite(seconds) else None
    until = _seconds_of(headers.get("retry-after"))
    if until is None:
        return None
    there = _seconds_of(headers.get("date"))
    here = time.time() if now is None else now
    return max(until - (here if there is None else there), 0.0)


def _seconds_of(date: str | None) -> float | None:
    try:
        return None if date is None else parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return None


def timed_out(*, sent: bool) -> ProviderError:
    """`sent`: the request may have been read before, see `ProviderError.uncertain`."""
    return ProviderError(
        "The model did not answer in time.",
        "Try again, or raise the time limit in Settings.",
        retryable=True,
        uncertain=sent,
    )


def unreachable(*, sent: bool) -> ProviderError:
    """No connection, or one that broke; `sent` as for `timed_out`."""
    return ProviderError(
        "The model cannot be reached, or the connection broke.",
        "Check that it runs, the address in Settings, and the network.",
        retryable=True,
        uncertain=sent,
    )


def too_big(limit: int) -> ProviderError:
    return ProviderError(
        f"The model's reply is longer than {limit // 1_000_000} MB, and was not read.",
        "Check the address in Settings, or choose another model.",
        uncertain=True,
    )


def no_answer(*, empty: bool) -> ProviderError:
    """An empty body, or one that is no model's reply: a page in HTML, say."""
    if empty:
        return ProviderError(
            "The provider sent an empty reply.",
            "Try again in a minute.",
            retryable=True,
            uncertain=True,
        )
    return ProviderError(
        "What answers at the model's address is not a language model.",
        "Check the address in Settings; it often ends in /v1.",
    )


def cut_short() -> ProviderError:
    return ProviderError(
        "The provider's reply broke off in the middle.",
        "Try again in a minute.",
        retryable=True,
        uncertain=True,
    )


def refused(usage: Usage | None) -> ProviderError:
    return ProviderError(
        "The model refuses to answer this question.",
        "Answer it yourself, or choose another model in Settings.",
        usage=usage,
        uncertain=True,
    )


def unreadable() -> ProviderError:
    return ProviderError(
        "The model's reply has an unknown form.",
        "Choose another model in Settings, or update the app.",
        uncertain=True,
    )


def no_key(provider: str) -> ProviderError:
    return ProviderError(
        f"The provider {provider} needs a key.", "Give one in Settings or in the environment."
    )


def strange_key() -> ProviderError:
    return ProviderError(
        "The key holds characters that no key has.", "Copy it again, whole and alone."
    )


def too_long() -> ProviderError:
    return ProviderError(
        "The question is too long for the model.",
        "Shorten long texts on the Data page, or choose a model that reads more.",
    )
