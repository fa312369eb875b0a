"""Renames, moves and reassignments at once, as they come back in a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.domain.errors import EditError, StaleEditError
from core.domain.taxonomy import Move, Reassign, Rename, Taxonomy, Together
from core.steps.taxonomy.assignment import find, inner_ids
from core.steps.taxonomy.rebuilding import changed, pruned, put
from core.steps.taxonomy.refusals import (
    refuse_archived,
    refuse_locked_parents,
    refuse_no_texts,
    refuse_twins,
    usable_label,
)


def together(taxonomy: Taxonomy, edit: Together) -> Taxonomy:
    """Return `taxonomy` with all of the edits done, or raise and change nothing.

    Each of them has to be allowed by itself as far as locks, archives and ids go;
    that no topic is inside itself and no two siblings share a name has to hold
    only for what they come to.
    """
    if any(one.version != edit.version for one in edit.edits):
        raise StaleEditError(
            "These changes were made on different versions of the taxonomy.",
            "Make them again on the current one.",
        )
    renames = [one for one in edit.edits if isinstance(one, Rename)]
    moves = [one for one in edit.edits if isinstance(one, Move)]
    shaped = _renamed(taxonomy, renames)
    shaped = _moved(shaped, moves)
    _refuse_circles(shaped)
    shaped = pruned(shaped, inner_ids(taxonomy))
    _refuse_twins(shaped, {*(one.topic for one in renames), *(one.topic for one in moves)})
    for one in edit.edits:
        if isinstance(one, Reassign):
            shaped = reassigned(shaped, one)
    return shaped


def _renamed(taxonomy: Taxonomy, renames: list[Rename]) -> Taxonomy:
    found = (
        replace(find(taxonomy, one.topic), label=usable_label(one.label), named_by="human")
        for one in renames
    )
    return changed(taxonomy, *found)


def _moved(taxonomy: Taxonomy, moves: list[Move]) -> Taxonomy:
    inner = inner_ids(taxonomy)
    placed = []
    for one in moves:
        topic = find(taxonomy, one.topic)
        refuse_archived(topic)
        if one.parent is not None:
            parent = find(taxonomy, one.parent)
            refuse_archived(parent)
            if parent.id not in inner:
                raise EditError(
                    f"'{parent.label}' holds texts, so '{topic.label}' cannot go under it.",
                    "Choose a parent that has topics under it, or group the two on the "
                    "Taxonomy page first.",
                )
        refuse_locked_parents(taxonomy, [topic], one.parent)
        placed.append(replace(topic, parent=one.parent))
    return changed(taxonomy, *placed)


def _refuse_circles(taxonomy: Taxonomy) -> None:
    parents: Mapping[str, str | None] = {topic.id: topic.parent for topic in taxonomy.topics}
    for topic in taxonomy.topics:
        line, place = [topic.id], topic.parent
        while place is not None and place not in line:
            line.append(place)
            place = parents[place]
        if place == topic.id:
            names = " under ".join(f"'{find(taxonomy, one).label}'" for one in (*line, topic.id))
            raise EditError(
                f"The parents go round in a circle: {names}.",
                "Give one of these topics another parent.",
            )


def _refuse_twins(taxonomy: Taxonomy, touched: set[str]) -> None:
    for topic in taxonomy.topics:
        if topic.id in touched:
            refuse_twins(taxonomy, topic.parent, {topic.id: topic.label})


def reassigned(taxonomy: Taxonomy, edit: Reassign) -> Taxonomy:
    """Return `taxonomy` with texts put into a leaf by hand, or into none."""
    refuse_no_texts(edit.texts)
    if edit.topic:
        topic = find(taxonomy, edit.topic)
        refuse_archived(topic)
        if topic.id in inner_ids(taxonomy):
            raise EditError(
                f"'{topic.label}' has topics under it and holds no texts itself.",
                "Move the texts into one of the topics under it.",
            )
    return replace(taxonomy, moved=put(taxonomy.moved, edit.texts, edit.topic))
