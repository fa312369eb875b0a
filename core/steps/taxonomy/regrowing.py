"""Another tree over the same leaves, in one step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from core.domain.errors import EditError
from core.domain.taxonomy import Basis, NewParent, Regrow, Taxonomy, Topic
from core.steps.taxonomy.assignment import find, inner_ids
from core.steps.taxonomy.keywords import distinct
from core.steps.taxonomy.rebuilding import changed, pruned, unused_id
from core.steps.taxonomy.refusals import (
    cleaned,
    refuse_archived,
    refuse_locked_parents,
    refuse_twins,
    usable_label,
)

_LIFTED = ""
"""The parent of leaves that have none until they are planted: they take no label at the
top from the parents that come there."""


def regrow(taxonomy: Taxonomy, edit: Regrow) -> Taxonomy:
    """Return `taxonomy` with the leaves of `edit` under its parents, or raise and change
    nothing.

    A parent that had just these leaves before keeps its id, its marks and the label that
    a person gave it. What the edit leaves without children goes. Labels of new parents
    get something added where a sibling has the same. Raises EditError where a leaf stands
    twice, holds topics, is archived or would leave a locked parent, and where a parent
    has fewer than two members.
    """
    inner = inner_ids(taxonomy)
    named = [*(leaf for parent in edit.parents for leaf in parent.leaves), *edit.alone]
    if not edit.parents:
        raise EditError("The new tree has no parents.", "Grow one with fewer levels or parents.")
    if len(set(named)) < len(named):
        raise EditError("A topic stands twice in the new tree.", "Grow the tree again.")
    chosen = [find(taxonomy, leaf) for leaf in named]
    refuse_archived(*chosen)
    refuse_locked_parents(taxonomy, chosen, None)
    for topic in chosen:
        if topic.id in inner:
            raise EditError(
                f"'{topic.label}' has topics under it now, and the new tree does not know that.",
                "Grow the tree again from what it is now.",
            )
    alone = set(edit.alone)
    loose = changed(
        taxonomy,
        *(replace(one, parent=None if one.id in alone else _LIFTED) for one in chosen),
    )
    loose = pruned(loose, inner)
    left = {topic.id for topic in loose.topics}
    gone = {leaves: topic for leaves, topic in _by_leaves(taxonomy).items() if topic.id not in left}
    grown = _planted(loose, edit.parents, None, gone)
    fresh = {topic.id for topic in grown.topics} - left
    for place, labels in _labels(grown, {*named, *fresh}).items():
        refuse_twins(grown, place, labels)
    return grown


def _planted(
    taxonomy: Taxonomy,
    parents: tuple[NewParent, ...],
    above: str | None,
    gone: Mapping[frozenset[str], Topic],
) -> Taxonomy:
    """Return `taxonomy` with parents, and what stands under them, below `above`."""
    for parent in parents:
        if len(parent.members) < 2:
            raise EditError(
                f"'{parent.label}' would have one topic under it.",
                "Let that topic stand alone instead.",
            )
        topic = _made(taxonomy, parent, above, gone)
        leaves = [find(taxonomy, one) for one in parent.members if isinstance(one, str)]
        taxonomy = changed(taxonomy, *(replace(leaf, parent=topic.id) for leaf in leaves))
        taxonomy = replace(taxonomy, topics=(*taxonomy.topics, topic))
        deeper = tuple(one for one in parent.members if not isinstance(one, str))
        taxonomy = _planted(taxonomy, deeper, topic.id, gone)
    return taxonomy


def _made(
    taxonomy: Taxonomy,
    parent: NewParent,
    above: str | None,
    gone: Mapping[frozenset[str], Topic],
) -> Topic:
    """Return the topic of a new parent; what people said of the old one stays."""
    taken = {topic.label.casefold() for topic in taxonomy.topics if topic.parent == above}
    description = cleaned(parent.description)
    clusters = [c for leaf in parent.leaves for c in find(taxonomy, leaf).clusters]
    # The ids of old parents are for those that have their leaves again.
    known = replace(taxonomy, topics=(*taxonomy.topics, *gone.values()))
    topic = Topic(
        id=unused_id(known, "p"),
        label=distinct(usable_label(parent.label), parent.keywords, taken),
        parent=above,
        keywords=parent.keywords,
        description=description,
        named_by="llm" if parent.model else "keywords",
        basis=Basis(
            tuple(sorted(clusters)), parent.size, description=description, model=parent.model
        ),
    )
    old = gone.get(frozenset(parent.leaves))
    if old is None:
        return topic
    topic = replace(topic, id=old.id, reviewed=old.reviewed)
    if old.named_by == "human":
        topic = replace(topic, label=old.label, named_by="human")
    return replace(topic, description=old.description) if old.described_by_hand else topic


def _by_leaves(taxonomy: Taxonomy) -> dict[frozenset[str], Topic]:
    """Return the parents by the leaves under them."""
    above = {topic.id: topic.parent for topic in taxonomy.topics}
    inner, held = inner_ids(taxonomy), defaultdict[str, set[str]](set)
    for topic in taxonomy.topics:
        place = topic.parent
        while topic.id not in inner and place is not None:
            held[place].add(topic.id)
            place = above[place]
    return {frozenset(held[topic.id]): topic for topic in taxonomy.topics if topic.id in inner}


def _labels(taxonomy: Taxonomy, ids: set[str]) -> dict[str | None, dict[str, str]]:
    found: dict[str | None, dict[str, str]] = defaultdict(dict)
    for topic in taxonomy.topics:
        if topic.id in ids:
            found[topic.parent][topic.id] = topic.label
    return found
