"""A guessed time is told in the same words everywhere."""

from __future__ import annotations

import pytest

from core.domain.durations import duration


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "5 s"),
        (0.4, "5 s"),
        (12, "10 s"),
        (13, "15 s"),
        (87, "85 s"),
        (88, "90 s"),
        (93, "2 min"),
        (150.5, "3 min"),
        (89 * 60, "89 min"),
        (89.6 * 60, "1.5 h"),
        (7 * 3600, "7 h"),
        (26 * 3600 + 1000, "26.5 h"),
    ],
)
def test_a_time_is_told_as_closely_as_it_can_be_guessed(seconds: float, words: str) -> None:
    assert duration(seconds) == words
