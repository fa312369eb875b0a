"""How long something takes, in words."""

from __future__ import annotations

_STEP = 5  # seconds: what is guessed is not told to the second
_MOST_SECONDS, _HOURS_FROM = 90, 90 * 60


def duration(seconds: float) -> str:
    """Return a guessed time in words, for after "about": seconds in steps of five up to a
    minute and a half, minutes below an hour and a half, then half hours."""
    in_steps = _STEP * round(seconds / _STEP)
    if in_steps <= _MOST_SECONDS:
        return f"{max(_STEP, in_steps)} s"
    if round(seconds / 60) * 60 < _HOURS_FROM:
        return f"{round(seconds / 60)} min"
    return f"{round(seconds / 1800) / 2:g} h"
