"""From a prompt to messages, and from a message to a reply. No vendor's own words here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.adapters.llm import failures
from core.adapters.llm.chances import chances
from core.domain.llm import Prompt, Reply, Usage

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage

_BYTES_A_TOKEN = 3
"""To estimate tokens that a provider did not count; English has four or five."""

_REFUSALS = ("content_filter", "refusal")


def messages(prompt: Prompt, *, schema_in_words: bool) -> list[BaseMessage]:
    """Return the prompt as a system and a human message."""
    from langchain_core.messages import HumanMessage, SystemMessage

    system = prompt.system
    if schema_in_words:
        schema = json.dumps(prompt.schema, ensure_ascii=False)
        system += (
            "\n\nReply with one JSON object that follows this JSON Schema, and nothing else:\n"
            + schema
        )
    # Lone surrogates, which JSON files may hold, cannot be sent.
    return [SystemMessage(_sendable(system)), HumanMessage(_sendable(prompt.user))]


def titled(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema with what LangChain makes a function of: its name and the like."""
    return {"title": "reply", "description": "The answer.", "properties": {}, **schema}


def reply(message: AIMessage, prompt: Prompt, seconds: float) -> Reply:
    """Return what a message says. Raises ProviderError where the model refused."""
    body = _body(message)
    usage = _usage(message, prompt, body)
    meta = message.response_metadata
    ended = meta.get("finish_reason") or meta.get("stop_reason")
    if message.additional_kwargs.get("refusal") or ended in _REFUSALS:
        raise failures.refused(usage if message.usage_metadata else None)
    tokens = (meta.get("logprobs") or {}).get("content")
    found = _chances(tokens, prompt.choices) if tokens and prompt.choices else None
    return Reply(body, usage, seconds, found)


def _chances(tokens: Any, choices: Sequence[str]) -> dict[str, float] | None:
    """The chances, None also where a server's log-probabilities are of no known form."""
    try:
        return chances(tokens, choices)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _body(message: AIMessage) -> str:
    """The text, or the arguments of the tool that stands for the reply's schema."""
    if message.tool_calls:
        return json.dumps(message.tool_calls[0]["args"], ensure_ascii=False)
    for broken in message.invalid_tool_calls:
        return broken["args"] or ""
    return str(message.text)


def _usage(message: AIMessage, prompt: Prompt, body: str) -> Usage:
    """Tokens as reported; where nothing is, estimated from the length in bytes."""
    reported = message.usage_metadata
    if reported:
        return Usage(reported["input_tokens"], reported["output_tokens"])
    return Usage(_tokens(prompt.system) + _tokens(prompt.user), _tokens(body))


def _tokens(text: str) -> int:
    return -(-len(text.encode("utf-8", "replace")) // _BYTES_A_TOKEN)


def _sendable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
