"""Anthropic's models."""

from __future__ import annotations

from functools import lru_cache

import anthropic
import httpx2
from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from core.adapters.llm.chat import Vendor
from core.adapters.llm.transport import client
from core.domain.llm import ModelChoice

_ANTHROPIC = "https://api.anthropic.com"


def vendor(choice: ModelChoice, key: SecretStr | None) -> Vendor:
    """Return Anthropic's models, or those that speak their language at `choice.base_url`."""
    address = choice.base_url or _ANTHROPIC
    secret = key.get_secret_value() if key else "none"
    sdk = anthropic.Anthropic(
        api_key=secret,
        base_url=address,
        timeout=choice.timeout,
        max_retries=0,
        http_client=client(httpx2, choice.timeout),
    )

    @lru_cache(maxsize=8)
    def build(temperature: float | None, logprobs: bool) -> BaseChatModel:
        model: BaseChatModel = init_chat_model(
            choice.model,
            model_provider="anthropic",
            api_key=SecretStr(secret),
            base_url=address,
            timeout=choice.timeout,
            max_retries=0,
            max_tokens=choice.max_tokens,
            temperature=temperature,
        )
        # It has no field for the HTTP client; this is the property that it caches.
        model.__dict__["_client"] = sdk
        return model

    # A forced tool call works with every model, a reply by schema with the newer ones only.
    return Vendor(
        build=build,
        method="function_calling",
        asks=frozenset({"schema", "temperature"}),
        errors=(anthropic.AnthropicError,),
    )
