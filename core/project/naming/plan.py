"""What it is expected to take to name topics with a language model."""

from __future__ import annotations

from core.domain.llm import Usage
from core.project.judging.costs import Estimate, reckoned
from core.project.judging.plan import budget_of, settings_of
from core.project.workspace import Workspace

_SECONDS_A_CALL = 3.0  # a name is longer than a choice
_SECONDS_INSIDE = 5.0  # of a model inside Clade, on one core
_TYPICAL = Usage(900, 180)  # tokens of a call: ten short texts, a name and what it means


def expected(workspace: Workspace, project_id: str, topics: int) -> Estimate:
    """Return what naming so many topics is expected to take, with no reply kept.

    Raises InputError where no LLM is set up.
    """
    settings, budget = settings_of(workspace, project_id), budget_of(workspace, project_id)
    local = settings.choice.provider in ("bundled", "transformers")
    seconds = _SECONDS_INSIDE if local else _SECONDS_A_CALL
    return reckoned(settings, budget, topics, topics, _TYPICAL, seconds)
