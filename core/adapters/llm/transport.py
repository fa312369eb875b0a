"""HTTP to a provider: one door for all of them, where every failure gets its name.

The vendors' libraries report the same failures in different ways, or not at all: a page
in HTML with status 200 ends in an AttributeError, 10 MB are read to the end. So a
failure is recognised here, before a library sees the response.
"""

from __future__ import annotations

import json
import threading
import time
from types import ModuleType
from typing import Any
from urllib.request import getproxies, proxy_bypass

from core.adapters.llm import failures
from core.domain.llm import ProviderError, is_loopback

MAX_REPLY_BYTES = 8_000_000
"""Longest reply that is read, unpacked: 4,000 tokens with twenty log-probabilities each."""

_CONNECT_SECONDS = 10.0

# The library takes them from the environment, for whatever address was typed.
_NOT_OURS = ("openai-organization", "openai-project")


def client(http: ModuleType, timeout: float) -> Any:
    """Return an HTTP client that raises ProviderError for all that is not a model's reply.

    `http` is httpx or its successor httpx2, whichever the vendor's library takes: they
    are alike, but not each other's. `timeout` in seconds, for the whole of a call. The
    client follows no redirect: texts go to the address that the person gave and to no
    other.
    """
    return http.Client(
        transport=GuardedTransport(http),
        timeout=http.Timeout(timeout, connect=min(timeout, _CONNECT_SECONDS)),
        follow_redirects=False,
    )


class GuardedTransport:
    """A transport of httpx or httpx2 that reads a whole response within its limits of
    time and size, or raises ProviderError."""

    def __init__(self, http: ModuleType) -> None:
        self._http: Any = http
        self._lock = threading.Lock()
        self._ways: dict[str | None, Any] = {}

    def __enter__(self) -> GuardedTransport:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def handle_request(self, request: Any) -> Any:
        seconds = request.extensions.get("timeout", {}).get("read")
        for name in _NOT_OURS:
            request.headers.pop(name, None)
        deadline = None if seconds is None else time.monotonic() + seconds
        # Raised outside of `except`: their errors hold the request, and with it the key.
        found = self._send(request, deadline)
        if isinstance(found, ProviderError):
            raise found
        response, body = found
        if response.status_code >= 300:
            raise failures.of_status(response.status_code, dict(response.headers), body)
        if request.method == "POST" and (failure := _failure_of(body)) is not None:
            raise failure
        return self._http.Response(
            response.status_code,
            headers={"content-type": response.headers.get("content-type", "application/json")},
            content=body,
            request=request,
        )

    def close(self) -> None:
        for way in self._ways.values():
            way.close()

    def _send(self, request: Any, deadline: float | None) -> tuple[Any, bytes] | ProviderError:
        try:
            response = self._way(request.url).handle_request(request)
            try:
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > MAX_REPLY_BYTES:
                        return failures.too_big(MAX_REPLY_BYTES)
                    # A server that sends a byte now and then never times out by itself.
                    if deadline is not None and time.monotonic() > deadline:
                        return failures.timed_out(sent=True)
            finally:
                response.close()
        except (self._http.ConnectTimeout, self._http.PoolTimeout):
            return failures.timed_out(sent=False)
        except self._http.TimeoutException:
            return failures.timed_out(sent=True)
        except (self._http.ConnectError, self._http.ProxyError):
            return failures.unreachable(sent=False)
        except (self._http.HTTPError, OSError):
            return failures.unreachable(sent=True)
        return response, bytes(body)

    def _way(self, url: Any) -> Any:
        """The way to an address: past the computer's proxy where it is this computer."""
        direct = is_loopback(str(url)) or proxy_bypass(url.host)
        proxy = None if direct else getproxies().get(url.scheme)
        with self._lock:
            if proxy not in self._ways:
                limits = self._http.Limits(max_connections=None, max_keepalive_connections=64)
                self._ways[proxy] = self._http.HTTPTransport(proxy=proxy, limits=limits)
            return self._ways[proxy]


def _failure_of(body: bytes) -> ProviderError | None:
    """Return why a successful response is no model's reply; None where it is one."""
    if not body.strip():
        return failures.no_answer(empty=True)
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        if body.lstrip()[:1] == b"{":
            return failures.cut_short()
        return failures.no_answer(empty=False)
    return None if _is_reply(found) else failures.no_answer(empty=False)


def _is_reply(found: Any) -> bool:
    """Whether this is a chat completion of OpenAI's form, or a message of Anthropic's."""
    if not isinstance(found, dict):
        return False
    choices = found.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        message = choices[0].get("message")
        return isinstance(message, dict) and isinstance(message.get("content"), str | list | None)
    content = found.get("content")
    return isinstance(content, list) and all(isinstance(block, dict) for block in content)
