"""The scripted model: it answers, fails, waits and counts as it is told to."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from core.adapters.fakes import ScriptedModel
from core.domain.llm import ChatModel, Price, Prompt, ProviderError, Reply, Usage

PROMPT = Prompt("Rules.", "Which?", {}, ("1", "2"), "test")


def test_it_is_a_chat_model_that_answers_with_the_first_choice() -> None:
    model: ChatModel = ScriptedModel()
    reply = model.reply(PROMPT)

    assert json.loads(reply.body) == {"choice": "1"}
    assert json.loads(model.reply(replace(PROMPT, choices=())).body) == {}
    assert not model.leaves


def test_it_answers_by_a_function_of_the_prompt_and_the_draw() -> None:
    whole = Reply("x", Usage(10, 20), 0.5, {"1": 0.4, "2": 0.6})
    model = ScriptedModel(answer=lambda prompt, sample: whole if sample else prompt.user)

    assert model.reply(PROMPT).body == "Which?"
    assert model.reply(PROMPT, sample=1) is whole


def test_it_fails_where_it_is_told_to_and_counts_what_each_call_cost() -> None:
    failure = ProviderError("No.", "Wait.", retryable=True, usage=Usage(1_000_000, 0))
    model = ScriptedModel(
        answer=lambda prompt, sample: Reply("x", Usage(0, 1_000_000), 0.0),
        fail=lambda call, prompt: failure if call == 1 else None,
        price=Price(2.0, 3.0),
    )
    model.reply(PROMPT)
    with pytest.raises(ProviderError) as caught:
        model.reply(PROMPT)
    model.reply(PROMPT)

    assert caught.value is failure
    assert (model.calls, model.answers) == (3, 2)
    assert model.spent == pytest.approx(2.0 + 2 * 3.0)


def test_it_counts_the_calls_of_all_threads_and_how_many_were_under_way_at_once() -> None:
    model = ScriptedModel(delay=0.02)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: model.reply(PROMPT), range(40)))

    assert model.calls == model.answers == 40
    assert 2 <= model.most_at_once <= 4
