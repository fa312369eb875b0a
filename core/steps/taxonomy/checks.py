"""Checks that help: what in a tree deserves a second look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from core.domain.checking import Finding
from core.domain.judgments import Constraints
from core.domain.taxonomy import Assignment, Taxonomy, Topic
from core.steps.taxonomy.assignment import inner_ids
from core.steps.taxonomy.cohesion import Middle

NEAR = 0.92
"""Cosine of two centres from which siblings may be one topic."""
WIDER = 0.05
"""Cohesion that a child may lack to its parent before the parent looks too narrow."""
LARGE = 0.25
"""Share of all texts beyond which one topic of eight or more holds a great deal."""
OTHER = frozenset({"other", "others", "misc", "miscellaneous", "general", "rest", "various"})
LARGE_OTHER = 0.1
FEWEST = 8  # topics from which one can be unlike the others


def findings(
    taxonomy: Taxonomy,
    assignment: Assignment,
    middles: Mapping[str, Middle],
    settled: Constraints,
) -> tuple[Finding, ...]:
    """Return what deserves a look, the most telling kinds first. Archived topics are
    not looked at. Answers are those of `settled`; a topic is against them where it
    holds texts that they set apart, or where they join its texts with another's."""
    there = [topic for topic in taxonomy.topics if not topic.archived]
    inner = inner_ids(taxonomy)
    ends = [topic for topic in there if topic.id not in inner]
    return (
        *_against_answers(there, assignment, settled),
        *_near_siblings(ends, middles),
        *_single_children(there),
        *_narrow_parents(there, middles),
        *_oversized(ends, middles),
        *_loose(ends, middles),
        *(
            Finding("not reviewed", (topic.id,), f"Nobody has looked at '{topic.label}' yet.")
            for topic in ends
            if not topic.reviewed
        ),
    )


def _single_children(there: list[Topic]) -> Iterator[Finding]:
    below: dict[str, list[Topic]] = defaultdict(list)
    for topic in there:
        if topic.parent is not None:
            below[topic.parent].append(topic)
    for topic in there:
        if len(below[topic.id]) == 1:
            child = below[topic.id][0]
            why = f"'{topic.label}' has only '{child.label}' under it: one of the two says nothing."
            yield Finding("single child", (topic.id, child.id), why)


def _near_siblings(ends: list[Topic], middles: Mapping[str, Middle]) -> Iterator[Finding]:
    siblings: dict[str | None, list[Topic]] = defaultdict(list)
    for topic in ends:
        if topic.id in middles:
            siblings[topic.parent].append(topic)
    pairs = []
    for some in siblings.values():
        centres = np.stack([middles[topic.id].centre for topic in some])
        likeness = np.triu(centres @ centres.T, 1)
        for i, j in np.argwhere(likeness >= NEAR).tolist():
            pairs.append((float(likeness[i, j]), some[i], some[j]))
    for _, a, b in sorted(pairs, key=lambda pair: (-round(pair[0], 6), pair[1].id, pair[2].id)):
        yield Finding(
            "near siblings",
            (a.id, b.id),
            f"'{a.label}' and '{b.label}' lie very close: are they one topic?",
            (middles[a.id].medoid, middles[b.id].medoid),
        )


def _narrow_parents(there: list[Topic], middles: Mapping[str, Middle]) -> Iterator[Finding]:
    labels = {topic.id: topic.label for topic in there}
    for topic in there:
        parent = topic.parent
        if parent is not None and parent in middles and topic.id in middles:
            above, own = middles[parent], middles[topic.id]
            if own.size < above.size and own.cohesion < above.cohesion - WIDER:
                why = f"'{topic.label}' is wider than '{labels[parent]}', which it is under."
                yield Finding("narrow parent", (parent, topic.id), why)


def _oversized(ends: list[Topic], middles: Mapping[str, Middle]) -> Iterator[Finding]:
    sizes = {topic.id: middles[topic.id].size if topic.id in middles else 0 for topic in ends}
    total = sum(sizes.values())
    for topic in ends:
        share = sizes[topic.id] / max(1, total)
        rest = bool(OTHER & set(topic.label.casefold().split()))
        if share > (LARGE_OTHER if rest else LARGE) and (rest or len(ends) >= FEWEST):
            why = f"'{topic.label}' holds {share:.0%} of all texts: split it."
            yield Finding("oversized", (topic.id,), why)


def _loose(ends: list[Topic], middles: Mapping[str, Middle]) -> Iterator[Finding]:
    """Find topics below the lower fence of Tukey (Exploratory Data Analysis, 1977)."""
    held = [(middles[topic.id].cohesion, topic) for topic in ends if topic.id in middles]
    if len(held) < FEWEST:
        return
    low, high = np.percentile([cohesion for cohesion, _ in held], [25, 75]).tolist()
    for cohesion, topic in sorted(held, key=lambda one: (one[0], one[1].id)):
        if cohesion < low - 1.5 * (high - low):
            why = f"The texts of '{topic.label}' have less in common than those of other topics."
            yield Finding("low cohesion", (topic.id,), why)


def _against_answers(
    there: list[Topic], assignment: Assignment, settled: Constraints
) -> Iterator[Finding]:
    place = dict(zip(assignment.text_ids, assignment.topics, strict=True))
    apart: dict[str, list[tuple[str, str]]] = defaultdict(list)
    joined: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for link in settled.cannot_links:
        if place.get(link.left) and place[link.left] == place.get(link.right):
            apart[place[link.left]].append((link.left, link.right))
    for link in settled.must_links:
        one, other = sorted((place.get(link.left, ""), place.get(link.right, "")))
        if one and one != other:
            joined[one, other].append((link.left, link.right))
    labels = {topic.id: topic for topic in there}
    for topic_id, pairs in sorted(apart.items(), key=lambda one: (-len(one[1]), one[0])):
        topic = labels[topic_id]
        what = "The definition of" if topic.description else "The topic"
        why = f"{what} '{topic.label}' covers texts that {_answers(len(pairs))} set apart."
        yield Finding("against answers", (topic_id,), why, pairs[0])
    for both, pairs in sorted(joined.items(), key=lambda one: (-len(one[1]), one[0])):
        names = " and ".join(f"'{labels[topic].label}'" for topic in both)
        why = f"{_answers(len(pairs)).capitalize()} put texts of {names} together."
        yield Finding("against answers", both, why, pairs[0])


def _answers(count: int) -> str:
    return "one answer" if count == 1 else f"{count:,} answers"
