"""What an edit may not do, said in plain words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from unicodedata import bidirectional, category, normalize

from core.domain.errors import EditError
from core.domain.taxonomy import Taxonomy, Topic
from core.steps.taxonomy.assignment import find

MAX_LABEL = 200


def cleaned(text: str) -> str:
    """Return typed words on one line, without control characters: those of
    terminals, those that turn the writing direction, and halves of characters."""
    spaced = "".join(" " if char.isspace() else char for char in normalize("NFC", text))
    turns = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    kept = (c for c in spaced if category(c) not in ("Cc", "Cs") and bidirectional(c) not in turns)
    return " ".join("".join(kept).split())


def usable_label(label: str) -> str:
    usable = cleaned(label)
    if all(category(char) in ("Cf", "Zs") for char in usable):
        raise EditError("A topic needs a label, and this one is empty.", "Type at least one word.")
    if len(usable) > MAX_LABEL:
        raise EditError(
            f"This label has {len(usable)} characters, and {MAX_LABEL} is the most.",
            "Shorten it, and put the rest into the description.",
        )
    return usable


def chosen_topics(taxonomy: Taxonomy, topic_ids: Collection[str], *, least: int) -> list[Topic]:
    if len(set(topic_ids)) != len(topic_ids):
        raise EditError("A topic was chosen twice.", "Choose each topic once.")
    if len(topic_ids) < least:
        raise EditError(
            "Too few topics were chosen.",
            "Choose two topics or more." if least > 1 else "Choose at least one topic.",
        )
    return [find(taxonomy, topic_id) for topic_id in topic_ids]


def refuse_no_texts(texts: Collection[str]) -> None:
    if not texts:
        raise EditError("No texts were chosen.", "Choose at least one text.")


def refuse_twins(taxonomy: Taxonomy, parent: str | None, labels: Mapping[str, str]) -> None:
    """Refuse two equal labels (whatever their case) among the children of `parent`
    once the topics of `labels` are there."""
    seen = {
        t.label.casefold(): t.archived
        for t in taxonomy.topics
        if t.parent == parent and t.id not in labels
    }
    for label in labels.values():
        if (archived := seen.get(label.casefold())) is not None:
            raise EditError(
                f"There is another topic '{label}' in the same place"
                f"{', among the archived ones' if archived else ''}.",
                "Choose another label, or merge the two topics.",
            )
        seen[label.casefold()] = False


def refuse_archived(*topics: Topic) -> None:
    for topic in topics:
        if topic.archived:
            raise EditError(f"'{topic.label}' is archived.", "Restore it first.")


def refuse_locked_parents(
    taxonomy: Taxonomy, topics: Collection[Topic], target: str | None
) -> None:
    """Refuse that topics leave a locked parent for `target`, or enter a locked one."""
    leaving = [topic for topic in topics if topic.parent != target]
    for place in (target, *(topic.parent for topic in leaving)):
        if leaving and place is not None and find(taxonomy, place).locked:
            raise EditError(
                f"'{find(taxonomy, place).label}' is locked, so no topic can enter or leave it.",
                "Unlock it first.",
            )
