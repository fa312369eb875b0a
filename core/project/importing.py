"""An edited workbook that comes back: the changes shown first, then all of them or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.adapters.tables import read_returned
from core.domain.errors import InputError
from core.domain.taxonomy import Assignment, Move, Reassign, Rename, Taxonomy, Together
from core.domain.workbooks import Returned
from core.project.arrays import load_clustering
from core.project.intake import load_corpus
from core.project.mapping import Current
from core.project.shaping import edit
from core.project.workspace import Workspace
from core.steps.export import changes, missing
from core.steps.taxonomy import apply, assign, path


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the difference: what it is about, how that is, how it would be."""

    what: str
    which: str
    now: str
    then: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What a workbook would change on the current version: the edit, its lines, and
    sentences about what a person should know before ("" for nothing)."""

    edit: Together
    lines: tuple[Change, ...]
    told: str
    left_out: str
    stale: str


def read(workspace: Workspace, project_id: str, name: str, data: bytes) -> Returned:
    """Return what is in a workbook of this project. Raises InputError."""
    book = read_returned(name, data, workspace.settings)
    if book.project != project_id:
        raise InputError(
            f"'{name}' was downloaded from another project.",
            "Open that project, or download this one's workbook and edit it.",
        )
    return book


def offer(workspace: Workspace, here: Current, book: Returned) -> Offer:
    """Return what a workbook would change where the project stands.

    Tried out on the taxonomy without keeping anything: raises InputError where the
    workbook cannot be read as edits, EditError where they make no sense.
    """
    assignment = assign(here.taxonomy, load_clustering(workspace, here.map))
    made = changes(here.taxonomy, assignment, book)
    apply(here.taxonomy, made)
    bodies = {text.id: text.body for text in load_corpus(workspace, here.project).texts}
    lines = _lines(here.taxonomy, assignment, made, bodies)
    return Offer(made, lines, _told(made), _left_out(here, assignment, book), _stale(here, book))


def take_over(workspace: Workspace, project_id: str, chosen: Offer, author: str) -> Taxonomy:
    """Make all changes of an offer, as one version. Raises StaleEditError where the
    taxonomy is no longer the one that the offer was made on."""
    return edit(workspace, project_id, chosen.edit, author)


def _lines(
    taxonomy: Taxonomy, assignment: Assignment, made: Together, bodies: Mapping[str, str]
) -> tuple[Change, ...]:
    labels = {topic.id: topic.label for topic in taxonomy.topics}
    places = dict(zip(assignment.text_ids, assignment.topics, strict=True))
    found: list[Change] = []
    for one in made.edits:
        match one:
            case Rename():
                found.append(Change("Name", labels[one.topic], labels[one.topic], one.label))
            case Move():
                now = path(taxonomy, one.topic)[:-1]
                above = now[-1].label if now else "(top level)"
                then = labels[one.parent] if one.parent else "(top level)"
                found.append(Change("Place", labels[one.topic], above, then))
            case Reassign():
                then = labels.get(one.topic, "(unassigned)")
                found += [
                    Change("Text", bodies[text], labels.get(places[text], "(unassigned)"), then)
                    for text in one.texts
                ]
    return tuple(found)


def _told(made: Together) -> str:
    renamed = sum(isinstance(one, Rename) for one in made.edits)
    moved = sum(isinstance(one, Move) for one in made.edits)
    texts = sum(len(one.texts) for one in made.edits if isinstance(one, Reassign))
    if not made.edits:
        return "The workbook asks for no change: everything is as it says."
    return (
        f"The workbook asks for {renamed:,} new {'name' if renamed == 1 else 'names'}, {moved:,} "
        f"{'topic' if moved == 1 else 'topics'} put under another parent and {texts:,} "
        f"{'text' if texts == 1 else 'texts'} put elsewhere."
    )


def _left_out(here: Current, assignment: Assignment, book: Returned) -> str:
    topics, texts = missing(here.taxonomy, assignment, book)
    if not topics and not texts:
        return ""
    parts = [
        f"{count:,} {one if count == 1 else many}"
        for count, one, many in ((topics, "topic", "topics"), (texts, "text", "texts"))
        if count
    ]
    verb = "has" if topics + texts == 1 else "have"
    return f"{' and '.join(parts)} {verb} no line in the workbook and would stay as they are."


def _stale(here: Current, book: Returned) -> str:
    if book.version == here.taxonomy.version:
        return ""
    return (
        f"This workbook was made from version {book.version} of the taxonomy, and it is at "
        f"version {here.taxonomy.version} now. What changed in between may be undone by it: read "
        "the changes below, which are against the taxonomy as it is now."
    )
