"""Naming topics as a job: ask for each, tell them apart, offer what came."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict
from threading import Event
from typing import Any

from pydantic import SecretStr

from core.domain.errors import TooFewError
from core.domain.jobs import Job
from core.domain.llm import ProviderError
from core.domain.naming import NamesBy
from core.domain.ports import Progress
from core.domain.prompts import Aim, InvalidReply, PromptKind, Template
from core.domain.taxonomy import NewName, Taxonomy
from core.project.arrays import load_clustering, load_embedding
from core.project.intake import load_corpus
from core.project.judging.gate import open_gate
from core.project.judging.plan import allowed, begin, in_worker, open_judge, settings_of
from core.project.judging.secrecy import hide_in_logs
from core.project.judging.wordings import template
from core.project.mapping import Current, current
from core.project.naming.asking import Namer
from core.project.naming.subjects import Subject, nameable, subjects, why_not
from core.project.naming.words import by_keywords
from core.project.workspace import Workspace

KIND = "name"

_KINDS: tuple[PromptKind, ...] = ("naming", "definition")

PATIENCE = 5
"""So many topics refused without one named in between, and the provider counts as gone."""

_LOOK = 0.5  # seconds between two looks at a person's wish to stop
_LOADING = 0.05  # of the whole job

Left = dict[str, str]
"""Why topics stay as they are, by topic id."""


def start(
    workspace: Workspace,
    project_id: str,
    topics: Sequence[str] | None,
    by: NamesBy,
    key: SecretStr | None = None,
) -> Job:
    """Start naming `topics` (None: all leaves that no person named) in a process of its own.

    Raises TooFewError before the first map or where no topic can be named, InputError
    where no LLM is set up, NothingLeaves, BusyError while another job is live.
    """
    here = current(workspace, project_id)
    _demand(here.taxonomy, topics)
    if by == "llm":
        allowed(workspace, project_id, settings_of(workspace, project_id))
        begin(workspace, project_id)
    chosen = "" if topics is None else json.dumps(list(topics))
    return in_worker(workspace, project_id, KIND, {"topics": chosen, "by": by}, key)


def name_topics(
    workspace: Workspace, project_id: str, params: Mapping[str, Any], progress: Progress
) -> Mapping[str, Any]:
    """The use case of the worker: return names for `params["topics"]` as an offer.

    Nothing of the taxonomy is changed. Replies that were paid for are not asked again,
    so a run that was broken off costs nothing twice. Raises TooFewError, ModelError,
    ProviderError, CapReached, NothingLeaves, and Cancelled through `progress`.
    """
    progress.report(0.0, "Choosing texts to show")
    here = current(workspace, project_id)
    wanted = _demand(here.taxonomy, json.loads(params["topics"]) if params["topics"] else None)
    bodies = {text.id: text.body for text in load_corpus(workspace, here.project).texts}
    clustering = load_clustering(workspace, here.map)
    embedding = load_embedding(workspace, here.map)
    left = {t.id: why_not(t) for t in here.taxonomy.topics if t.id in wanted and why_not(t)}
    if params["by"] == "keywords":
        names = by_keywords(here.taxonomy, clustering, bodies, wanted)
        return _result(here, "keywords", "", names, left)
    asked = subjects(here.taxonomy, clustering, embedding, bodies, wanted)
    settings, key = settings_of(workspace, project_id), workspace.settings.llm_key
    hide_in_logs(key)
    stop = Event()
    progress.report(0.0, "Opening the model")
    model = open_judge(workspace, project_id, settings, key)
    with open_gate(workspace, project_id, model, settings, key=key, stop=stop) as gate:
        templates: dict[PromptKind, Template] = {
            kind: template(workspace, project_id, settings, kind) for kind in _KINDS
        }
        namer = Namer(gate, gate.name, templates, Aim(settings.aim, settings.aspect))
        run = _Run(namer, here.taxonomy, asked, settings.concurrency, stop)
        names = run.named(progress)
        return _result(here, "llm", gate.name, names, {**left, **run.left})


def _demand(taxonomy: Taxonomy, topics: Sequence[str] | None) -> frozenset[str]:
    known = {topic.id for topic in taxonomy.topics}
    chosen = {t.id for t in nameable(taxonomy)} if topics is None else known & set(topics)
    if not chosen:
        raise TooFewError(
            "There is no topic to name: people named them all, or they are locked.",
            "Unlock a topic, or choose which ones to name.",
        )
    return frozenset(chosen)


def _result(
    here: Current, by: NamesBy, model: str, names: Sequence[NewName], left: Left
) -> Mapping[str, Any]:
    return {
        **{"by": by, "model": model, "version": here.taxonomy.version},
        "names": [asdict(name) for name in names],
        "left": dict(left),
    }


def _among(label: str, others: Sequence[str]) -> bool:
    return label.casefold() in {other.casefold() for other in others}


class _Run:
    """One process's work on the names of some topics. `left` fills as it goes."""

    def __init__(
        self,
        namer: Namer,
        taxonomy: Taxonomy,
        asked: Sequence[Subject],
        at_once: int,
        stop: Event,
    ) -> None:
        self._namer, self._taxonomy, self._asked = namer, taxonomy, asked
        self._at_once, self._stop = at_once, stop
        self.left: Left = {}

    def named(self, progress: Progress) -> tuple[NewName, ...]:
        """Return a name for each topic that got one; siblings' differ."""
        found: dict[str, NewName] = {}
        with ThreadPoolExecutor(self._at_once, "name") as pool:
            try:
                flying = {pool.submit(self._namer.name, one): one for one in self._asked}
                done = in_row = 0
                while flying:
                    self._tell(progress, done)
                    ended, _ = wait(flying, timeout=_LOOK, return_when=FIRST_COMPLETED)
                    for future in ended:
                        in_row = self._hear(future, flying.pop(future), found, in_row)
                    done += len(ended)
                self._tell(progress, done)
                return self._told_apart(found)
            finally:
                self._stop.set()
                pool.shutdown(cancel_futures=True)

    def _told_apart(self, found: Mapping[str, NewName]) -> tuple[NewName, ...]:
        """Ask once more for names that two siblings were given at the same time."""
        labels: dict[str | None, dict[str, str]] = defaultdict(dict)
        for topic in self._taxonomy.topics:
            labels[topic.parent][topic.id] = topic.label
        apart = []
        for one in self._asked:
            if (name := found.get(one.topic.id)) is None:
                continue
            beside = labels[one.topic.parent]
            others = [label for topic, label in beside.items() if topic != one.topic.id]
            try:
                if _among(name.label, others) and not one.defined:
                    name = self._namer.name(one, tuple(others))
            except InvalidReply as invalid:
                self.left[one.topic.id] = f"No usable reply came, twice. {invalid.problem}"
                continue
            apart.append(name)
            # Beside the old label, which stays taken: the person may leave this name out.
            beside[f"{one.topic.id} named"] = name.label
        return tuple(apart)

    def _hear(
        self, future: Future[NewName], one: Subject, found: dict[str, NewName], in_row: int
    ) -> int:
        """Take in how one topic ended; return how many in a row were refused."""
        try:
            found[one.topic.id] = future.result()
        except InvalidReply as invalid:
            self.left[one.topic.id] = f"No usable reply came, twice. {invalid.problem}"
        except ProviderError as error:
            self.left[one.topic.id] = error.problem
            if in_row + 1 >= PATIENCE or len(self.left) == len(self._asked):
                raise
            return in_row + 1
        return 0

    def _tell(self, progress: Progress, done: int) -> None:
        share = done / max(1, len(self._asked))
        told = f"Naming topics, {done:,} of {len(self._asked):,}"
        progress.report(_LOADING + (1 - _LOADING) * share, told)
