"""All states that a project has been in, in plain sentences, and the way back to any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from core.domain.errors import StaleEditError
from core.domain.projects import Map, VersionNote
from core.domain.spaces import Origin
from core.domain.taxonomy import Taxonomy
from core.project.intake import find_project
from core.project.workspace import Workspace


@dataclass(frozen=True, slots=True)
class State:
    """One state: what made it, who and when, and the space that it stands on.

    `encoder` names what makes the vectors, `learned` counts the answers that it learned
    from here, itself and those before it; `round` the retrains kept on the way. `aside`:
    the current state was not made from it; it was undone, or left by a return.
    """

    number: int
    sentence: str
    author: str
    at: datetime
    round: int
    encoder: str
    learned: int
    current: bool
    aside: bool = False


def states(workspace: Workspace, project_id: str) -> tuple[State, ...]:
    """Return the states of a project, the newest first; none before its first map."""
    head = find_project(workspace, project_id).head

    @cache
    def source(map_id: str) -> Map:
        return workspace.store.maps.get(map_id)

    @cache
    def ancestry(space_id: str) -> tuple[Origin, ...]:
        return lessons(workspace, space_id)

    notes = workspace.store.projects.history(project_id)
    taken = {note.number for note in way(notes, head)} if head is not None else set()
    return tuple(
        State(
            note.number,
            note.sentence,
            note.author,
            note.at,
            source(note.map_id).round,
            ancestry(source(note.map_id).space)[0].space.encoder,
            len(_learned(ancestry(source(note.map_id).space))),
            note.number == head,
            note.number not in taken,
        )
        for note in reversed(notes)
    )


def way(notes: Sequence[VersionNote], number: int) -> tuple[VersionNote, ...]:
    """Return the versions that led to version `number`, itself the last. A return leads
    from the version that was returned to."""
    by_number = {note.number: note for note in notes}
    found: list[VersionNote] = []
    place: int | None = number
    while place is not None and len(found) < len(by_number):
        note = by_number[place]
        found.append(note)
        place = note.parent if note.returned_to is None else note.returned_to
    return tuple(reversed(found))


def ahead(workspace: Workspace, project_id: str) -> int:
    """Return how many undone changes Redo could make again, one after the other."""
    place, count = find_project(workspace, project_id).head, 0
    while place is not None and (note := workspace.store.projects.redo_note(project_id, place)):
        place, count = note.number, count + 1
    return count


def lessons(workspace: Workspace, space_id: str) -> tuple[Origin, ...]:
    """Return a space and those that it was trained from, one after the other."""
    found: list[Origin] = []
    parent: str | None = space_id
    while parent is not None:
        found.append(workspace.store.maps.space(parent))
        parent = found[-1].space.parent
    return tuple(found)


def go_back(
    workspace: Workspace, project_id: str, number: int, author: str, *, expected: int
) -> Taxonomy:
    """Return to an earlier state: it becomes the newest one, and nothing is lost.

    `expected` is the state that was current when this was asked for. Raises
    StaleEditError where another one is by now, or where `number` is that one.
    """
    if number == expected:
        raise StaleEditError("This is the state that you are in.", "Choose another one.")
    earlier = workspace.store.projects.taxonomy(project_id, number)
    note = workspace.store.projects.note(project_id, number)
    return workspace.store.projects.append(
        project_id,
        earlier,
        parent=expected,
        sentence=f"Returned to state {number}: {note.sentence}",
        author=author,
        at=datetime.now(UTC),
        returned_to=number,
    )


def _learned(origins: tuple[Origin, ...]) -> set[str]:
    return {answer for origin in origins if origin.lesson for answer in origin.lesson.answers}
