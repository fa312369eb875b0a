"""How to train: what each way is for, and about how long it takes here."""

from __future__ import annotations

from dataclasses import dataclass

from core.adapters.hardware import cores, has_gpu
from core.project.retraining.material import Material
from core.project.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Way:
    """A way to train: `speed` names it for a job, `seconds` is about how long training and
    drawing take together."""

    speed: str
    label: str
    about: str
    seconds: float


def ways(found: Material) -> tuple[Way, ...]:
    """Return the ways that there is something to learn by, the recommended one first."""
    training, drawing = expected_seconds(found.train, found.texts)
    return (
        Way(
            "whole",
            "Whole encoder",
            "The model itself learns from the answers.",
            training + drawing,
        ),
    )


def expected_seconds(examples_count: int, texts: int) -> tuple[float, float]:
    """Return about how long training and redrawing take on two cores, in seconds."""
    return 6 + 0.24 * examples_count, 12 + texts / 60


def place(workspace: Workspace) -> str:
    """Say what a training runs on here."""
    if has_gpu():
        return "the graphics card"
    count = cores(workspace.settings.worker_threads)
    return "1 core" if count == 1 else f"{count} cores"


def duration(seconds: float) -> str:
    """Say about how long something takes."""
    if seconds < 90:
        return f"about {max(5, 5 * round(seconds / 5))} s"
    return f"about {round(seconds / 60)} min"
