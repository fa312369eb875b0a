"""The LLM as a judge: handed batches of questions, within a budget, one idea a file."""

from core.project.judging.costs import Estimate, Meter, estimate, meter, usage
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
from core.project.judging.outcome import outcome
from core.project.judging.plan import budget_of, save, settings_of, whereabouts
from core.project.judging.trying import KIND as TRY
from core.project.judging.trying import Trial, Tried, begin_try, newest_try, run_try, try_out

__all__ = [
    "KIND",
    "TRY",
    "Estimate",
    "Meter",
    "Standing",
    "Trial",
    "Tried",
    "begin_try",
    "budget_of",
    "cancel",
    "estimate",
    "judge",
    "meter",
    "newest_try",
    "outcome",
    "pause",
    "resume",
    "run_try",
    "save",
    "settings_of",
    "start",
    "state",
    "try_out",
    "usage",
    "whereabouts",
]
