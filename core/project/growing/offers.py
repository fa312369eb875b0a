"""A new tree on offer: whether it still fits, and what a person makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.domain.clusterings import UNASSIGNED
from core.domain.errors import StaleEditError
from core.domain.growing import OfferedLine, TreeOffer
from core.domain.taxonomy import NewParent, Regrow, Taxonomy, Topic
from core.project import shaping
from core.project.arrays import load_clustering
from core.project.growing.ground import movable
from core.project.growing.running import KIND
from core.project.mapping import Current
from core.project.workspace import Workspace
from core.steps.taxonomy import assign, sizes


def tree_on_offer(workspace: Workspace, here: Current) -> TreeOffer | None:
    """Return the newest tree that nobody has decided about, None where there is none.

    It lapses by itself once other leaves may move than those that it was grown over.
    """
    job = workspace.store.jobs.last_job(here.project.id, KIND, done=True)
    if job is None or "decision" in job.result:
        return None
    parents = tuple(_parent(values) for values in job.result["parents"])
    alone = tuple(job.result["alone"])
    leaves = {*alone, *(leaf for parent in parents for leaf in parent.leaves)}
    free = {topic.id for topic in movable(here.taxonomy, keep=job.result["keep"])}
    if not leaves <= free or not parents:
        return None
    return TreeOffer(
        job.id,
        job.result["by"],
        job.result["model"],
        parents,
        alone,
        _moved(here.taxonomy, parents, alone),
        job.result["answers"],
    )


def offered_lines(
    workspace: Workspace, here: Current, offered: TreeOffer
) -> tuple[OfferedLine, ...]:
    """Return the offered tree line by line, the largest first at each level."""
    assignment = assign(here.taxonomy, load_clustering(workspace, here.map))
    counted, topics = sizes(here.taxonomy, assignment), _by_id(here.taxonomy)

    def size(member: str | NewParent) -> int:
        return counted[member] if isinstance(member, str) else member.size

    def walk(members: tuple[str | NewParent, ...], depth: int) -> Iterator[OfferedLine]:
        for member in sorted(members, key=lambda one: -size(one)):
            if isinstance(member, str):
                above = topics[member].parent
                now = topics[above].label if above is not None else ""
                yield OfferedLine(depth, topics[member].label, size(member), now)
            else:
                yield OfferedLine(depth, member.label, member.size, None)
                yield from walk(member.members, depth + 1)

    return tuple(walk((*offered.parents, *offered.alone), 0))


def _by_id(taxonomy: Taxonomy) -> dict[str, Topic]:
    return {topic.id: topic for topic in taxonomy.topics}


def unassigned(workspace: Workspace, here: Current) -> int:
    """Return how many texts are in no topic because no cluster took them."""
    return int((load_clustering(workspace, here.map).labels == UNASSIGNED).sum())


def use_tree(workspace: Workspace, here: Current, offered: TreeOffer, author: str) -> Taxonomy:
    """Put the leaves under the offered parents, as one edit.

    Raises StaleEditError where the tree is another one by now or the offer was decided
    already, EditError where it makes no sense; nothing is changed then.
    """
    newest = workspace.store.jobs.last_job(here.project.id, KIND, done=True)
    if newest is None or newest.id != offered.job or "decision" in newest.result:
        raise StaleEditError(
            "This tree was decided about already, here or in another tab.",
            "Look at the tree as it is now, or have it grown again.",
        )
    edit = Regrow(here.taxonomy.version, offered.parents, offered.alone)
    taken = shaping.edit(workspace, here.project.id, edit, author)
    workspace.store.jobs.decide(offered.job, "taken")
    return taken


def put_tree_away(workspace: Workspace, offered: TreeOffer) -> None:
    """Decide that the offered tree is not wanted."""
    workspace.store.jobs.decide(offered.job, "put away")


def _moved(taxonomy: Taxonomy, parents: tuple[NewParent, ...], alone: tuple[str, ...]) -> int:
    """Return how many leaves get other leaves beside them."""
    place = {topic.id: topic.parent for topic in taxonomy.topics}
    grown = {leaf: {leaf} for leaf in alone}
    for parent in parents:
        for one in _lowest(parent):
            grown |= {leaf: set(one) for leaf in one}
    old = {
        leaf: {other for other in grown if place[other] == place[leaf]}
        if place[leaf] is not None
        else {leaf}
        for leaf in grown
    }
    return sum(old[leaf] != beside for leaf, beside in grown.items())


def _lowest(parent: NewParent) -> list[tuple[str, ...]]:
    """Return the leaves right under each parent of a branch."""
    own = tuple(member for member in parent.members if isinstance(member, str))
    deeper = [
        one for member in parent.members if not isinstance(member, str) for one in _lowest(member)
    ]
    return [*([own] if own else []), *deeper]


def _parent(values: Mapping[str, Any]) -> NewParent:
    members = tuple(
        member if isinstance(member, str) else _parent(member) for member in values["members"]
    )
    return NewParent(**{**values, "members": members, "keywords": tuple(values["keywords"])})
