"""What is asked of a model, and what is read of its reply."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from core.domain.llm import Prompt, ProviderError, Usage
from tests.adapters.llm.asked import KEY, PROMPT, SCHEMA, opened
from tests.servers.scripted import (
    Answer,
    Request,
    Scripted,
    completion,
    json_answer,
    message,
    serving,
)

SAID = '{"choice": "2", "reason": "It asks for a rate."}'


def token(said: str, **others: float) -> dict[str, Any]:
    """A token of a reply, with the logarithms of the likeliest in its place."""
    top = [{"token": name, "logprob": chance, "bytes": None} for name, chance in others.items()]
    return {"token": said, "logprob": -0.1, "bytes": None, "top_logprobs": top}


def test_a_reply_by_schema_comes_back_with_its_tokens_and_time() -> None:
    with serving(lambda call, request: completion(SAID, tokens=9)) as server:
        reply = opened(server.url).reply(PROMPT)

    (request,) = server.requests
    assert reply.body == SAID
    assert reply.usage == Usage(40, 9)
    assert reply.seconds > 0
    assert reply.chances is None
    assert request.path == "/v1/chat/completions"
    assert request.body["response_format"]["json_schema"]["schema"]["required"] == [
        "choice",
        "reason",
    ]
    assert request.body["max_tokens"] == 64
    assert request.body["temperature"] == 0.0
    assert [part["role"] for part in request.body["messages"]] == ["system", "user"]
    assert request.body["messages"][1]["content"] == PROMPT.user
    assert request.headers["authorization"] == f"Bearer {KEY}"


def test_a_further_draw_has_the_temperature_that_was_chosen() -> None:
    with serving(lambda call, request: completion(SAID)) as server:
        model = opened(server.url, temperature=0.7)
        for sample in (0, 1, 2):
            model.reply(PROMPT, sample=sample)

    assert [request.body["temperature"] for request in server.requests] == [0.0, 0.7, 0.7]


@pytest.mark.parametrize("body", ["", "I'd say the second.", '{"choice": "2', "[]", "null"])
def test_a_body_that_does_not_follow_the_schema_comes_back_as_it_is(body: str) -> None:
    with serving(lambda call, request: completion(body)) as server:
        assert opened(server.url).reply(PROMPT).body == body


def test_the_half_of_a_reply_that_broke_off_at_its_longest_comes_back() -> None:
    half = completion('{"choice": "2", "rea', tokens=64, finish_reason="length")
    with serving(lambda call, request: half) as server:
        reply = opened(server.url).reply(PROMPT)

    assert reply.body == '{"choice": "2", "rea'
    assert reply.usage == Usage(40, 64)


def test_log_probabilities_become_the_chances_of_the_choices() -> None:
    tokens = [
        token('{"'),
        token("choice"),
        token('":'),
        token(' "', **{' "': -0.01}),
        token("2", **{"2": -0.2231, "1": -1.6094}),  # 0.8 and 0.2
        token('"}'),
    ]
    with serving(lambda call, request: completion(SAID, logprobs={"content": tokens})) as server:
        model = opened(server.url)
        reply = model.reply(PROMPT)
        model.reply(replace(PROMPT, choices=()))

    assert reply.chances == pytest.approx({"1": 0.2, "2": 0.8}, abs=1e-3)
    assert server.requests[0].body["logprobs"] is True
    assert "logprobs" not in server.requests[1].body


@pytest.mark.parametrize("odd", [{"content": [{"token": 3}]}, {"content": "x"}, {"content": []}])
def test_log_probabilities_of_no_known_form_are_left_alone(odd: dict[str, Any]) -> None:
    with serving(lambda call, request: completion(SAID, logprobs=odd)) as server:
        assert opened(server.url).reply(PROMPT).chances is None


def choosy(*lacks: str) -> Any:
    """A server that takes no request with one of these fields."""

    def script(call: int, request: Request) -> Answer:
        for field in lacks:
            if field in request.body:
                return json_answer({"error": {"message": f"{field} is not supported"}}, 400)
        return completion(SAID)

    return script


def sent(server: Scripted) -> list[set[str]]:
    asks = {"logprobs", "response_format", "temperature"}
    return [asks & set(request.body) for request in server.requests]


def test_what_a_server_does_not_have_is_done_without_from_then_on() -> None:
    with serving(choosy("response_format", "temperature")) as server:
        model = opened(server.url)
        first, second = model.reply(PROMPT), model.reply(PROMPT)

    assert first.body == second.body == SAID
    assert sent(server)[-2:] == [{"logprobs"}, {"logprobs"}]
    assert len(server.requests) == 4
    rules = server.requests[-1].body["messages"][0]["content"]
    assert rules.startswith(PROMPT.system)
    assert json.loads(rules[rules.index("{") :]) == SCHEMA


def test_a_request_that_is_refused_whatever_is_left_out_is_refused() -> None:
    with serving(lambda call, request: json_answer({"error": {}}, 422)) as server:
        model = opened(server.url)
        with pytest.raises(ProviderError, match="does not take"):
            model.reply(PROMPT)

        assert sent(server)[0] == {"logprobs", "response_format", "temperature"}
        assert sent(server)[-1] == set()
        with pytest.raises(ProviderError):
            model.reply(PROMPT)
        # It may have been this prompt alone: the next is asked in full again.
        assert sent(server)[4] == sent(server)[0]


@pytest.mark.parametrize(
    ("answer", "billed"),
    [
        (completion(None, message={"refusal": "I cannot help with that."}), Usage(40, 7)),
        (completion("", finish_reason="content_filter"), None),
    ],
)
def test_a_refusal_is_not_tried_again_and_says_what_it_cost(
    answer: Answer, billed: Usage | None
) -> None:
    with (
        serving(lambda call, request: answer) as server,
        pytest.raises(ProviderError, match="refuses") as caught,
    ):
        opened(server.url).reply(PROMPT)

    assert not caught.value.retryable
    assert caught.value.usage == billed


def test_anthropic_answers_by_a_forced_tool_call() -> None:
    call = {"type": "tool_use", "id": "t", "name": "reply", "input": json.loads(SAID)}
    with serving(lambda _, request: message(call, stop_reason="tool_use")) as server:
        reply = opened(server.url, "anthropic").reply(PROMPT)

    (request,) = server.requests
    assert json.loads(reply.body) == json.loads(SAID)
    assert reply.usage == Usage(40, 7)
    assert request.body["tool_choice"]["name"] == request.body["tools"][0]["name"]
    assert request.headers["authorization"] == f"Bearer {KEY}"


def test_anthropic_refuses_and_answers_in_prose() -> None:
    answers = [
        message(stop_reason="refusal"),
        message({"type": "text", "text": "The second."}),
    ]
    with serving(lambda call, request: answers[call]) as server:
        model = opened(server.url, "anthropic")
        with pytest.raises(ProviderError, match="refuses") as caught:
            model.reply(PROMPT)
        assert caught.value.usage == Usage(40, 7)
        assert model.reply(PROMPT).body == "The second."


def test_an_endpoint_of_hugging_face_is_asked_by_schema() -> None:
    with serving(lambda call, request: completion(SAID)) as server:
        reply = opened(server.url, "huggingface").reply(PROMPT)

    (request,) = server.requests
    assert reply.body == SAID
    assert reply.usage == Usage(40, 7)
    assert request.body["model"] == "small"
    assert request.body["response_format"]["schema"]["required"] == ["choice", "reason"]
    assert request.headers["authorization"] == f"Bearer {KEY}"


def test_tokens_that_nobody_counted_are_estimated_from_the_length() -> None:
    bare = json_answer(
        {"id": "c", "choices": [{"index": 0, "message": {"role": "assistant", "content": SAID}}]}
    )
    with serving(lambda call, request: bare) as server:
        usage = opened(server.url).reply(PROMPT).usage

    assert usage.prompt_tokens >= len(PROMPT.user) / 4
    assert usage.completion_tokens >= len(SAID) / 4


def test_a_text_of_lone_surrogates_and_nulls_is_sent() -> None:
    odd = Prompt("Rules.", "\ud800 \x00 \u202e é", SCHEMA, ("1", "2"), "test")
    with serving(lambda call, request: completion(SAID)) as server:
        assert opened(server.url).reply(odd).body == SAID

    assert server.requests[0].body["messages"][1]["content"] == "? \x00 \u202e é"
