"""Edits told so that they can be made on another taxonomy, and making them there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from core.domain.clusterings import Clustering
from core.domain.errors import CladeError, EditError
from core.domain.recipes import Mention, Recipe, Replayed, Step
from core.domain.taxonomy import Edit, Split, Taxonomy
from core.steps.taxonomy.assignment import assign, inner_ids, path
from core.steps.taxonomy.edits import apply, rebased
from core.steps.taxonomy.sentences import sentence

KEPT = 40
"""Texts that a mention keeps of a topic: the first ids, which are a fair sample."""
ALIKE = 0.4
"""Overlap (Jaccard 1901) of texts from which a topic is taken for the one mentioned."""

_TOPICS = frozenset({"topic", "topics", "parent", "members", "alone"})
_TEXTS = frozenset({"texts", "parts"})


def step(edit: Edit, before: Taxonomy, after: Taxonomy, clustering: Clustering) -> Step:
    """Return an edit that led from `before` to `after` as a step of a recipe."""
    held = _held(before, clustering)
    inner, known = inner_ids(before), {topic.id for topic in before.topics}
    mentions = tuple(
        Mention(
            topic,
            tuple(above.label for above in path(before, topic)),
            topic not in inner,
            len(held[topic]),
            tuple(sorted(held[topic])[:KEPT]),
        )
        for topic in dict.fromkeys(_named(edit))
        if topic in known
    )
    makes = tuple(topic.id for topic in after.topics if topic.id not in known)
    return Step(sentence(edit, before), edit, mentions, makes)


def replay(recipe: Recipe, taxonomy: Taxonomy, clustering: Clustering) -> tuple[Replayed, ...]:
    """Return what becomes of each step on another taxonomy, one after the other.

    A topic is found by its texts, where half of those that the recipe remembers are here,
    else by its name. What cannot be made is told and left out. Nothing is guessed: a
    step whose topics are not all found is not made.
    """
    texts = frozenset(clustering.text_ids)
    made: dict[str, str] = {}
    done = []
    for one in recipe.steps:
        try:
            here = _Here(taxonomy, clustering)
            ids = {mention.id: here.find(mention, made) for mention in one.mentions}
            edit = rebased(_translated(one.edit, {**made, **ids}, texts), taxonomy.version)
            after = apply(taxonomy, edit)
        except CladeError as error:
            done.append(Replayed(one.sentence, None, None, error.problem))
            continue
        done.append(Replayed(sentence(edit, taxonomy), edit, after))
        before = {topic.id for topic in taxonomy.topics}
        new = [topic.id for topic in after.topics if topic.id not in before]
        made |= dict(zip(one.makes, new, strict=False))
        taxonomy = after
    return tuple(done)


class _Here:
    """The topics of one taxonomy, to find others' among them."""

    def __init__(self, taxonomy: Taxonomy, clustering: Clustering) -> None:
        self._taxonomy, self._texts = taxonomy, frozenset(clustering.text_ids)
        self._held, self._inner = _held(taxonomy, clustering), inner_ids(taxonomy)

    def find(self, mention: Mention, made: Mapping[str, str]) -> str:
        """Return the id of the topic that is mentioned. Raises EditError."""
        there = [t for t in self._taxonomy.topics if (t.id not in self._inner) is mention.leaf]
        if made.get(mention.id) in {topic.id for topic in there}:
            return made[mention.id]
        paths = {
            topic.id: tuple(above.label for above in path(self._taxonomy, topic.id))
            for topic in there
        }
        known = [text for text in mention.texts if text in self._texts]
        if known and 2 * len(known) >= len(mention.texts):
            ranked = (
                max(
                    ((self._overlap(t.id, mention, known), paths[t.id] == mention.path, t.id))
                    for t in there
                )
                if there
                else (0.0, False, "")
            )
            if ranked[0] >= ALIKE:
                return ranked[2]
        named = [t.id for t in there if paths[t.id][-1].casefold() == mention.path[-1].casefold()]
        exact = [topic for topic in named if paths[topic] == mention.path]
        if len(exact) == 1 or len(named) == 1:
            return (exact or named)[0]
        raise EditError(
            f"No topic here is like '{mention.path[-1]}'."
            if not named
            else f"Several topics here are called '{mention.path[-1]}'.",
            "Make this change by hand.",
        )

    def _overlap(self, topic: str, mention: Mention, known: list[str]) -> float:
        held = self._held[topic]
        both = mention.size * sum(text in held for text in known) / len(known)
        return both / max(1e-9, mention.size + len(held) - both)


def _held(taxonomy: Taxonomy, clustering: Clustering) -> dict[str, set[str]]:
    """Return the texts of each topic, parents included, archived or not."""
    shown = tuple(replace(topic, archived=False) for topic in taxonomy.topics)
    assignment = assign(replace(taxonomy, topics=shown), clustering)
    above = {topic.id: topic.parent for topic in taxonomy.topics}
    held: dict[str, set[str]] = defaultdict(set)
    for text, topic in zip(assignment.text_ids, assignment.topics, strict=True):
        place: str | None = topic or None
        while place is not None:
            held[place].add(text)
            place = above[place]
    return held


def _named(part: Any, field: str = "") -> Iterator[str]:
    """Yield the ids of topics that an edit names."""
    if isinstance(part, str):
        if field in _TOPICS and part:
            yield part
    elif isinstance(part, tuple):
        for one in part:
            yield from _named(one, field)
    elif is_dataclass(part):
        for one in fields(part):
            yield from _named(getattr(part, one.name), one.name)


def _translated(edit: Edit, ids: Mapping[str, str], texts: Collection[str]) -> Edit:
    """Return an edit with the topics of here, and only texts that are here."""
    if isinstance(edit, Split):
        # A part that is not here goes with its name.
        kept = [i for i, part in enumerate(edit.parts) if any(text in texts for text in part)]
        edit = replace(
            edit,
            parts=tuple(edit.parts[i] for i in kept),
            labels=tuple(edit.labels[i] for i in kept),
        )
    found: Edit = _carried(edit, "", ids, texts)
    return found


def _carried(part: Any, field: str, ids: Mapping[str, str], texts: Collection[str]) -> Any:
    if isinstance(part, str):
        return ids.get(part, part) if field in _TOPICS else part
    if isinstance(part, tuple):
        dropped = (one for one in part if field not in _TEXTS or one in texts or type(one) is tuple)
        return tuple(_carried(one, field, ids, texts) for one in dropped)
    if is_dataclass(part) and not isinstance(part, type):
        values = {
            one.name: _carried(getattr(part, one.name), one.name, ids, texts)
            for one in fields(part)
        }
        return replace(part, **values)
    return part
