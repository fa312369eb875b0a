"""How long a provider asks to wait."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.adapters.llm.failures import retry_after

AT = "Wed, 21 Oct 2026 07:28:00 GMT"
AT_SECONDS = 1792567680.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "12"}, 12.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after": AT}, 60.0),
        ({"retry-after": "Wed, 21 Oct 2020 07:28:00 GMT"}, 0.0),
        ({"retry-after": "Wed, 99 Oct 2026 07:28:00 GMT"}, None),
    ],
)
def test_seconds_and_dates_are_read(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, now=AT_SECONDS - 60) == seconds


@given(st.floats(-1e9, 1e9))
def test_a_wrong_clock_here_does_not_matter_where_the_provider_tells_its_own(wrong: float) -> None:
    headers = {"retry-after": AT, "date": "Wed, 21 Oct 2026 07:27:30 GMT"}

    assert retry_after(headers, now=AT_SECONDS + wrong) == 30.0


@given(st.text(max_size=40))
def test_no_header_breaks_it(text: str) -> None:
    found = retry_after({"retry-after": text}, now=0.0)

    assert found is None or found >= 0.0
