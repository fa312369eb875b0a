"""Models of Hugging Face: behind an endpoint, or in a folder of this computer."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any

import httpx
from huggingface_hub import set_client_factory
from langchain_core.language_models import BaseChatModel
from langchain_huggingface import ChatHuggingFace, HuggingFaceEndpoint, HuggingFacePipeline
from pydantic import SecretStr

from core.adapters.llm.causal import load_folder, unusable
from core.adapters.llm.chat import Vendor
from core.adapters.llm.transport import client
from core.domain.llm import ModelChoice

_TOP_LOGPROBS = 5  # the most that text-generation-inference gives
# Without a key the library takes the one that `hf auth login` left on this computer.
_NO_KEY = "none"
_ONE = threading.Lock()


def endpoint(choice: ModelChoice, key: SecretStr | None) -> Vendor:
    """Return a model of Hugging Face's inference providers, or one at `choice.base_url`."""
    secret = key.get_secret_value() if key else _NO_KEY
    # The one way to give this library an HTTP client is for the whole process.
    set_client_factory(lambda: client(httpx, choice.timeout))

    # Made anew for each call: its client keeps every response for as long as it lives.
    def build(temperature: float | None, logprobs: bool) -> BaseChatModel:
        where: dict[str, Any] = (
            {"endpoint_url": choice.base_url} if choice.base_url else {"repo_id": choice.model}
        )
        llm = HuggingFaceEndpoint(
            **where,
            task="text-generation",
            huggingfacehub_api_token=secret,
            timeout=max(1, round(choice.timeout)),
            max_new_tokens=choice.max_tokens,
            temperature=None,
        )
        llm.client.token = secret  # it gives no key to addresses that are not its own
        asked = {"logprobs": True, "top_logprobs": _TOP_LOGPROBS} if logprobs else {}
        chat = ChatHuggingFace(
            llm=llm, temperature=temperature, max_tokens=choice.max_tokens, model_kwargs=asked
        )
        chat.model_id = choice.model
        return chat

    return Vendor(
        build=build,
        method="json_schema",
        asks=frozenset({"logprobs", "schema", "temperature"}),
        errors=(httpx.HTTPError, OSError),
    )


def folder(choice: ModelChoice) -> Vendor:
    """Return the model in the folder `choice.model`. Nothing is downloaded, and no code
    out of the folder is run. Raises ModelError where it holds no chat model."""
    from transformers import pipeline

    model, tokenizer = load_folder(choice.model)
    if not tokenizer.chat_template:
        raise unusable(choice.model, "is not made for chats")

    @lru_cache(maxsize=8)
    def build(temperature: float | None, logprobs: bool) -> BaseChatModel:
        drawn = {"do_sample": True, "temperature": temperature} if temperature else {}
        made = pipeline(
            "text-generation",
            model=model,
            tokenizer=tokenizer,
            return_full_text=False,
            max_new_tokens=choice.max_tokens,
            max_time=choice.timeout,
            **(drawn or {"do_sample": False}),
        )
        return _OneAtATime(
            llm=HuggingFacePipeline(pipeline=made, model_id=choice.model), tokenizer=tokenizer
        )

    return Vendor(
        build=build,
        method="json_schema",
        asks=frozenset({"temperature"}),
        errors=(RuntimeError, OSError),
    )


class _OneAtATime(ChatHuggingFace):
    """Several threads in one model only slow each other down."""

    def _generate(self, *args: Any, **kwargs: Any) -> Any:
        with _ONE:
            return super()._generate(*args, **kwargs)
