"""A prompt as the tests ask it, and the models that they ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr

from core.adapters.llm import open_model
from core.domain.llm import ChatModel, ModelChoice, Prompt, Provider

KEY = "sk-very-secret-0123456789"
TEXT = "my card was eaten by the machine"
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "choice": {"type": "string", "enum": ["1", "2"]},
        "reason": {"type": "string", "maxLength": 60},
    },
    "required": ["choice", "reason"],
    "additionalProperties": False,
}
PROMPT = Prompt(
    system="You compare texts. Say which choice is nearer to the query.",
    user=f"Query: {TEXT}\nChoice 1: the ATM kept my card\nChoice 2: what is the exchange rate",
    schema=SCHEMA,
    choices=("1", "2"),
    version="test",
    query=TEXT,
    candidates={"1": "the ATM kept my card", "2": "what is the exchange rate"},
)


def opened(url: str, provider: Provider = "openai", **settings: Any) -> ChatModel:
    """Return the model behind a server of this computer."""
    address = f"{url}/v1" if provider == "openai" else url
    choice = ModelChoice(
        provider, "small", **{"base_url": address, "timeout": 5.0, "max_tokens": 64, **settings}
    )
    return open_model(choice, SecretStr(KEY))
