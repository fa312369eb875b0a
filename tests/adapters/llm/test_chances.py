"""Chances out of log-probabilities: a distribution over the choices, or nothing."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.adapters.llm.chances import chances


def token(said: str, **likely: float) -> dict[str, Any]:
    """A token and the chances of the likeliest ones in its place."""
    top = [{"token": name, "logprob": math.log(chance)} for name, chance in likely.items()]
    return {"token": said, "logprob": 0.0, "top_logprobs": top}


def test_the_place_is_found_however_the_tokens_are_cut() -> None:
    likely = {"1": 0.6, "2": 0.3}
    whole = [token('{"choice": "'), token("1", **likely), token('"}')]
    quoted = [token('{"choice":'), token(' "1', **{f' "{k}': v for k, v in likely.items()})]
    number = [token('{"choice": '), token("1", **likely), token("}")]
    bare = [token("1", **likely)]
    fenced = [token("```"), token("json\n"), *whole]
    spaced = [token(" 1", **{f" {k}": v for k, v in likely.items()})]

    for tokens in (whole, quoted, number, bare, fenced, spaced):
        assert chances(tokens, ("1", "2")) == pytest.approx({"1": 2 / 3, "2": 1 / 3})


def test_a_label_that_begins_with_another_is_told_from_it() -> None:
    tokens = [token('{"choice": "'), token("10", **{"1": 0.5, "10": 0.25, "2": 0.25})]

    assert chances(tokens, ("1", "2", "10")) == pytest.approx({"1": 0.5, "2": 0.25, "10": 0.25})


def test_the_beginning_of_one_label_counts_for_it_and_of_two_for_neither() -> None:
    place = [token('{"choice": "')]
    clear = [*place, token("bo", **{"bo": 0.5, "ne": 0.5})]
    unclear = [*place, token("ne", **{"ne": 0.5, "1": 0.5})]
    hardly = [*place, token("1", **{"1": 0.5, "2": 0.48, "n": 0.02})]

    assert chances(clear, ("both", "neither")) == pytest.approx({"both": 0.5, "neither": 0.5})
    assert chances(unclear, ("1", "neither", "new")) is None
    assert chances(hardly, ("1", "2", "neither", "new")) is not None


def test_a_choice_that_is_not_listed_gets_no_more_than_the_least_that_is() -> None:
    tokens = [token('{"choice": "'), token("1", **{"1": 0.8, "x": 0.05})]
    found = chances(tokens, ("1", "2"))

    assert found == pytest.approx({"1": 0.8 / 0.85, "2": 0.05 / 0.85})


@pytest.mark.parametrize(
    "tokens",
    [
        [],
        [token("I would say "), token("1", **{"1": 0.9})],
        [token('{"reason": "1"}', **{"1": 0.9})],
        [token('{"choice": "'), token("1")],
        # Held to the choices by a grammar, it would have said something else.
        [token('{"choice": "'), token("1", **{"card": 0.99, "1": 1e-5, "2": 1e-6})],
    ],
)
def test_where_it_cannot_be_told_there_is_nothing(tokens: list[dict[str, Any]]) -> None:
    assert chances(tokens, ("1", "2")) is None


@given(
    st.lists(st.sampled_from(["1", "2", "both", "neither", "unsure"]), min_size=1, unique=True),
    st.dictionaries(st.text(max_size=4), st.floats(-30.0, 1.0), max_size=8),
)
def test_what_comes_back_is_a_distribution_over_the_choices(
    choices: list[str], likely: dict[str, float]
) -> None:
    top = [{"token": name, "logprob": chance} for name, chance in likely.items()]
    tokens = [token('{"choice": "'), {"token": "1", "logprob": 0.0, "top_logprobs": top}]
    found = chances(tokens, choices)

    if found is not None:
        assert list(found) == choices
        assert math.fsum(found.values()) == pytest.approx(1.0)
        assert all(0.0 <= chance <= 1.0 for chance in found.values())
