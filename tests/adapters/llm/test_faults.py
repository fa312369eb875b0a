"""Every fault of a provider ends in an error that says what to do, and whether to try again."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from core.adapters.llm import open_model
from core.domain.llm import ModelChoice, Provider, ProviderError
from tests.adapters.llm.asked import KEY, PROMPT, TEXT, opened
from tests.servers.scripted import Answer, json_answer, serving

PROVIDERS: tuple[Provider, ...] = ("openai", "anthropic", "huggingface")
# What a provider says of a failure, with everything in it that must not be repeated.
SAYS = {"error": {"message": f"Incorrect key {KEY} for {TEXT}", "type": "x", "code": "x"}}
HTML = b"<!doctype html><html><body>Please log in</body></html>"
HALF = b'{"id": "c", "choices": [{"index": 0, "mess'
BIG = b'{"choices": "' + b"a" * 10_000_000 + b'"}'
GZIP = {"Content-Encoding": "gzip", "Content-Type": "application/json"}

FAULTS = [
    pytest.param(json_answer(SAYS, 401), False, "key", id="401"),
    pytest.param(json_answer(SAYS, 403), False, "key", id="403"),
    pytest.param(json_answer(SAYS, 402), False, "credit", id="402"),
    pytest.param(json_answer(SAYS, 404), False, "address", id="404"),
    pytest.param(json_answer(SAYS, 400), False, "request", id="400"),
    pytest.param(json_answer(SAYS, 413), False, "too long", id="413"),
    pytest.param(
        json_answer({"error": {"message": "maximum context length is 4096"}}, 400),
        *(False, "too long"),
        id="too-long",
    ),
    pytest.param(json_answer(SAYS, 429), True, "fewer calls", id="429"),
    pytest.param(
        json_answer({"error": {"code": "insufficient_quota"}}, 429), False, "credit", id="quota"
    ),
    pytest.param(json_answer(SAYS, 500), True, "fault of its own", id="500"),
    pytest.param(json_answer(SAYS, 529), True, "fault of its own", id="529"),
    pytest.param(Answer(HTML, 502), True, "fault of its own", id="502-html"),
    pytest.param(Answer(HTML, 200, {"Content-Type": "text/html"}), False, "not a", id="html"),
    pytest.param(Answer(HTML, 200, GZIP), True, "broke", id="not-what-it-says"),
    pytest.param(Answer(b"", 200), True, "empty", id="empty"),
    pytest.param(Answer(HALF, 200), True, "broke off", id="half"),
    pytest.param(json_answer(SAYS), False, "not a language model", id="error-as-200"),
    pytest.param(json_answer([]), False, "not a language model", id="list"),
    pytest.param(json_answer({"choices": []}), False, "not a language model", id="no-choices"),
    pytest.param(Answer(BIG, 200), False, "longer than", id="10-MB"),
    pytest.param(Answer(gzip.compress(BIG), 200, GZIP), False, "longer than", id="packed-10-MB"),
    pytest.param(Answer(b"[" * 100_000, 200), False, "not a language model", id="deep"),
    pytest.param(Answer(drop="before"), True, "connection", id="dropped"),
    pytest.param(Answer(b"x" * 1000, drop="middle"), True, "connection", id="dropped-midway"),
]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(("answer", "retryable", "words"), FAULTS)
def test_a_fault_is_named_and_repeats_neither_key_nor_texts(
    provider: Provider, answer: Answer, retryable: bool, words: str
) -> None:
    with serving(lambda call, request: answer) as server:
        model = opened(server.url, provider)
        with pytest.raises(ProviderError) as caught:
            model.reply(PROMPT)

    assert caught.value.retryable is retryable
    assert words in str(caught.value)
    assert caught.value.next_move.endswith(".")
    assert caught.value.retry_after is None
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    assert KEY not in repr(caught.value)
    assert TEXT not in repr(caught.value)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_nothing_is_tried_again_by_a_library(provider: Provider) -> None:
    with serving(lambda call, request: json_answer(SAYS, 500, Retry_After="0")) as server:
        with pytest.raises(ProviderError):
            opened(server.url, provider).reply(PROMPT)

        assert len(server.requests) == 1


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_wait_is_read_in_seconds_and_as_a_date(provider: Provider) -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    waits = [{"Retry_After": "7"}, {"Retry_After": then}, {"Retry_After": "soon"}]
    found = []
    with serving(lambda call, request: json_answer(SAYS, 429, **waits[call])) as server:
        model = opened(server.url, provider)
        for _ in waits:
            with pytest.raises(ProviderError) as caught:
                model.reply(PROMPT)
            found.append(caught.value.retry_after)

    assert found == [7.0, pytest.approx(30.0, abs=2.5), None]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    "answer",
    [Answer(b"{}", delay=4.0), Answer(b" " * 1000, pause=0.2)],
    ids=["silent", "a-byte-now-and-then"],
)
def test_a_call_takes_no_longer_than_its_time(provider: Provider, answer: Answer) -> None:
    with serving(lambda call, request: answer) as server:
        model = opened(server.url, provider, timeout=1.0)
        started = time.monotonic()
        with pytest.raises(ProviderError) as caught:
            model.reply(PROMPT)

        assert time.monotonic() - started < 3.0
    assert "in time" in str(caught.value)
    assert caught.value.retryable


def test_a_server_that_is_not_there_may_come_back() -> None:
    with serving(lambda call, request: Answer()) as server:
        gone = server.url
    with pytest.raises(ProviderError) as caught:
        opened(gone).reply(PROMPT)

    assert caught.value.retryable
    assert "reached" in str(caught.value)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_provider_on_the_network_needs_a_key(provider: Provider) -> None:
    with pytest.raises(ProviderError) as caught:
        open_model(ModelChoice(provider, "m"), None)

    assert not caught.value.retryable
    assert "key" in caught.value.next_move or "key" in caught.value.problem
