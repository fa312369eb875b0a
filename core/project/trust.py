"""How far to believe a model's answers, by what people said without seeing them."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.calibration import Calibration, StopAdvice
from core.project.workspace import Workspace
from core.steps.calibration import calibrate, comparisons, stop_advice

FEWEST = 10
"""Blind checks below which no chance is told: the prior would be speaking."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is to be expected among the answers that nobody looked at."""

    advice: StopAdvice

    @property
    def stop(self) -> bool:
        """Whether it is time to stop: few enough are wrong, and that is known well enough."""
        return self.advice.stop and self.advice.compared >= FEWEST

    @property
    def told(self) -> str:
        """Return the advice in words."""
        left, advice = self.advice.left, self.advice
        words = (
            f"Of the {left.answers:,} answers of the LLM that nobody has looked at, about "
            f"{round(left.expected):,} are wrong (95% interval {round(left.low):,} to "
            f"{round(left.high):,})."
        )
        if advice.compared < FEWEST:
            return (
                f"{words} Only {_checks(advice.compared)} behind this: it is mostly what is "
                "known of language models in general."
            )
        if self.stop:
            return f"{words} That is at most one in twenty: you may stop here."
        return (
            f"{words} Reviewing the {advice.next_size} least sure ones would find about "
            f"{round(advice.next_finds)} of them."
        )


def calibration(workspace: Workspace, project_id: str) -> Calibration:
    """Return how often models are right by how sure they are, from blind checks alone:
    who approves what is shown has hardly been asked."""
    found = comparisons(workspace.store.checks.independent(project_id))
    return calibrate([compared for of_model in found.values() for compared in of_model])


def left_wrong(workspace: Workspace, project_id: str) -> Left | None:
    """Return what is left to review, None where no answer of a model is."""
    confidences = workspace.store.checks.unreviewed(project_id)
    if not confidences:
        return None
    return Left(stop_advice(confidences, calibration(workspace, project_id)))


def _checks(count: int) -> str:
    return "1 blind check stands" if count == 1 else f"{count} blind checks stand"
