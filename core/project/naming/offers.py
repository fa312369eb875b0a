"""Names on offer: what still fits the tree, and what a person makes of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from core.domain.errors import StaleEditError
from core.domain.naming import NameOffer, NameOffers
from core.domain.taxonomy import Basis, NewName, TakeNames, Taxonomy, Topic
from core.project import shaping
from core.project.arrays import load_clustering
from core.project.mapping import Current
from core.project.naming.running import KIND
from core.project.naming.subjects import why_not
from core.project.workspace import Workspace
from core.steps.taxonomy import assign, held, held_clusters, outdated, why_outdated

NO_QUOTE = "No quote of it stands in the texts."


def outdated_names(workspace: Workspace, here: Current) -> Mapping[str, str]:
    """Return, by topic id, why a generated name was made for something else."""
    clustering = load_clustering(workspace, here.map)
    return outdated(here.taxonomy, assign(here.taxonomy, clustering), clustering)


def on_offer(workspace: Workspace, here: Current) -> NameOffers | None:
    """Return the newest names that nobody has decided about, None where there are none.

    An offer lapses by itself: where its topic is gone, was named or locked by a person
    meanwhile, or holds something else than the name was made for.
    """
    job = workspace.store.jobs.last_job(here.project.id, KIND, done=True)
    if job is None or "decision" in job.result:
        return None
    names = [_name(values) for values in job.result["names"]]
    topics = {topic.id: topic for topic in here.taxonomy.topics}
    fitting = _fitting(workspace, here, names)
    offers = tuple(_offer(name, topics[name.topic]) for name in fitting)
    left = tuple(
        (topics[topic].label, why) for topic, why in job.result["left"].items() if topic in topics
    )
    lapsed = len(names) - len(fitting)
    changing = tuple(offer for offer in offers if _changes(offer, topics[offer.name.topic]))
    return NameOffers(job.id, job.result["by"], job.result["model"], changing, left, lapsed)


def take(
    workspace: Workspace,
    here: Current,
    offered: NameOffers,
    chosen: Collection[str],
    author: str,
) -> Taxonomy:
    """Give the `chosen` topics their offered names, as one edit; the rest is put away.

    Raises StaleEditError where the tree is another one by now or the offer was decided
    already, EditError where a name makes no sense; nothing is changed then.
    """
    names = tuple(offer.name for offer in offered.offers if offer.name.topic in chosen)
    _demand_open(workspace, here.project.id, offered.job)
    edit = TakeNames(here.taxonomy.version, names, offered.by)
    taken = shaping.edit(workspace, here.project.id, edit, author)
    workspace.store.jobs.decide(offered.job, "taken")
    return taken


def put_away(workspace: Workspace, offered: NameOffers) -> None:
    """Decide that no offered name is wanted. To ask again costs nothing: replies are kept."""
    workspace.store.jobs.decide(offered.job, "put away")


def _demand_open(workspace: Workspace, project_id: str, job_id: str) -> None:
    newest = workspace.store.jobs.last_job(project_id, KIND, done=True)
    if newest is None or newest.id != job_id or "decision" in newest.result:
        raise StaleEditError(
            "These names were decided about already, here or in another tab.",
            "Look at the tree as it is now, or have the topics named again.",
        )


def _fitting(workspace: Workspace, here: Current, names: Collection[NewName]) -> list[NewName]:
    assignment = assign(here.taxonomy, load_clustering(workspace, here.map))
    texts, clusters = held(here.taxonomy, assignment), held_clusters(here.taxonomy)
    topics = {topic.id: topic for topic in here.taxonomy.topics}
    found = []
    for name in names:
        topic = topics.get(name.topic)
        if topic is None or why_not(topic):
            continue
        if topic.named_by == "human" and name.label != topic.label:
            continue
        if topic.described_by_hand:
            name = replace(name, description="")
        if not why_outdated(name.basis, clusters[topic.id], texts[topic.id]):
            found.append(name)
    return found


def _offer(name: NewName, topic: Topic) -> NameOffer:
    unproven = name.basis.model and not name.basis.quotes
    return NameOffer(name, topic.label, topic.description, NO_QUOTE if unproven else "")


def _changes(offer: NameOffer, topic: Topic) -> bool:
    described = offer.name.description not in ("", topic.description)
    fresh = topic.basis is None or topic.basis.clusters != offer.name.basis.clusters
    worded = bool(offer.name.keywords) and fresh and offer.name.keywords != topic.keywords
    return offer.name.label != topic.label or described or worded


def _name(values: Mapping[str, Any]) -> NewName:
    basis = values["basis"]
    kept = {name: tuple(basis[name]) for name in ("clusters", "texts", "quotes")}
    keywords = tuple(values["keywords"])
    return NewName(**{**values, "keywords": keywords, "basis": Basis(**{**basis, **kept})})
