"""The recipe of a taxonomy: taken out of its history, and replayed somewhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from core.adapters.recipes import read_recipe, write_recipe
from core.domain.clusterings import Clustering
from core.domain.recipes import Recipe, Replayed, Step
from core.domain.taxonomy import Taxonomy
from core.project.arrays import load_clustering
from core.project.history import way
from core.project.mapping import Current
from core.project.workspace import Workspace
from core.steps.taxonomy import recipe_step, replay


@dataclass(frozen=True, slots=True)
class Replay:
    """What a recipe would do to the taxonomy of `version`, step by step."""

    version: int
    lines: tuple[Replayed, ...]

    @property
    def made(self) -> tuple[Replayed, ...]:
        return tuple(line for line in self.lines if line.taxonomy is not None)

    @property
    def told(self) -> str:
        count, missing = len(self.made), len(self.lines) - len(self.made)
        words = f"{count:,} of {len(self.lines):,} steps can be made here."
        return words if not missing else f"{words} The others are told below and left out."


def extract(workspace: Workspace, here: Current) -> Recipe:
    """Return the edits that led to the current taxonomy; what was undone is not in it."""
    store, project_id = workspace.store.projects, here.project.id

    @cache
    def clustering(map_id: str) -> Clustering:
        return load_clustering(workspace, workspace.store.maps.get(map_id))

    edits, steps, left_out = store.edits(project_id), list[Step](), list[str]()
    for note in way(store.history(project_id), here.taxonomy.version):
        edit = edits.get(note.number)
        if edit is None or note.parent is None:
            if note.parent is not None and note.returned_to is None:
                left_out.append(note.sentence)
            continue
        before, after = (store.taxonomy(project_id, n) for n in (note.parent, note.number))
        steps.append(recipe_step(edit, before, after, clustering(before.map_id)))
    return Recipe(here.project.name, tuple(steps), tuple(left_out))


def written(recipe: Recipe) -> bytes:
    """Return a recipe as a file."""
    return write_recipe(recipe)


def read(name: str, data: bytes) -> Recipe:
    """Return the recipe in a file. Raises InputError where it is none."""
    return read_recipe(name, data)


def offer(workspace: Workspace, here: Current, recipe: Recipe) -> Replay:
    """Return what a recipe would do where the project stands; nothing is changed."""
    clustering = load_clustering(workspace, here.map)
    return Replay(here.taxonomy.version, replay(recipe, here.taxonomy, clustering))


def take_over(workspace: Workspace, project_id: str, chosen: Replay, author: str) -> Taxonomy:
    """Make the steps that can be made, each a version of its own, all or none.

    Raises StaleEditError where the taxonomy is no longer the one of the offer.
    """
    steps = [
        (line.taxonomy, line.sentence, line.edit)
        for line in chosen.made
        if line.taxonomy is not None and line.edit is not None
    ]
    return workspace.store.projects.append_all(
        project_id, steps, parent=chosen.version, author=author, at=datetime.now(UTC)
    )
