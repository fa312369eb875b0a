"""Small changes that several edits are made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import count
from types import MappingProxyType

from core.domain.taxonomy import Taxonomy, Topic
from core.steps.taxonomy.assignment import inner_ids


def changed(taxonomy: Taxonomy, *topics: Topic) -> Taxonomy:
    """Return `taxonomy` with `topics` in the places of those of the same ids."""
    new = {topic.id: topic for topic in topics}
    return replace(taxonomy, topics=tuple(new.get(topic.id, topic) for topic in taxonomy.topics))


def pruned(taxonomy: Taxonomy, inner: Collection[str]) -> Taxonomy:
    """Drop those of the `inner` topics that have no children any more."""
    while empty := set(inner) & {t.id for t in taxonomy.topics} - inner_ids(taxonomy):
        topics = tuple(topic for topic in taxonomy.topics if topic.id not in empty)
        taxonomy = replace(taxonomy, topics=topics)
    return taxonomy


def put(moved: Mapping[str, str], texts: Collection[str], topic: str) -> Mapping[str, str]:
    """Return `moved` with `texts` put into `topic` by hand."""
    return MappingProxyType({**moved, **dict.fromkeys(texts, topic)})


def unused_id(taxonomy: Taxonomy, prefix: str) -> str:
    """Return an id that no topic has. It counts from the next version on, so that
    a topic that went long ago does not lend its id to another."""
    taken = {topic.id for topic in taxonomy.topics} | set(taxonomy.moved.values())
    numbered = (f"{prefix}{number}" for number in count(taxonomy.version + 1))
    return next(topic_id for topic_id in numbered if topic_id not in taken)
