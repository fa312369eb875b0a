"""From a choice of model to the model."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from core.adapters.llm import failures
from core.adapters.llm.chat import LangChainModel, Vendor
from core.domain.llm import ChatModel, ModelChoice


def open_model(choice: ModelChoice, key: SecretStr | None = None) -> ChatModel:
    """Return the model that `choice` names, ready to answer from several threads.

    Calls nothing over the network. `key` is the provider's; no other is looked for in
    the environment. The libraries are imported here, not before: one to three seconds,
    and some thirty for a model that runs in this process. Raises ProviderError where
    the provider needs a key and there is none; ModelError where a local model is
    missing or damaged.
    """
    if choice.provider == "bundled":
        from core.adapters.llm.smollm2 import load_smollm2

        return load_smollm2()
    secret = _usable(key)
    if choice.base_url is None and choice.provider != "transformers" and secret is None:
        raise failures.no_key(choice.provider)
    last = Path(choice.model).name if choice.provider == "transformers" else choice.model
    return LangChainModel(
        _vendor(choice, secret),
        f"{choice.provider}/{last}",
        leaves=choice.leaves,
        temperature=choice.temperature,
    )


def _usable(key: SecretStr | None) -> SecretStr | None:
    """The key without the white space that comes along when it is pasted."""
    bare = key.get_secret_value().strip() if key is not None else ""
    if not bare.isascii() or not bare.isprintable():
        raise failures.strange_key()
    return SecretStr(bare) if bare else None


def _vendor(choice: ModelChoice, key: SecretStr | None) -> Vendor:
    if choice.provider == "openai":
        from core.adapters.llm import openai_chat

        return openai_chat.vendor(choice, key)
    if choice.provider == "anthropic":
        from core.adapters.llm import anthropic_chat

        return anthropic_chat.vendor(choice, key)
    from core.adapters.llm import huggingface_chat

    if choice.provider == "huggingface":
        return huggingface_chat.endpoint(choice, key)
    return huggingface_chat.folder(choice)
