"""In which round a text last moved or was answered about, and what the last retrain moved."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from core.domain.projects import Map
from core.domain.taxonomy import NewTopic, Reassign
from core.project.arrays import load_clustering
from core.project.history import way
from core.project.mapping import Current
from core.project.workspace import Workspace
from core.steps.rounds import last_rounds, moved_rows


@dataclass(frozen=True, slots=True)
class Rounds:
    """`of` is the round of each text of the current map by its id: how many retrains were
    kept when its cluster last changed, when a person last moved it, or when an answer was
    last given about it. `moved` are the texts that the last kept retrain put into another
    cluster, those that a person's move or a lock keeps elsewhere left out."""

    of: dict[str, int]
    moved: tuple[str, ...]


def rounds(workspace: Workspace, here: Current) -> Rounds:
    """Return the rounds of the texts of the current map."""
    maps = _ancestry(workspace, here.map)
    clusterings = [(one.round, load_clustering(workspace, one)) for one in maps]
    found = last_rounds(clusterings, _touched(workspace, here))
    moved: tuple[str, ...] = ()
    for (earlier, before), (later, after) in pairwise(clusterings):
        if later > earlier:
            moved = tuple(after.text_ids[row] for row in moved_rows(before, after).tolist())
    ids = clusterings[-1][1].text_ids
    kept = here.taxonomy.moved
    return Rounds(
        dict(zip(ids, found.tolist(), strict=True)),
        tuple(text for text in moved if text not in kept),
    )


def _ancestry(workspace: Workspace, source: Map) -> list[Map]:
    """Return the maps that a map's cluster ids come from, the first one first."""
    found = [source]
    while (parent := found[-1].parent) is not None:
        found.append(workspace.store.maps.get(parent))
    return found[::-1]


def _touched(workspace: Workspace, here: Current) -> list[tuple[int, tuple[str, ...]]]:
    """Return the rounds of answers, by what was current when each was given, and of moves
    by hand, with their texts."""
    notes = workspace.store.projects.history(here.project.id)
    of_map = {note.map_id: workspace.store.maps.get(note.map_id).round for note in notes}
    times = [note.at for note in notes]
    found = []
    for judgment in workspace.store.reviews.judgments(here.project.id):
        place = max(0, bisect_right(times, judgment.at) - 1)
        found.append((of_map[notes[place].map_id], judgment.question.texts))
    edits = workspace.store.projects.edits(here.project.id)
    for note in way(notes, here.taxonomy.version):
        change = edits.get(note.number)
        if isinstance(change, Reassign | NewTopic):
            found.append((of_map[note.map_id], change.texts))
    return found
