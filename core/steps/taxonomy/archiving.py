"""Setting topics aside without losing anything, and bringing them back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from core.domain.errors import EditError
from core.domain.taxonomy import SetArchived, Taxonomy
from core.steps.taxonomy.assignment import find, path
from core.steps.taxonomy.rebuilding import changed


def set_archived(taxonomy: Taxonomy, edit: SetArchived) -> Taxonomy:
    """Set a topic with all under it aside, or bring them back.

    The parents above follow by `aligned`. Raises EditError where something of it
    is locked: a lock guards what a topic holds.
    """
    root = find(taxonomy, edit.topic)
    within = [topic for topic in taxonomy.topics if root in path(taxonomy, topic.id)]
    for topic in within:
        if edit.archived and topic.locked:
            raise EditError(f"'{topic.label}' is locked and stays where it is.", "Unlock it first.")
    return changed(taxonomy, *(replace(topic, archived=edit.archived) for topic in within))


def aligned(taxonomy: Taxonomy) -> Taxonomy:
    """Return `taxonomy` with a parent archived just where all its children are."""
    archived = {topic.id for topic in taxonomy.topics if topic.archived}
    if not archived:
        return taxonomy
    children: dict[str, list[str]] = defaultdict(list)
    for topic in taxonomy.topics:
        if topic.parent is not None:
            children[topic.parent].append(topic.id)
    # The deepest first, so that a parent's parent sees what became of it.
    for topic in sorted(taxonomy.topics, key=lambda t: -len(path(taxonomy, t.id))):
        if below := children.get(topic.id):
            (archived.add if archived.issuperset(below) else archived.discard)(topic.id)
    topics = (replace(topic, archived=topic.id in archived) for topic in taxonomy.topics)
    return replace(taxonomy, topics=tuple(topics))
