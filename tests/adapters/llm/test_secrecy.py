"""Keys and texts go to the address that was given, and nowhere else."""

from __future__ import annotations

import logging
import subprocess
import sys
import traceback

import pytest
from pydantic import SecretStr

from core.adapters.llm import open_model
from core.domain.llm import ModelChoice, Prompt, Provider, ProviderError
from tests.adapters.llm.asked import KEY, PROMPT, TEXT, opened
from tests.servers.scripted import Answer, completion, json_answer, serving

PROVIDERS: tuple[Provider, ...] = ("openai", "anthropic", "huggingface")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_key_and_no_text_in_logs_tracebacks_or_representations(
    provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    answers = [json_answer({"error": {"message": f"{KEY} {TEXT}"}}, 500), Answer(drop="before")]
    with caplog.at_level(logging.INFO), serving(lambda call, request: answers[call]) as server:
        model = opened(server.url, provider)
        for _ in answers:
            with pytest.raises(ProviderError) as caught:
                model.reply(PROMPT)
            logging.getLogger("clade").exception("failed", exc_info=caught.value)

    shown = caplog.text + repr(model) + repr(vars(model)) + repr(caught.value)
    shown += "".join(traceback.format_exception(caught.value))
    assert "failed" in shown
    assert KEY not in shown
    assert TEXT not in shown


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_environments_keys_do_not_go_to_an_address_without_a_key(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "HF_TOKEN"):
        monkeypatch.setenv(name, "hf_of-the-environment")
    monkeypatch.setenv("OPENAI_ORG_ID", "of-the-environment")
    with (
        serving(lambda call, request: Answer(b"", 500)) as server,
        pytest.raises(ProviderError),
    ):
        open_model(ModelChoice(provider, "m", base_url=server.url)).reply(PROMPT)

    (request,) = server.requests
    assert "of-the-environment" not in str(request.headers)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_redirect_is_not_followed(provider: Provider) -> None:
    with serving(lambda call, request: completion("{}")) as elsewhere:
        moved = Answer(b"", 307, {"Location": f"{elsewhere.url}/v1/chat/completions"})
        with (
            serving(lambda call, request: moved) as server,
            pytest.raises(ProviderError, match="moved"),
        ):
            opened(server.url, provider).reply(PROMPT)

        assert elsewhere.requests == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_proxy_stands_between_this_computer_and_itself(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(lambda call, request: completion("{}")) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        with (
            serving(lambda call, request: Answer(b"", 500)) as server,
            pytest.raises(ProviderError, match="500"),
        ):
            opened(server.url, provider).reply(PROMPT)

        assert proxy.requests == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_calls_are_not_traced_whatever_the_environment_says(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    from langsmith.utils import get_env_var

    get_env_var.cache_clear()  # it reads the environment once in a process
    with serving(lambda call, request: json_answer({})) as traces:
        for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
            monkeypatch.setenv(name, "true")
        for name in ("LANGSMITH_ENDPOINT", "LANGCHAIN_ENDPOINT"):
            monkeypatch.setenv(name, traces.url)
        monkeypatch.setenv("LANGSMITH_API_KEY", "x")
        with serving(lambda call, request: Answer(b"", 500)) as server:
            with pytest.raises(ProviderError):
                opened(server.url, provider).reply(PROMPT)
            from langchain_core.tracers.langchain import wait_for_all_tracers

            wait_for_all_tracers()

        get_env_var.cache_clear()
        assert traces.requests == []


@pytest.mark.parametrize("key", ["sk-é", "sk-\n-x", "sk-\x00"])
def test_a_key_that_no_header_can_hold_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(ProviderError) as caught:
        open_model(ModelChoice("openai", "m"), SecretStr(key))

    assert key not in str(caught.value)


def test_white_space_around_a_pasted_key_does_no_harm() -> None:
    with serving(lambda call, request: completion("{}")) as server:
        choice = ModelChoice("openai", "m", base_url=server.url)
        open_model(choice, SecretStr(f" {KEY}\n")).reply(PROMPT)

    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_opening_a_provider_calls_nothing_and_says_that_texts_leave() -> None:
    model = open_model(ModelChoice("openai", "gpt-4o-mini"), SecretStr(KEY))

    assert model.name == "openai/gpt-4o-mini"
    assert model.leaves


def test_the_libraries_are_loaded_when_a_model_is_opened_and_not_before() -> None:
    heavy = ("langchain", "langchain_core", "openai", "anthropic", "torch", "transformers")
    code = (
        "import sys, core.adapters.llm, core.adapters.fakes, core.domain.llm\n"
        f"print(*(name for name in {heavy!r} if name in sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )

    assert ran.stdout.split() == []


def test_a_free_prompt_is_sent_without_asking_for_chances() -> None:
    free = Prompt("Rules.", "Name them.", {"type": "object"}, (), "test")
    with serving(lambda call, request: completion('{"label": "Cards"}')) as server:
        assert opened(server.url).reply(free).body == '{"label": "Cards"}'

    assert "logprobs" not in server.requests[0].body
