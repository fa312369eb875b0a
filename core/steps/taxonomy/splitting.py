"""Making several topics of one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from core.domain.errors import EditError
from core.domain.taxonomy import Split, Taxonomy, Topic
from core.steps.taxonomy.assignment import find, inner_ids
from core.steps.taxonomy.rebuilding import put, unused_id
from core.steps.taxonomy.refusals import (
    refuse_archived,
    refuse_locked_parents,
    refuse_no_texts,
    refuse_twins,
    usable_label,
)


def split(taxonomy: Taxonomy, edit: Split) -> Taxonomy:
    """Return `taxonomy` with the parts of a leaf as topics beside it.

    The leaf keeps its id, its clusters and what is in no part; the texts of the
    parts are put there by hand, so that they stay when the map is clustered again.
    """
    topic = find(taxonomy, edit.topic)
    refuse_archived(topic)
    if topic.id in inner_ids(taxonomy):
        raise EditError(
            f"'{topic.label}' has topics under it and holds no texts itself.",
            "Split one of the topics under it.",
        )
    if topic.locked:
        raise EditError(f"'{topic.label}' is locked and cannot be split.", "Unlock it first.")
    if not edit.parts or len(edit.parts) != len(edit.labels):
        raise EditError(
            f"{len(edit.parts)} parts came with {len(edit.labels)} names.",
            "Look at the parts again and give each one a name.",
        )
    for part in edit.parts:
        refuse_no_texts(part)
    texts = Counter(text for part in edit.parts for text in set(part))
    if texts.most_common(1)[0][1] > 1:
        raise EditError("A text is in two of the parts.", "Look at the parts again, then split.")
    labels = [usable_label(label) for label in edit.labels]
    for part, label in zip(edit.parts, labels, strict=True):
        new = Topic(unused_id(taxonomy, "u"), label, parent=topic.parent, named_by="human")
        refuse_locked_parents(taxonomy, [replace(new, parent=None)], topic.parent)
        refuse_twins(taxonomy, new.parent, {new.id: label})
        taxonomy = replace(
            taxonomy,
            topics=(*taxonomy.topics, new),
            moved=put(taxonomy.moved, part, new.id),
        )
    return taxonomy
