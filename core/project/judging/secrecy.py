"""A key stays out of everything that is written or shown."""

from __future__ import annotations

import logging

from pydantic import SecretStr

from core.domain.llm import ProviderError

HIDDEN = "[key]"


def hidden(text: str, key: SecretStr | None) -> str:
    """Return `text` without the key."""
    secret = key.get_secret_value() if key else ""
    return text.replace(secret, HIDDEN) if secret else text


def clean(error: ProviderError, key: SecretStr | None) -> ProviderError:
    """Return an error whose sentences do not hold the key: some providers quote it."""
    return ProviderError(
        hidden(error.problem, key),
        hidden(error.next_move, key),
        retryable=error.retryable,
        retry_after=error.retry_after,
        usage=error.usage,
        uncertain=error.uncertain,
    )


class Hide(logging.Filter):
    """Takes the key out of a record's message and traceback."""

    def __init__(self, key: SecretStr) -> None:
        super().__init__()
        self._key = key

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = hidden(record.getMessage(), self._key), ()
        if record.exc_info:
            told = logging.Formatter().formatException(record.exc_info)
            record.exc_text = hidden(told, self._key)
        return True


def hide_in_logs(key: SecretStr | None) -> None:
    """Keep the key out of this process's log from now on."""
    if key is None:
        return
    for handler in logging.getLogger().handlers:
        handler.addFilter(Hide(key))
