"""What an edit did, in one sentence for the history."""

from __future__ import annotations

from collections.abc import Sequence

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
)
from core.steps.taxonomy.assignment import find
from core.steps.taxonomy.refusals import cleaned

NAMED = 3


def sentence(edit: Edit, taxonomy: Taxonomy) -> str:
    """Return `edit` in plain words, with the labels of `taxonomy`, the version
    that it was made on ("Renamed 'card arrival' to 'Delivery'").

    Raises EditError where the edit names a topic that the taxonomy does not have.
    """

    def name(topic_id: str) -> str:
        return f"'{find(taxonomy, topic_id).label}'"

    match edit:
        case Rename():
            return f"Renamed {name(edit.topic)} to '{cleaned(edit.label)}'"
        case Describe():
            verb = "Described" if cleaned(edit.description) else "Removed the description of"
            return f"{verb} {name(edit.topic)}"
        case Move():
            place = f"under {name(edit.parent)}" if edit.parent else "to the top level"
            return f"Moved {name(edit.topic)} {place}"
        case Group():
            names = [name(topic) for topic in edit.topics]
            return f"Grouped {_listed(names)} under '{cleaned(edit.label)}'"
        case Merge():
            first, *others = (name(topic) for topic in edit.topics)
            return f"Merged {_listed(others)} into {first}"
        case Split():
            labels = [f"'{cleaned(label)}'" for label in edit.labels]
            return f"Split {name(edit.topic)}: {_listed(labels)} left it"
        case Reassign():
            texts = _texts(len(edit.texts))
            return f"Moved {texts} to {name(edit.topic)}" if edit.topic else f"Unassigned {texts}"
        case NewTopic():
            return f"Made '{cleaned(edit.label)}' from {_texts(len(edit.texts))}"
        case SetLock():
            return f"{'Locked' if edit.locked else 'Unlocked'} {name(edit.topic)}"
        case SetReviewed():
            return f"Marked {name(edit.topic)} as {'' if edit.reviewed else 'not '}reviewed"
        case SetArchived():
            return f"{'Archived' if edit.archived else 'Restored'} {name(edit.topic)}"
        case TakeNames():
            how = "by keywords" if edit.by == "keywords" else "with the language model"
            labels = [f"'{cleaned(one.label)}'" for one in edit.names]
            return f"Named {_listed(labels)} {how}"
        case Regrow():
            return f"Grew the tree again: {_grown(edit)}"
        case Together():
            return f"Took over {edit.what}: {_summed(edit.edits)}"


def _grown(edit: Regrow) -> str:
    leaves = sum(len(parent.leaves) for parent in edit.parents) + len(edit.alone)
    parents = "1 parent" if len(edit.parents) == 1 else f"{len(edit.parents):,} parents"
    return f"{leaves:,} topics under {parents}"


def _summed(edits: Sequence[Rename | Move | Reassign]) -> str:
    renamed = sum(isinstance(one, Rename) for one in edits)
    moved = sum(isinstance(one, Move) for one in edits)
    texts = sum(len(one.texts) for one in edits if isinstance(one, Reassign))
    told = ((renamed, f"{renamed:,} renamed"), (moved, f"{moved:,} moved"))
    parts = [words for count, words in told if count]
    return ", ".join([*parts, *([f"{_texts(texts)} put elsewhere"] if texts else [])]) or "nothing"


def _texts(count: int) -> str:
    return "1 text" if count == 1 else f"{count:,} texts"


def _listed(names: Sequence[str]) -> str:
    """Join names for reading; beyond three, count the rest."""
    shown = list(names)
    if len(names) > NAMED:
        shown = [*names[:NAMED], f"{len(names) - NAMED} more"]
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))
