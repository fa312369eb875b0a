"""Shaping the taxonomy by hand: edits as versions, undo, redo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from core.domain.projects import Project, VersionNote
from core.domain.taxonomy import Edit, Taxonomy
from core.project.mapping import current
from core.project.workspace import Workspace
from core.steps.taxonomy import apply, rebased, sentence


def edit(workspace: Workspace, project_id: str, change: Edit, author: str) -> Taxonomy:
    """Apply an edit and save the result as a new version.

    Raises StaleEditError where the edit was made on an older version, EditError
    where it makes no sense; nothing is changed then.
    """
    here = current(workspace, project_id)
    return workspace.store.projects.append(
        project_id,
        apply(here.taxonomy, change),
        parent=here.taxonomy.version,
        sentence=sentence(change, here.taxonomy),
        author=author,
        at=datetime.now(UTC),
        edit=change,
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """An edit that was made on a version that is no longer the current one: what it would
    do, and what happened to the taxonomy meanwhile, in sentences."""

    change: Edit
    would: str
    meanwhile: str


def waiting(workspace: Workspace, project_id: str, change: Edit) -> Waiting:
    """Return what a stale edit would do, for a person to decide about."""
    here = current(workspace, project_id)
    made_on = workspace.store.projects.taxonomy(project_id, change.version)
    would = sentence(change, made_on)
    note = workspace.store.projects.note(project_id, here.taxonomy.version)
    if note.number < change.version:
        return Waiting(change, would, "the last change was undone")
    return Waiting(change, would, f"{note.author}: {note.sentence}")


def edit_again(workspace: Workspace, project_id: str, change: Edit, author: str) -> Taxonomy:
    """Make an edit of an older version on the current one. Raises as `edit` does."""
    here = current(workspace, project_id)
    return edit(workspace, project_id, rebased(change, here.taxonomy.version), author)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the sidebar shows: the round, when it was last saved, and what Undo
    and Redo would do (None: nothing)."""

    round: int
    saved_at: datetime
    undo: VersionNote | None
    redo: VersionNote | None


def standing(workspace: Workspace, project: Project) -> Standing:
    """Return where the project's taxonomy stands."""
    if project.head is None:
        return Standing(0, project.created_at, None, None)
    projects = workspace.store.projects
    note = projects.note(project.id, project.head)
    return Standing(
        round=workspace.store.maps.get(note.map_id).round,
        saved_at=note.at,
        undo=note if note.parent is not None else None,
        redo=projects.redo_note(project.id, project.head),
    )


def undo(workspace: Workspace, project_id: str, note: VersionNote) -> None:
    """Go back to the version before `note`. Raises StaleEditError."""
    if note.parent is not None:
        workspace.store.projects.move_head(project_id, expected=note.number, number=note.parent)


def redo(workspace: Workspace, project_id: str, note: VersionNote) -> None:
    """Go forward to `note` again. Raises StaleEditError."""
    if note.parent is not None:
        workspace.store.projects.move_head(project_id, expected=note.parent, number=note.number)
