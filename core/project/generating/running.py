"""Writing sentences as a job: choose texts, write, score, keep each as it comes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict
from datetime import UTC, datetime
from threading import Event
from typing import Any

from pydantic import SecretStr

from core.domain.generated import KINDS, GeneratedSentence, Generation, GenerationSpec
from core.domain.jobs import Job
from core.domain.llm import ProviderError
from core.domain.ports import Progress
from core.domain.prompts import Aim
from core.domain.texts import Text
from core.project.arrays import load_clustering, load_embedding
from core.project.generating.plan import has_logits, model_of
from core.project.generating.writing import BySamples, WithLogits
from core.project.intake import load_corpus
from core.project.judging.gate import open_gate
from core.project.judging.plan import allowed, begin, in_worker, open_judge, settings_of
from core.project.judging.secrecy import hide_in_logs
from core.project.mapping import Current, current
from core.project.workspace import Workspace
from core.steps.curation import choose_texts

KIND = "generate"

BATCH = 16
"""Texts that a model of this computer writes for at a time."""

PATIENCE = 5
"""So many texts refused without one answered in between, and the provider counts as gone."""

_LOOK = 0.5  # seconds between two looks at a person's wish to stop
_LOADING = 0.05  # of the whole job


def start(
    workspace: Workspace, project_id: str, spec: GenerationSpec, key: SecretStr | None = None
) -> Job:
    """Start writing in a process of its own. Without an LLM set up the bundled one writes.

    Raises TooFewError before the first map, NothingLeaves, BusyError while another job of
    the project is live.
    """
    current(workspace, project_id)
    settings = settings_of(workspace, project_id)
    if settings.ready:
        allowed(workspace, project_id, settings)
    begin(workspace, project_id)
    return in_worker(workspace, project_id, KIND, {"spec": json.dumps(asdict(spec))}, key)


def generate(
    workspace: Workspace, project_id: str, params: Mapping[str, Any], progress: Progress
) -> Mapping[str, Any]:
    """The use case of the worker: write for the texts that `params["spec"]` asks for.

    What is kept under the same key is not written again, so a run that was broken off
    goes on where it stopped. Returns how many texts have their sentences, and how many
    the provider refused. Raises TooFewError, ModelError, ProviderError, CapReached,
    NothingLeaves, and Cancelled through `progress`; what is written is kept.
    """
    progress.report(0.0, "Opening the model")
    spec = GenerationSpec(**json.loads(params["spec"]))
    here = current(workspace, project_id)
    chosen = _chosen(workspace, here, spec)
    choice = model_of(workspace, project_id)
    if has_logits(choice):
        writer = WithLogits(choice, spec)
        run = _Run(workspace, here, spec, chosen, writer.model, writer.key)
        return run.by_batches(writer, progress)
    settings, key = settings_of(workspace, project_id), workspace.settings.llm_key
    hide_in_logs(key)
    stop = Event()
    model = open_judge(workspace, project_id, settings, key)
    with open_gate(workspace, project_id, model, settings, key=key, stop=stop) as gate:
        aim = Aim(settings.aim, settings.aspect)
        asker = BySamples(gate, gate.name, choice, spec, aim)
        run = _Run(workspace, here, spec, chosen, asker.model, asker.key)
        return run.by_calls(asker, settings.concurrency, stop, progress)


def _chosen(workspace: Workspace, here: Current, spec: GenerationSpec) -> tuple[Text, ...]:
    """The texts to write for; shorter ones first, so that those of one batch are alike."""
    known = {text.id: text for text in load_corpus(workspace, here.project).texts}
    ids = load_embedding(workspace, here.map).text_ids
    labels = load_clustering(workspace, here.map).labels
    found = {text: int(label) for text, label in zip(ids, labels, strict=True) if text in known}
    chosen = [known[text] for text in choose_texts(found, spec.texts, seed=spec.seed)]
    return tuple(sorted(chosen, key=lambda text: (len(text.body), text.body)))


class _Run:
    """One process's work on one generation."""

    def __init__(
        self,
        workspace: Workspace,
        here: Current,
        spec: GenerationSpec,
        chosen: Sequence[Text],
        model: str,
        key: str,
    ) -> None:
        self._store = workspace.store.generations
        ids = tuple(sorted(text.id for text in chosen))
        generation = Generation(key, here.project.id, model, spec, ids, datetime.now(UTC))
        self._store.begin(generation)
        self._generation = generation
        self._chosen = chosen
        kept = Counter(one.text for one in self._store.sentences(generation))
        self._missing = frozenset(text for text in ids if kept[text] < len(KINDS))
        self._refused = 0

    def by_batches(self, writer: WithLogits, progress: Progress) -> Mapping[str, Any]:
        # Cut before what is kept is left out: the same batches after a break.
        batches = [
            [text for text in self._chosen[at : at + BATCH] if text.id in self._missing]
            for at in range(0, len(self._chosen), BATCH)
        ]
        done = 0
        for batch in filter(None, batches):

            def on_part(share: float, done: int = done, size: int = len(batch)) -> None:
                self._tell(progress, done + share * size)

            on_part(0.0)
            self._keep(writer.written(batch, on_part))
            done += len(batch)
        return self._end(progress)

    def by_calls(
        self, asker: BySamples, at_once: int, stop: Event, progress: Progress
    ) -> Mapping[str, Any]:
        todo = iter([text for text in self._chosen if text.id in self._missing])
        flying: set[Future[None]] = set()
        done = in_row = 0
        with ThreadPoolExecutor(at_once, "generate") as pool:
            try:
                while True:
                    while len(flying) < 2 * at_once and (text := next(todo, None)):
                        flying.add(pool.submit(self._ask, asker, text))
                    if not flying:
                        break
                    ended, flying = wait(flying, timeout=_LOOK, return_when=FIRST_COMPLETED)
                    for future in ended:
                        in_row = self._hear(future, in_row)
                    done += len(ended)
                    self._tell(progress, done)
            finally:
                stop.set()
                pool.shutdown(cancel_futures=True)
        return self._end(progress)

    def _ask(self, asker: BySamples, text: Text) -> None:
        self._keep(asker.written(text))

    def _hear(self, future: Future[None], in_row: int) -> int:
        """Take in how one text ended; return how many in a row were refused."""
        try:
            future.result()
        except ProviderError:
            self._refused += 1
            if in_row + 1 >= PATIENCE or self._refused == len(self._missing):
                raise
            return in_row + 1
        return 0

    def _keep(self, sentences: Sequence[GeneratedSentence]) -> None:
        self._store.add(self._generation.project, self._generation.key, sentences)

    def _tell(self, progress: Progress, done: float) -> None:
        todo = len(self._missing)
        share = done / todo if todo else 1.0
        progress.report(
            _LOADING + (1 - _LOADING) * share, f"Writing sentences, {int(done):,} of {todo:,} texts"
        )

    def _end(self, progress: Progress) -> Mapping[str, Any]:
        self._tell(progress, len(self._missing))
        return {"texts": len(self._chosen) - self._refused, "refused": self._refused}
