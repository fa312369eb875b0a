"""What each model's answers turned out to be worth, held against people's."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.calibration import Calibration, Compared, ReliabilityCurve
from core.domain.shares import wilson
from core.project.workspace import Workspace
from core.steps.calibration import calibrate, comparisons, reliability_curve

_SAID = 0.9  # the confidence that the sentence speaks of


@dataclass(frozen=True, slots=True)
class Measured:
    """A model's answers beside those of people who had not seen them: how often the two
    agree, what its confidence means, and whether that is what it says."""

    model: str
    compared: tuple[Compared, ...]
    calibration: Calibration
    curve: ReliabilityCurve

    @property
    def agreed(self) -> int:
        return sum(one.right for one in self.compared)

    @property
    def told(self) -> str:
        """Return in words what was found."""
        low, high = wilson(self.agreed, len(self.compared))
        off = 100 * (self.curve.error or 0.0)
        return (
            f"It agrees with people on {self.agreed:,} of {len(self.compared):,} answers (95% "
            f"interval {low:.0%} to {high:.0%}). Where it says that it is {_SAID:.0%} sure, it is "
            f"right about {self.calibration.chance(_SAID):.0%} of the time. Its confidence is off "
            f"by {off:.0f} percentage points on average (expected calibration error)."
        )


def measured(workspace: Workspace, project_id: str) -> tuple[Measured, ...]:
    """Return what is known of each model, by name; nothing of a model that no blind
    check was answered about: who approves what is shown has hardly been asked."""
    found = comparisons(workspace.store.checks.independent(project_id))
    return tuple(
        Measured(model, compared, calibrate(compared), reliability_curve(compared))
        for model, compared in found.items()
        if compared
    )
