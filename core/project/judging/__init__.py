"""The LLM as a judge: handed batches of questions, within a budget, one idea a file."""

from core.project.judging.costs import Estimate, Meter, Tried, estimate, meter, try_out, usage
from core.project.judging.handing import (
    KIND,
    Standing,
    cancel,
    judge,
    pause,
    resume,
    start,
    state,
)
from core.project.judging.plan import budget_of, save, settings_of, whereabouts

__all__ = [
    "KIND",
    "Estimate",
    "Meter",
    "Standing",
    "Tried",
    "budget_of",
    "cancel",
    "estimate",
    "judge",
    "meter",
    "pause",
    "resume",
    "save",
    "settings_of",
    "start",
    "state",
    "try_out",
    "usage",
    "whereabouts",
]
