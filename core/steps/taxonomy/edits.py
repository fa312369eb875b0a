"""Applying one edit to a taxonomy: a new version, or a refusal in plain words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import zip_longest
from types import MappingProxyType

from core.domain.errors import EditError, StaleEditError
from core.domain.taxonomy import (
    Describe,
    Edit,
    Group,
    Merge,
    Move,
    NewTopic,
    Reassign,
    Regrow,
    Rename,
    SetArchived,
    SetLock,
    SetReviewed,
    Split,
    TakeNames,
    Taxonomy,
    Together,
    Topic,
)
from core.steps.taxonomy.archiving import aligned, set_archived
from core.steps.taxonomy.assignment import find, inner_ids, path
from core.steps.taxonomy.rebuilding import changed, pruned, put, unused_id
from core.steps.taxonomy.refusals import (
    chosen_topics,
    cleaned,
    refuse_archived,
    refuse_locked_parents,
    refuse_no_texts,
    refuse_twins,
    usable_label,
)
from core.steps.taxonomy.regrowing import regrow
from core.steps.taxonomy.splitting import split
from core.steps.taxonomy.taking import take_names
from core.steps.taxonomy.together import reassigned, together


def apply(taxonomy: Taxonomy, edit: Edit) -> Taxonomy:
    """Return the next version of `taxonomy`, with `edit` done.

    The tree stays a forest in which every cluster is in exactly one leaf; a
    parent that an edit leaves without children goes. A lock guards what a topic
    holds: it may be renamed, described, moved as a whole and given or deprived
    of single texts by hand, but not merged, nor gain or lose subtopics.

    Raises StaleEditError where the edit was made on another version, and
    EditError where it makes no sense.
    """
    if edit.version != taxonomy.version:
        raise StaleEditError(
            f"The taxonomy changed meanwhile: this edit was made on version {edit.version}, "
            f"and the current one is {taxonomy.version}.",
            "Look at the tree as it is now and make the edit again.",
        )
    edited = aligned(_edited(taxonomy, edit))
    return replace(edited, version=taxonomy.version + 1)


def rebased(edit: Edit, version: int) -> Edit:
    """Return `edit` as if it had been made on another version of the taxonomy."""
    if isinstance(edit, Together):
        edits = tuple(replace(one, version=version) for one in edit.edits)
        return replace(edit, version=version, edits=edits)
    return replace(edit, version=version)


def _edited(taxonomy: Taxonomy, edit: Edit) -> Taxonomy:
    match edit:
        case Rename():
            return _rename(taxonomy, edit)
        case Describe():
            topic = find(taxonomy, edit.topic)
            return changed(taxonomy, replace(topic, description=cleaned(edit.description)))
        case Move():
            return _move(taxonomy, edit)
        case Group():
            return _group(taxonomy, edit)
        case Merge():
            return _merge(taxonomy, edit)
        case Split():
            return split(taxonomy, edit)
        case Reassign():
            return reassigned(taxonomy, edit)
        case NewTopic():
            return _new_topic(taxonomy, edit)
        case SetLock():
            return _set_lock(taxonomy, edit)
        case SetReviewed():
            return changed(taxonomy, replace(find(taxonomy, edit.topic), reviewed=edit.reviewed))
        case SetArchived():
            return set_archived(taxonomy, edit)
        case TakeNames():
            return take_names(taxonomy, edit)
        case Regrow():
            return regrow(taxonomy, edit)
        case Together():
            return together(taxonomy, edit)


def _rename(taxonomy: Taxonomy, edit: Rename) -> Taxonomy:
    topic = find(taxonomy, edit.topic)
    label = usable_label(edit.label)
    refuse_twins(taxonomy, topic.parent, {topic.id: label})
    return changed(taxonomy, replace(topic, label=label, named_by="human"))


def _move(taxonomy: Taxonomy, edit: Move) -> Taxonomy:
    topic = find(taxonomy, edit.topic)
    above: tuple[Topic, ...] = ()
    if edit.parent is not None:
        above = path(taxonomy, edit.parent)
        if topic in above:
            raise EditError(
                f"'{topic.label}' cannot go under itself or a topic inside it.",
                "Choose a parent outside of it.",
            )
        if edit.parent not in inner_ids(taxonomy):
            raise EditError(
                f"'{above[-1].label}' holds texts, so no topic can go under it.",
                "Group the two topics under a new parent instead.",
            )
    refuse_archived(topic, *above)
    refuse_locked_parents(taxonomy, [topic], edit.parent)
    placed = changed(taxonomy, replace(topic, parent=edit.parent))
    moved = pruned(placed, inner_ids(taxonomy))
    refuse_twins(moved, edit.parent, {topic.id: topic.label})
    return moved


def _group(taxonomy: Taxonomy, edit: Group) -> Taxonomy:
    chosen = chosen_topics(taxonomy, edit.topics, least=1)
    refuse_archived(*chosen)
    label = usable_label(edit.label)
    lines = [path(taxonomy, topic.id)[:-1] for topic in chosen]
    if any(topic in line for line in lines for topic in chosen):
        raise EditError(
            "One of these topics is inside another of them.",
            "Choose topics that do not contain each other.",
        )
    # The new parent goes under the deepest topic that is above all of them.
    parent: Topic | None = None
    for level in zip(*lines, strict=False):
        if len({topic.id for topic in level}) > 1:
            break
        parent = level[0]
    place = parent.id if parent else None
    refuse_locked_parents(taxonomy, chosen, place)
    group = Topic(
        id=unused_id(taxonomy, "g"),
        label=label,
        parent=place,
        named_by="human",
        locked=parent is not None and parent.locked,
    )
    inside = changed(taxonomy, *(replace(topic, parent=group.id) for topic in chosen))
    grouped = pruned(replace(inside, topics=(*inside.topics, group)), inner_ids(taxonomy))
    refuse_twins(grouped, place, {group.id: label})
    refuse_twins(grouped, group.id, {topic.id: topic.label for topic in chosen})
    return grouped


def _merge(taxonomy: Taxonomy, edit: Merge) -> Taxonomy:
    chosen = chosen_topics(taxonomy, edit.topics, least=2)
    refuse_archived(*chosen)
    inner = inner_ids(taxonomy)
    for topic in chosen:
        if topic.id in inner:
            raise EditError(
                f"'{topic.label}' has topics under it, and only topics that hold texts can merge.",
                "Merge the topics under it, or move them under another parent.",
            )
        if topic.locked:
            raise EditError(f"'{topic.label}' is locked and cannot be merged.", "Unlock it first.")
    first, *others = chosen
    gone = {topic.id for topic in others}
    merged = replace(
        first,
        clusters=tuple(sorted(cluster for topic in chosen for cluster in topic.clusters)),
        keywords=_interleaved([topic.keywords for topic in chosen]),
        reviewed=all(topic.reviewed for topic in chosen),
    )
    kept = changed(taxonomy, merged)
    moved = {text: first.id if place in gone else place for text, place in taxonomy.moved.items()}
    topics = tuple(topic for topic in kept.topics if topic.id not in gone)
    return pruned(replace(kept, topics=topics, moved=MappingProxyType(moved)), inner)


def _new_topic(taxonomy: Taxonomy, edit: NewTopic) -> Taxonomy:
    refuse_no_texts(edit.texts)
    label = usable_label(edit.label)
    topic = Topic(id=unused_id(taxonomy, "u"), label=label, named_by="human")
    refuse_twins(taxonomy, None, {topic.id: label})
    return replace(
        taxonomy,
        topics=(*taxonomy.topics, topic),
        moved=put(taxonomy.moved, edit.texts, topic.id),
    )


def _set_lock(taxonomy: Taxonomy, edit: SetLock) -> Taxonomy:
    """Lock a topic with all under it; unlocking also unlocks the parents above,
    for a parent is locked only as a whole."""
    above = path(taxonomy, edit.topic)
    refuse_archived(above[-1])
    within = [t for t in taxonomy.topics if above[-1] in path(taxonomy, t.id)]
    touched = within if edit.locked else [*above[:-1], *within]
    return changed(taxonomy, *(replace(topic, locked=edit.locked) for topic in touched))


def _interleaved(keywords: Collection[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the best keywords of each in turn, as many as the longest has."""
    turns = dict.fromkeys(word for turn in zip_longest(*keywords) for word in turn if word)
    return tuple(turns)[: max(map(len, keywords))]
