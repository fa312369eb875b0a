"""What became of clusters: ids that survive from one clustering to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from core.domain.clusterings import UNASSIGNED, Clustering, Lineage, LineageKind, LineageStep
from core.domain.errors import InputError
from core.domain.spaces import Ints

# Jaccard index from which clusters count as the same ones. Two clusters that
# each give half or more of their texts to the other reach it always.
SAME = 1 / 3


@dataclass(frozen=True, slots=True)
class _Flows:
    """Texts of both clusterings: sizes by old and by new id, and their overlap.

    `rank` puts the new ids in an order that does not depend on their numbers.
    """

    old: Mapping[int, int]
    new: Mapping[int, int]
    overlap: Mapping[tuple[int, int], int]
    rank: Mapping[int, int]


_Star = tuple[tuple[int, ...], tuple[int, ...]]


def match(old: Clustering, new: Clustering, *, next_id: int) -> tuple[Clustering, Lineage]:
    """Return `new` under ids that continue those of `old`, and the lineage.

    Clusters correspond by the texts in both clusterings. A flow joins an old
    and a new cluster if it is half or more of either. Flows are accepted from
    the largest down while every cluster stays in one step: one to one (kept),
    one to several (split) or several to one (merged). A step stands if the
    Jaccard index of its two sides is a third or more; other clusters are new or
    retired. Of a split the piece with the largest share keeps the id, a merged
    cluster takes the id of the largest old one, and new clusters count on from
    `next_id`. Every id of either side is in exactly one step; renumbering `new`
    changes nothing.

    Raises InputError where `next_id` is not above every id of `old`.
    """
    if next_id <= int(old.labels.max(initial=UNASSIGNED)):
        raise InputError(
            "The next cluster number is in use already.",
            "Restore the project from its last saved map and retrain again.",
        )
    flows = _flows(old, new)
    stars = [star for star in _stars(flows) if _jaccard(star, flows) >= SAME]
    ids = _stable_ids(stars, flows, next_id)
    labels = new.labels.copy()
    for before, after in ids.items():
        labels[new.labels == before] = after
    return replace(new, labels=labels), _lineage(stars, flows, ids)


def _flows(old: Clustering, new: Clustering) -> _Flows:
    of_old = dict(zip(old.text_ids, old.labels.tolist(), strict=True))
    of_new = dict(zip(new.text_ids, new.labels.tolist(), strict=True))
    # Clusters without a shared text count too: they are retired or new.
    old_sizes = dict.fromkeys(_ids(old.labels), 0)
    new_sizes = dict.fromkeys(_ids(new.labels), 0)
    overlap: dict[tuple[int, int], int] = {}
    for text_id in of_old.keys() & of_new.keys():
        pair = of_old[text_id], of_new[text_id]
        if pair[0] != UNASSIGNED:
            old_sizes[pair[0]] += 1
        if pair[1] != UNASSIGNED:
            new_sizes[pair[1]] += 1
        if UNASSIGNED not in pair:
            overlap[pair] = overlap.get(pair, 0) + 1
    return _Flows(old_sizes, new_sizes, overlap, _ranks(new))


def _ids(labels: Ints) -> list[int]:
    return [int(label) for label in np.unique(labels) if label != UNASSIGNED]


def _ranks(clustering: Clustering) -> dict[int, int]:
    """Rank clusters by falling size, ties by smallest text id."""
    members: dict[int, list[str]] = {label: [] for label in _ids(clustering.labels)}
    for text_id, label in zip(clustering.text_ids, clustering.labels.tolist(), strict=True):
        if label != UNASSIGNED:
            members[label].append(text_id)
    order = sorted(members, key=lambda label: (-len(members[label]), min(members[label])))
    return {label: rank for rank, label in enumerate(order)}


def _stars(flows: _Flows) -> list[_Star]:
    """Join clusters by their largest flows, so long as one side of each group
    stays a single cluster."""
    onward: dict[int, list[int]] = {label: [] for label in flows.old}
    back: dict[int, list[int]] = {label: [] for label in flows.new}
    strong = [
        pair
        for pair, shared in flows.overlap.items()
        if 2 * shared >= min(flows.old[pair[0]], flows.new[pair[1]])
    ]
    strong.sort(key=lambda pair: (-flows.overlap[pair], pair[0], flows.rank[pair[1]]))
    for before, after in strong:
        splits = not back[after] and all(len(back[other]) == 1 for other in onward[before])
        merges = not onward[before] and all(len(onward[other]) == 1 for other in back[after])
        if splits or merges:
            onward[before].append(after)
            back[after].append(before)
    stars = [
        ((before,), tuple(afters))
        for before, afters in onward.items()
        if afters and all(len(back[after]) == 1 for after in afters)
    ]
    merged = [(tuple(befores), (after,)) for after, befores in back.items() if len(befores) > 1]
    return [*stars, *merged]


def _shared(star: _Star, flows: _Flows) -> int:
    return sum(flows.overlap.get((before, after), 0) for before in star[0] for after in star[1])


def _jaccard(star: _Star, flows: _Flows) -> float:
    shared = _shared(star, flows)
    either = sum(flows.old[i] for i in star[0]) + sum(flows.new[j] for j in star[1]) - shared
    return shared / either


def _stable_ids(stars: Iterable[_Star], flows: _Flows, next_id: int) -> dict[int, int]:
    """Return the lasting id of each id of the new clustering."""
    ids: dict[int, int] = {}
    for befores, afters in stars:
        heir = min(afters, key=lambda after: (-flows.overlap[befores[0], after], flows.rank[after]))
        ids[heir] = min(befores, key=lambda before: (-flows.old[before], before))
    fresh = (label for label in sorted(flows.new, key=flows.rank.__getitem__) if label not in ids)
    return ids | {label: next_id + i for i, label in enumerate(fresh)}


def _lineage(stars: Iterable[_Star], flows: _Flows, ids: Mapping[int, int]) -> Lineage:
    steps: list[LineageStep] = []
    old_left, new_left = set(flows.old), set(flows.new)
    for befores, afters in stars:
        kind: LineageKind = "split" if len(afters) > 1 else "merged" if len(befores) > 1 else "kept"
        renamed = tuple(sorted(ids[after] for after in afters))
        steps.append(
            LineageStep(kind, tuple(sorted(befores)), renamed, _shared((befores, afters), flows))
        )
        old_left.difference_update(befores)
        new_left.difference_update(afters)
    steps += [LineageStep("retired", (before,), (), 0) for before in old_left]
    steps += [LineageStep("new", (), (ids[after],), 0) for after in new_left]
    return Lineage(tuple(sorted(steps, key=lambda step: (step.new, step.old))))
