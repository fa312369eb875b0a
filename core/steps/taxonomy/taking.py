"""Taking generated names: never over a person's, and never two alike."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from core.domain.errors import EditError
from core.domain.taxonomy import NewName, TakeNames, Taxonomy, Topic
from core.steps.taxonomy.assignment import find
from core.steps.taxonomy.rebuilding import changed
from core.steps.taxonomy.refusals import cleaned, refuse_archived, refuse_twins, usable_label


def take_names(taxonomy: Taxonomy, edit: TakeNames) -> Taxonomy:
    """Return `taxonomy` with generated names, or raise and change nothing.

    All of them happen at once, so that two topics may trade names. A label that a
    person wrote stays, and so does a description: an offer that would replace one is
    refused with EditError, as is one for a locked or an archived topic.
    """
    if not edit.names:
        raise EditError("No name was chosen.", "Tick the names that you want to take.")
    if len({one.topic for one in edit.names}) < len(edit.names):
        raise EditError("A topic was given two names.", "Choose one of them.")
    named = [_named(find(taxonomy, one.topic), one, edit) for one in edit.names]
    labels: dict[str | None, dict[str, str]] = defaultdict(dict)
    for topic in named:
        labels[topic.parent][topic.id] = topic.label
    for parent, some in labels.items():
        refuse_twins(taxonomy, parent, some)
    return changed(taxonomy, *named)


def _named(topic: Topic, given: NewName, edit: TakeNames) -> Topic:
    refuse_archived(topic)
    if topic.locked:
        raise EditError(f"'{topic.label}' is locked and keeps its name.", "Unlock it first.")
    label, description = usable_label(given.label), cleaned(given.description)
    renamed = label != topic.label
    if renamed and topic.named_by == "human":
        raise EditError(
            f"'{topic.label}' was named by a person, and keeps that name.",
            "Leave it out, or rename it yourself.",
        )
    if description and topic.described_by_hand and description != topic.description:
        raise EditError(
            f"'{topic.label}' was described by a person, and keeps that description.",
            "Leave it out, or change the description yourself.",
        )
    return replace(
        topic,
        label=label,
        named_by="human" if topic.named_by == "human" else edit.by,
        description=description or topic.description,
        keywords=given.keywords or topic.keywords,
        basis=replace(given.basis, description=description),
    )
