"""The first version of a taxonomy, straight from the clusters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from core.domain.clusterings import UNASSIGNED, Clustering
from core.domain.errors import InputError
from core.domain.taxonomy import Branch, Hierarchy, Taxonomy, Topic, clusters_of
from core.steps.taxonomy.keywords import keywords, labels


def grow(
    map_id: str, clustering: Clustering, hierarchy: Hierarchy, bodies: Mapping[str, str]
) -> Taxonomy:
    """Return version 0: a leaf "c{cluster}" for each cluster, and a parent "p{i}" for each
    branch of the hierarchy (numbered depth-first) that has two members or more; a branch
    of one member is drawn as that member.

    `bodies` maps every text id of the clustering to its text. Labels are
    c-TF-IDF keywords: of a leaf against the other leaves, of a parent against
    the other parents of its depth; no two topics of the tree share one. Topics stand
    depth-first, the largest first. Raises InputError where the hierarchy is not
    over the clusters of `clustering`.
    """
    members: dict[int, list[str]] = defaultdict(list)
    for text, cluster in zip(clustering.text_ids, clustering.labels.tolist(), strict=True):
        if cluster != UNASSIGNED:
            members[cluster].append(bodies[text])
    if hierarchy.clusters != tuple(sorted(members)):
        raise InputError(
            "The hierarchy and the map speak of different clusters.",
            "Make the hierarchy again from this map.",
        )
    numbers = count()
    roots = [_planned(parent, 0, numbers) for parent in hierarchy.parents]
    terms = keywords({f"c{cluster}": texts for cluster, texts in members.items()})
    levels: dict[int, list[_Plan]] = defaultdict(list)
    for plan in (below for root in roots for below in root.all()):
        levels[plan.depth].append(plan)
    for level in levels.values():
        of_level = keywords(
            {plan.id: [b for c in clusters_of(plan.branch) for b in members[c]] for plan in level}
        )
        terms |= {plan.id: of_level[plan.id] for plan in level if plan.drawn}
    named = labels(terms)
    sizes = {cluster: len(texts) for cluster, texts in members.items()}

    def topics(plans: list[_Plan], clusters: list[int], parent: str | None) -> Iterator[Topic]:
        """Yield what stands under a parent, the largest first."""
        below: list[tuple[int, _Plan | int]] = [(plan.size(sizes), plan) for plan in plans]
        below += [(sizes[cluster], cluster) for cluster in clusters]
        for _, one in sorted(below, key=lambda entry: -entry[0]):
            if isinstance(one, int):
                topic_id = f"c{one}"
                yield Topic(topic_id, named[topic_id], parent, (one,), terms[topic_id])
                continue
            above = one.id if one.drawn else parent
            if one.drawn:
                yield Topic(one.id, named[one.id], parent, (), terms[one.id])
            yield from topics(list(one.below), sorted(one.clusters), above)

    return Taxonomy(version=0, map_id=map_id, topics=tuple(topics(roots, [], None)))


@dataclass(frozen=True, slots=True)
class _Plan:
    """A branch with its id and depth (0 at the root), and the branches `below` it."""

    id: str
    depth: int
    branch: Branch
    below: tuple[_Plan, ...]

    @property
    def drawn(self) -> bool:
        return len(self.branch) > 1

    @property
    def clusters(self) -> tuple[int, ...]:
        """The clusters that stand right under it."""
        return tuple(member for member in self.branch if isinstance(member, int))

    def all(self) -> Iterator[_Plan]:
        yield self
        for plan in self.below:
            yield from plan.all()

    def size(self, sizes: Mapping[int, int]) -> int:
        return sum(sizes[cluster] for cluster in clusters_of(self.branch))


def _planned(branch: Branch, depth: int, numbers: Iterator[int]) -> _Plan:
    number = next(numbers)
    below = tuple(
        _planned(member, depth + 1, numbers) for member in branch if not isinstance(member, int)
    )
    return _Plan(f"p{number}", depth, branch, below)
