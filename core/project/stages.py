"""Sharing one progress bar among the stages of a use case."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.ports import Progress


@dataclass(frozen=True, slots=True)
class Stage:
    """The part [`start`, `end`] of a whole job's progress; itself a `Progress`."""

    whole: Progress
    start: float
    end: float

    def report(self, fraction: float, message: str) -> None:
        self.whole.report(self.start + (self.end - self.start) * fraction, message)

    def point(self, value: float) -> None:
        self.whole.point(value)


def shares(whole: Progress, *seconds: float) -> tuple[Stage, ...]:
    """Divide `whole` into stages in proportion to their expected seconds, so that
    the time left can be read off the fraction."""
    total = sum(seconds)
    ends = [sum(seconds[: i + 1]) / total for i in range(len(seconds))]
    return tuple(
        Stage(whole, start, end) for start, end in zip([0.0, *ends[:-1]], ends, strict=True)
    )
