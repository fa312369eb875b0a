"""OpenAI's models, and everything that speaks OpenAI's language at another address."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import httpx2
import openai
from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_openai.chat_models.base import BaseChatOpenAI
from pydantic import SecretStr

from core.adapters.llm.chat import Vendor
from core.adapters.llm.transport import client
from core.domain.llm import ModelChoice

_OPENAI = "https://api.openai.com/v1"
_TOP_LOGPROBS = 20
# The library reads the environment's key where none is given, and would send OpenAI's
# to whatever address was typed.
_NO_KEY = SecretStr("none")


def vendor(choice: ModelChoice, key: SecretStr | None) -> Vendor:
    """Return OpenAI's models, or those at `choice.base_url`."""
    http = client(httpx2, choice.timeout)

    @lru_cache(maxsize=8)
    def build(temperature: float | None, logprobs: bool) -> BaseChatModel:
        settings: dict[str, Any] = {
            "model": choice.model,
            "api_key": key or _NO_KEY,
            "base_url": choice.base_url or _OPENAI,
            "timeout": choice.timeout,
            "max_retries": 0,
            "max_tokens": choice.max_tokens,
            "temperature": temperature,
            "logprobs": logprobs or None,
            "top_logprobs": _TOP_LOGPROBS if logprobs else None,
            "http_client": http,
            "use_responses_api": False,
        }
        if choice.base_url is None:
            model: BaseChatModel = init_chat_model(model_provider="openai", **settings)
            return model
        # Others know `max_tokens` only, which ChatOpenAI sends under its new name.
        return BaseChatOpenAI(**settings)

    return Vendor(
        build=build,
        method="json_schema",
        asks=frozenset({"logprobs", "schema", "temperature"}),
        errors=(openai.OpenAIError,),
        behind=_behind,
    )


def _behind(error: Exception) -> AIMessage | None:
    """The half of a reply, or the refusal, that the library raises an error for when it
    asked for JSON."""
    if isinstance(error, openai.ContentFilterFinishReasonError):
        return AIMessage("", response_metadata={"finish_reason": "content_filter"})
    if not isinstance(error, openai.LengthFinishReasonError):
        return None
    completion = error.completion
    usage = completion.usage
    message = AIMessage(completion.choices[0].message.content or "")
    if usage is not None:
        message.usage_metadata = {
            "input_tokens": usage.prompt_tokens,
            "output_tokens": usage.completion_tokens,
            "total_tokens": usage.total_tokens,
        }
    return message
