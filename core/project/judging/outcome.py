"""What a batch came to, in words."""

from __future__ import annotations

from core.domain.judging import BatchStatus
from core.project.judging.handing import Standing
from core.project.workspace import Workspace

_ENDED = {
    BatchStatus.DONE: "The batch is done",
    BatchStatus.CANCELLED: "The batch was ended",
    BatchStatus.PAUSED: "The batch is paused",
    BatchStatus.CAPPED: "The batch stopped at the cap",
    BatchStatus.INTERRUPTED: "The batch was interrupted",
    BatchStatus.FAILED: "The batch stopped",
}


def outcome(workspace: Workspace, project_id: str, stands: Standing) -> str:
    """Return what the newest batch, which runs no more, came to."""
    how = f"{_ENDED[stands.status]} ({stands.done:,} of {stands.wanted:,} questions)."
    found = workspace.store.checks.newest_told(project_id, stands.done)
    told = [how, stands.message]
    if stands.done:
        told.append(f"The LLM answered {found.answered:,} and could not tell on {found.unsure:,}.")
    if found.comparable:
        told.append(
            f"Of {found.comparable:,} that the embedder has a guess for, "
            f"{found.differing:,} are answered otherwise."
        )
    return " ".join(part for part in told if part)
