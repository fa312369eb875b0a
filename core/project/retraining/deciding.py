"""A proposal is kept, thrown away, or kept beside the old space."""

from __future__ import annotations

from core.domain.errors import StaleEditError
from core.domain.proposals import Proposal
from core.domain.taxonomy import Taxonomy
from core.project.arrays import load_clustering, load_embedding
from core.project.drawing import Drawn
from core.project.intake import find_project, load_corpus
from core.project.mapping import adopt_kept, keep_beside
from core.project.workspace import Workspace


def newest_proposal(workspace: Workspace, project_id: str) -> Proposal | None:
    """Return the project's newest proposal, whatever became of it."""
    return next(iter(workspace.store.maps.proposals(project_id)), None)


def keep(workspace: Workspace, proposal: Proposal, author: str | None = None) -> Taxonomy:
    """Make the proposal's map current; human edits are carried over by lineage.

    Raises StaleEditError where the map has changed since the proposal was made,
    or where it was decided already.
    """
    _demand_open(workspace, proposal)
    project, drawn = find_project(workspace, proposal.project), _drawn(workspace, proposal)
    sentence = f"Kept the retrained embedder (round {drawn.map.round})"
    taxonomy = adopt_kept(
        workspace, project, load_corpus(workspace, project), drawn, sentence, author=author
    )
    workspace.store.maps.decide(proposal.id, "kept")
    return taxonomy


def keep_both(workspace: Workspace, proposal: Proposal, author: str | None = None) -> Taxonomy:
    """Go on with the old space, and put the new one into History as a state to return to.

    Returns the saved state. Raises as `keep` does.
    """
    _demand_open(workspace, proposal)
    project, drawn = find_project(workspace, proposal.project), _drawn(workspace, proposal)
    saved = keep_beside(
        workspace,
        project,
        load_corpus(workspace, project),
        drawn,
        (
            f"Saved the retrained embedder (round {drawn.map.round}) to come back to",
            "Went on with the embedder in use",
        ),
        author=author,
    )
    workspace.store.maps.decide(proposal.id, "both")
    return saved


def discard(workspace: Workspace, proposal: Proposal) -> None:
    """Keep the old embedder; the proposal stays in the record as discarded.

    Raises StaleEditError where it was decided already.
    """
    workspace.store.maps.decide(proposal.id, "discarded")


def _drawn(workspace: Workspace, proposal: Proposal) -> Drawn:
    new = workspace.store.maps.get(proposal.new_map)
    return Drawn(
        new, load_embedding(workspace, new), load_clustering(workspace, new), proposal.lineage
    )


def _demand_open(workspace: Workspace, proposal: Proposal) -> None:
    stored = workspace.store.maps.proposals(proposal.project)
    if not any(other.id == proposal.id and other.status == "open" for other in stored):
        raise StaleEditError(
            "This retraining was kept or thrown away elsewhere since this page was drawn.",
            "Look at the new state; Undo in the sidebar goes back to the map before it.",
        )
