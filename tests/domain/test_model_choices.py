"""A choice of model: what it refuses, and whether texts leave the computer with it."""

from __future__ import annotations

import pytest

from core.domain.errors import InputError
from core.domain.llm import ModelChoice, Price, Provider, Usage


@pytest.mark.parametrize(
    "address",
    [
        "localhost:11434",
        "ftp://host/v1",
        "http://",
        "http://host:99999/v1",
        "http://[::1/v1",
        "https://me:sk-secret@host/v1",
        "https://host/v1?api-key=sk-secret",
        "https://host/v1#sk-secret",
    ],
)
def test_an_address_that_is_none_or_holds_more_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(InputError) as caught:
        ModelChoice("openai", "m", base_url=address)

    assert "secret" not in str(caught.value)


def test_numbers_out_of_range_are_refused() -> None:
    for wrong in (
        {"timeout": 0.0},
        {"timeout": float("nan")},
        {"temperature": 3.0},
        {"max_tokens": 0},
        {"model": " "},
    ):
        with pytest.raises(InputError):
            ModelChoice(**{"provider": "openai", "model": "m", **wrong})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("provider", "address", "leaves"),
    [
        ("bundled", None, False),
        ("transformers", None, False),
        ("openai", None, True),
        ("anthropic", None, True),
        ("huggingface", None, True),
        ("openai", "http://localhost:11434/v1", False),
        ("openai", "http://127.0.0.1:8080/v1", False),
        ("huggingface", "http://[::1]:8080", False),
        ("openai", "http://192.168.1.7:8080/v1", True),
        ("openai", "https://localhost.example.org/v1", True),
    ],
)
def test_texts_stay_only_with_a_model_of_this_computer(
    provider: Provider, address: str | None, leaves: bool
) -> None:
    assert ModelChoice(provider, "m", base_url=address).leaves is leaves


def test_a_price_is_for_a_million_tokens() -> None:
    assert Price(0.15, 0.6).of(Usage(2_000_000, 500_000)) == pytest.approx(0.6)
