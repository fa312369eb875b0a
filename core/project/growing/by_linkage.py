"""A tree without a language model: linkage that answers lean on, named by keywords."""

from __future__ import annotations

from collections.abc import Mapping

from core.domain.growing import GrowthSpec
from core.domain.judgments import Judgment
from core.domain.ports import Progress
from core.domain.taxonomy import Branch, NewParent, clusters_of
from core.project.growing.ground import Ground, points
from core.project.mapping import Current
from core.project.workspace import Workspace
from core.steps.hierarchy import grow
from core.steps.taxonomy import keywords, labels

_SAID = 3  # keywords that a label is made of

Grown = tuple[tuple[NewParent, ...], tuple[str, ...]]
"""Parents, and the ids of the leaves that stand alone."""


def linked(
    workspace: Workspace,
    here: Current,
    ground: Ground,
    spec: GrowthSpec,
    judgments: tuple[Judgment, ...],
    bodies: Mapping[str, str],
    progress: Progress,
) -> Grown:
    """Return the tree of `steps.hierarchy.grow` over the leaves. Raises what that raises."""
    progress.report(0.1, "Weighing the answers" if judgments else "Comparing topics")
    centroids, leaning = points(workspace, here, ground, judgments)
    progress.report(0.7, "Growing the tree")
    found = grow(centroids, levels=spec.levels, parents=spec.parents, leaning=leaning)
    progress.report(0.8, "Naming parents")
    named = _named(found.parents, ground, bodies)

    def made(branch: Branch) -> NewParent:
        members = tuple(
            ground.topics[one].id if isinstance(one, int) else made(one) for one in branch
        )
        leaves = tuple(ground.topics[one].id for one in clusters_of(branch))
        label, words = named[branch]
        return NewParent(label, members, ground.size(leaves), words)

    parents = tuple(made(branch) for branch in found.parents if len(branch) > 1)
    alone = (branch for branch in found.parents if len(branch) == 1)
    return parents, tuple(ground.topics[one].id for branch in alone for one in clusters_of(branch))


def _named(
    parents: tuple[Branch, ...], ground: Ground, bodies: Mapping[str, str]
) -> dict[Branch, tuple[str, tuple[str, ...]]]:
    """Return label and keywords of each branch: against the others of its depth, as the
    first tree has them; a branch in a branch is not named by what that one is named by."""
    found: dict[Branch, tuple[str, ...]] = {}
    level, said = parents, dict[Branch, frozenset[str]]()
    while level:
        documents = {
            str(place): [
                bodies[text]
                for one in clusters_of(branch)
                for text in ground.texts[ground.topics[one].id]
            ]
            for place, branch in enumerate(level)
        }
        words = keywords(documents)
        for place, branch in enumerate(level):
            own = tuple(word for word in words[str(place)] if word not in said.get(branch, ()))
            found[branch] = own or words[str(place)]
        said = {
            below: said.get(branch, frozenset()) | set(found[branch][:_SAID])
            for branch in level
            for below in branch
            if not isinstance(below, int)
        }
        level = tuple(said)
    order = {str(place): branch for place, branch in enumerate(found)}
    names = labels({place: found[branch] for place, branch in order.items()})
    return {branch: (names[place], found[branch]) for place, branch in order.items()}
