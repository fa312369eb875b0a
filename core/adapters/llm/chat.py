"""Any chat model of LangChain behind the ChatModel port."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.adapters.llm import failures
from core.adapters.llm.failures import ASKS, Ask, RequestRefusedError
from core.adapters.llm.messages import messages, reply, titled
from core.domain.llm import Prompt, ProviderError, Reply

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

Asks = frozenset[Ask]


@dataclass(frozen=True)
class Vendor:
    """One vendor's models, as LangChain has them.

    `build(temperature, logprobs)` makes the model, or returns one made before;
    temperature None leaves it to the model. `method` is how `with_structured_output`
    gets the schema across. `asks`: what may be asked for at all. `errors`: what the
    vendor's library raises besides. `behind` finds the message that a library raised an
    error for (it broke off at its longest, say); None where there is none.
    """

    build: Callable[[float | None, bool], BaseChatModel]
    method: str
    asks: Asks
    errors: tuple[type[Exception], ...]
    behind: Callable[[Exception], AIMessage | None] = lambda _: None


class LangChainModel:
    """A ChatModel (core.domain.llm) over a vendor. Safe to call from several threads."""

    def __init__(self, vendor: Vendor, name: str, *, leaves: bool, temperature: float) -> None:
        self._vendor = vendor
        self._name = name
        self._leaves = leaves
        self._temperature = temperature
        self._asks = vendor.asks

    @property
    def name(self) -> str:
        return self._name

    @property
    def leaves(self) -> bool:
        return self._leaves

    def reply(self, prompt: Prompt, *, sample: int = 0) -> Reply:
        """Answer once (ChatModel). What the model turns out not to have (log-probabilities,
        replies by schema, a temperature) is done without from then on. Calls once, and
        does not try again: that is for whoever counts the money."""
        asks = self._asks
        while True:
            answer = self._once(prompt, sample, asks)
            if isinstance(answer, Reply):
                self._asks = self._asks & asks
                return answer
            fewer = asks - {_next_to_drop(answer, asks)}
            if not isinstance(answer, RequestRefusedError) or fewer == asks:
                raise answer
            asks = fewer

    def _once(self, prompt: Prompt, sample: int, asks: Asks) -> Reply | ProviderError:
        """Answer, or return what went wrong.

        Nothing of the library's own error is kept: it holds the request, with the texts
        and the key, and would be printed along with ours.
        """
        from langchain_core.exceptions import LangChainException

        started = time.perf_counter()
        try:
            try:
                message = self._message(prompt, sample, asks)
            except self._vendor.errors as error:
                found = self._vendor.behind(error)
                if found is None:
                    return _bare(_failure_behind(error))
                message = found
            return reply(message, prompt, time.perf_counter() - started)
        except ProviderError as error:
            return _bare(error)
        except (LangChainException, ValueError, TypeError, AttributeError, LookupError):
            return failures.unreadable()

    def _message(self, prompt: Prompt, sample: int, asks: Asks) -> AIMessage:
        from langsmith import tracing_context

        temperature = None
        if "temperature" in asks:
            temperature = self._temperature if sample else 0.0
        logprobs = "logprobs" in asks and bool(prompt.choices)
        chat = self._vendor.build(temperature, logprobs)
        by_schema = "schema" in asks
        # LangChain sends each call to LangSmith where the environment says so: not these texts.
        with tracing_context(enabled=False):
            sent = messages(prompt, schema_in_words=not by_schema)
            if not by_schema:
                return chat.invoke(sent)
            runnable: Any = chat.with_structured_output(
                titled(json.loads(json.dumps(prompt.schema))),
                method=self._vendor.method,
                include_raw=True,
            )
            message: AIMessage = runnable.invoke(sent)["raw"]
            return message


def _failure_behind(error: Exception) -> ProviderError:
    """The failure that a library took for one of its own connection."""
    found: BaseException | None = error
    while found is not None and not isinstance(found, ProviderError):
        found = found.__cause__ or found.__context__
    return failures.unreadable() if found is None else found


def _bare(error: ProviderError) -> ProviderError:
    error.__context__ = error.__cause__ = None
    return error.with_traceback(None)


def _next_to_drop(refusal: ProviderError, asks: Asks) -> Ask | None:
    """What to do without after a refusal: what it names, else the least needed."""
    if not isinstance(refusal, RequestRefusedError):
        return None
    named = [ask for ask in ASKS if ask in refusal.about and ask in asks]
    return next(iter(named or [ask for ask in ASKS if ask in asks]), None)
