"""How fine the current map should be: the levels above and below it, and what speaks for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import UNASSIGNED
from core.domain.granularity import Count, Granularity, MergeTree
from core.domain.ids import content_id
from core.domain.spaces import Ints
from core.project.arrays import load_clustering, load_embedding
from core.project.grouping import grouping_of_all
from core.project.mapping import Current
from core.project.viewing import View
from core.project.workspace import Workspace
from core.steps.granularity import MIN_ANSWERS, estimate, groups_found, grow

# The share of a group that the topics counted in its name make up.
_COUNTED = 0.9


@dataclass(frozen=True, slots=True)
class Levels:
    """The tree over the current clusters, of which there are `groups`, and what speaks
    for which of its levels."""

    tree: MergeTree
    granularity: Granularity
    groups: int

    @property
    def choices(self) -> tuple[int, ...]:
        """Return the numbers of groups worth offering, ascending."""
        stops = (stop.k for stop in self.granularity.stops)
        now = {self.groups} if self.groups >= 2 else set()
        return tuple(sorted({*self.granularity.separation.counts.tolist(), *stops, *now}))

    @property
    def told(self) -> str:
        """Return the estimates in words."""
        found = self.granularity
        words = ["Now: 1 group." if self.groups == 1 else f"Now: {self.groups:,} groups."]
        if found.answered:
            words.append(f"Your answers speak for {_range(found.answered)}.")
        else:
            missing = max(1, MIN_ANSWERS - found.answers)
            words.append(
                f"Your answers will have a say, too, once there are about {missing} more on "
                "pairs and placements, some of them the same and some different."
            )
        if found.found:
            words.append(f"Spread over all texts, they make {_range(found.found)}.")
        words.append(f"The texts alone speak for about {found.separated:,}.")
        return " ".join(words)


def levels(workspace: Workspace, here: Current) -> Levels:
    """Return the levels of the current map, as all answers so far speak for them.

    The same for the same `stamp`. About a second for 10,000 texts. Raises
    TooFewError where there are not two texts.
    """
    embedding = load_embedding(workspace, here.map)
    clustering = load_clustering(workspace, here.map)
    seed = here.project.seed
    tree = grow(embedding, clustering, seed=seed)
    judgments = workspace.store.reviews.judgments(here.project.id)
    found = groups_found(grouping_of_all(workspace, here.map)) if judgments else None
    groups = len(set(clustering.labels.tolist()) - {UNASSIGNED})
    return Levels(tree, estimate(embedding, tree, judgments, found=found, seed=seed), groups)


def stamp(workspace: Workspace, here: Current) -> str:
    """Return what names the levels: the map, and the answers so far."""
    judgments = workspace.store.reviews.judgments(here.project.id)
    # An annotator has one answer to a question, and giving it again makes it newer.
    said = (part for j in judgments for part in (j.question.id, j.annotator, j.at.isoformat()))
    return content_id("levels", here.map.id, *said)


@dataclass(frozen=True, slots=True)
class Preview:
    """The map at another level: `groups` int32 (n,), −1 unassigned, and their names."""

    groups: Ints
    names: dict[int, str]


def preview(found: Levels, shown: View, k: int) -> Preview:
    """Return the map cut at `k` groups, each named after the topics that it is made of.

    `shown` is by leaf topic. A group of several topics is called "4 topics: " and
    the largest; groups of one name are told apart as "part 1", "part 2", by size.
    """
    groups = found.tree.cut(k)
    titles = [_title(shown, groups == group) for group in range(int(groups.max()) + 1)]
    names: dict[int, str] = {}
    for group, title in enumerate(titles):
        part = titles[:group].count(title) + 1
        names[group] = f"{title}, part {part}" if titles.count(title) > 1 else title
    return Preview(groups, names)


def _title(shown: View, members: NDArray[np.bool_]) -> str:
    inside = members & (shown.groups != UNASSIGNED)
    topics, counts = np.unique(shown.groups[inside], return_counts=True)
    if not len(topics):
        return "Unassigned texts"
    order = np.argsort(-counts, kind="stable")
    enough = _COUNTED * counts.sum()
    several = int(np.searchsorted(np.cumsum(counts[order]), enough)) + 1
    largest = shown.names[int(topics[order[0]])]
    return largest if several == 1 else f"{several} topics: {largest}"


def _range(count: Count) -> str:
    return f"{count.k:,} groups ({count.low:,} to {count.high:,})"
