"""A real model behind a real server of OpenAI's language, on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.domain.llm import Provider
from tests.adapters.llm.asked import PROMPT, opened
from tests.servers.small_model import small_model

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with small_model() as url:
        yield url


@pytest.mark.parametrize("provider", ["openai", "huggingface"])
def test_it_answers_by_the_schema_and_counts_its_tokens(url: str, provider: Provider) -> None:
    reply = opened(url, provider, timeout=60.0).reply(PROMPT)
    said = json.loads(reply.body)

    assert said["choice"] in PROMPT.choices
    assert len(said["reason"]) <= 60
    assert reply.usage.prompt_tokens > 40
    assert 5 < reply.usage.completion_tokens <= 64


def test_its_log_probabilities_are_chances_of_the_choices(url: str) -> None:
    model = opened(url, timeout=60.0)
    first, again = model.reply(PROMPT), model.reply(PROMPT)

    assert first.chances is not None
    assert again.chances is not None
    assert set(first.chances) == {"1", "2"}
    assert sum(first.chances.values()) == pytest.approx(1.0)
    assert 0.0 < first.chances["1"] < 1.0
    assert first.body == again.body
    assert first.chances == pytest.approx(again.chances, abs=0.05)


def test_it_speaks_anthropics_language_too(url: str) -> None:
    reply = opened(url, "anthropic", timeout=60.0).reply(PROMPT)

    assert reply.body
    assert reply.usage.prompt_tokens > 40


def test_threads_share_one_model(url: str) -> None:
    # Room for the longest reason that the schema allows: a draw may well use it.
    model = opened(url, timeout=120.0, max_tokens=128)
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda sample: model.reply(PROMPT, sample=sample), range(8)))

    assert all(json.loads(reply.body)["choice"] in PROMPT.choices for reply in replies)
