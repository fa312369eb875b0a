"""Writing sentences: kept as they come, written once, ruled by people, never exported."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from core.adapters.fakes import ScriptedModel
from core.domain.errors import Cancelled
from core.domain.generated import GeneratedSentence, Generation, GenerationSpec
from core.domain.judging import CapReached, JudgeSettings, NothingLeaves
from core.domain.llm import Price, Prompt, ProviderError
from core.project import generating, judging
from core.project.exporting import export
from core.project.generating import running
from core.project.generating.writing import WithLogits
from core.project.intake import find_project, load_corpus
from core.project.workspace import Workspace
from tests.conftest import Listener
from tests.small_causal import save_causal

SPEC = GenerationSpec(texts=6, longest=6)
REMOTE = JudgeSettings("openai", "m", "http://127.0.0.1:9/v1", price=Price(1.0, 4.0))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_causal(tmp_path_factory.mktemp("models"))


@pytest.fixture
def local(
    mapped: tuple[Workspace, str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Workspace, str]:
    """A mapped project whose model is in a folder of this computer."""
    workspace, project_id = mapped
    settings = JudgeSettings("transformers", str(folder))
    judging.save(workspace, project_id, settings, cap=1.0, nothing_leaves=True)
    monkeypatch.setattr(running, "BATCH", 4)
    return mapped


@pytest.fixture
def remote(mapped: tuple[Workspace, str], monkeypatch: pytest.MonkeyPatch) -> ScriptedModel:
    """The model behind an API of the mapped project: it marks each sample, and finds later
    samples ever more alike."""
    workspace, project_id = mapped
    judging.save(workspace, project_id, REMOTE, cap=5.0, nothing_leaves=False)
    model = ScriptedModel(answer=answer, name="openai/m")
    monkeypatch.setattr(running, "open_judge", lambda *_: model)
    return model


def answer(prompt: Prompt, sample: int) -> str:
    if prompt.choices:
        last = next(n for n in "210" if f"sample {n}" in prompt.user)
        return json.dumps({"choice": str(2 * int(last))})
    kind = "entailed" if "says the same" in prompt.system else "contradicting"
    return json.dumps({"sentence": f"An {kind} one, sample {sample}"})


def run(
    where: tuple[Workspace, str], spec: GenerationSpec = SPEC, progress: Listener | None = None
) -> Mapping[str, object]:
    params = {"spec": json.dumps(asdict(spec))}
    return generating.generate(*where, params, progress or Listener())


def sentences(where: tuple[Workspace, str]) -> tuple[GeneratedSentence, ...]:
    newest = where[0].store.generations.newest(where[1])
    return where[0].store.generations.sentences(newest) if newest else ()


def bodies(where: tuple[Workspace, str]) -> dict[str, str]:
    workspace, project_id = where
    corpus = load_corpus(workspace, find_project(workspace, project_id))
    return {text.id: text.body for text in corpus.texts}


def test_both_sentences_of_each_text_are_written_once(
    local: tuple[Workspace, str], monkeypatch: pytest.MonkeyPatch, listener: Listener
) -> None:
    assert run(local, progress=listener)["texts"] == 6

    found = sentences(local)
    assert len(found) == 12
    assert {one.model for one in found} == {"transformers/llama"}
    fractions = [fraction for fraction, _ in listener.reports]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0

    run(local, replace(SPEC, omega=0.0))
    assert sentences(local) != found
    monkeypatch.setattr(WithLogits, "written", None)  # nothing is left to write
    run(local)
    assert sentences(local) == found


def test_a_run_that_was_cancelled_goes_on_where_it_stopped(
    local: tuple[Workspace, str],
) -> None:
    class Impatient(Listener):
        def report(self, fraction: float, message: str) -> None:
            super().report(fraction, message)
            if len(sentences(local)) >= 8:
                raise Cancelled

    with pytest.raises(Cancelled):
        run(local, progress=Impatient())
    assert len(sentences(local)) == 8

    again = Listener()
    run(local, progress=again)
    assert len(sentences(local)) == 12
    assert again.reports[-1][1] == "Writing sentences, 2 of 2 texts"


def test_of_several_samples_the_entailed_is_the_most_alike_and_the_other_the_least(
    mapped: tuple[Workspace, str], remote: ScriptedModel
) -> None:
    run(mapped)

    found = sentences(mapped)
    assert {(one.kind, one.body, one.score) for one in found} == {
        ("entailed", "An entailed one, sample 2", 4.0),
        ("contradicting", "An contradicting one, sample 0", 0.0),
    }
    assert remote.calls == 6 * 2 * 3 + 6 * 2 * 3
    budget = judging.budget_of(*mapped)
    assert budget.reserved == 0
    assert budget.spent > 0

    run(mapped)
    assert remote.calls == 72
    assert len(generating.lesson(*mapped, bodies(mapped))) == 6


def test_a_refused_text_is_left_out_and_a_provider_that_is_gone_ends_the_run(
    mapped: tuple[Workspace, str], remote: ScriptedModel
) -> None:
    refusal = ProviderError("It refused.", "Leave this text out.")
    remote.fail = lambda call, _: None if call else refusal
    assert run(mapped, replace(SPEC, draws=1)) == {"texts": 5, "refused": 1}

    remote.fail = lambda *_: refusal
    with pytest.raises(ProviderError):
        run(mapped, replace(SPEC, draws=2))


def test_the_cap_ends_the_run_and_what_was_written_stays(
    mapped: tuple[Workspace, str], remote: ScriptedModel
) -> None:
    # One at a time: of several begun at once the cap may let none come to its end.
    judging.save(*mapped, replace(REMOTE, concurrency=1), cap=0.05, nothing_leaves=False)

    with pytest.raises(CapReached):
        run(mapped, replace(SPEC, texts=100))

    assert 0 < len(sentences(mapped)) < 200
    assert judging.budget_of(*mapped).spent <= judging.budget_of(*mapped).cap


def test_nothing_is_sent_while_nothing_may_leave(mapped: tuple[Workspace, str]) -> None:
    away = JudgeSettings("openai", "m", price=Price(1.0, 4.0))
    judging.save(*mapped, away, cap=5.0, nothing_leaves=True)

    with pytest.raises(NothingLeaves):
        generating.start(*mapped, SPEC)


def shelved(where: tuple[Workspace, str], count: int) -> list[str]:
    """Put a kept pair of sentences on the shelf for so many texts; return their ids."""
    workspace, project_id = where
    ids = sorted(bodies(where))[:count]
    way = Generation("k", project_id, "bundled/x", SPEC, tuple(ids), datetime.now(UTC))
    workspace.store.generations.begin(way)
    made = [
        GeneratedSentence(text, kind, f"Zyzzyva {kind} {row}", score, "bundled/x")
        for row, text in enumerate(ids)
        for kind, score in (("entailed", 4.5), ("contradicting", 0.5))
    ]
    workspace.store.generations.add(project_id, "k", made)  # type: ignore[arg-type]
    return ids


def test_a_person_vetoes_and_restores_and_held_out_texts_teach_nothing(
    mapped: tuple[Workspace, str],
) -> None:
    ids, known = shelved(mapped, 5), bodies(mapped)
    found = generating.shelf(*mapped, known)
    assert found is not None
    assert found.taught == 5

    generating.rule(*mapped, found.sentences[0], keep=False, annotator="ann")
    vetoed = generating.shelf(*mapped, known)
    assert vetoed is not None
    assert (vetoed.taught, vetoed.sentences[0].kept) == (4, False)
    assert "9 kept, 1 dropped" in vetoed.told

    generating.rule(*mapped, vetoed.sentences[0], keep=True, annotator="ann")
    assert generating.shelf(*mapped, known) == found
    taught = generating.lesson(*mapped, known, without={ids[0], ids[3]}).triplets
    assert {anchor for anchor, *_ in taught} == {known[ids[row]] for row in (1, 2, 4)}


def test_generated_sentences_are_no_texts_and_leave_with_no_export(
    mapped: tuple[Workspace, str],
) -> None:
    before = bodies(mapped)
    shelved(mapped, 20)
    made = export(*mapped)

    assert bodies(mapped) == before
    packed = zipfile.ZipFile(BytesIO(made.archive))
    files = {**made.files, **{name: packed.read(name) for name in packed.namelist()}}
    for name, data in files.items():
        inner = zipfile.ZipFile(BytesIO(data)) if name.endswith(".xlsx") else None
        parts = [data] if inner is None else [inner.read(one) for one in inner.namelist()]
        assert all(b"zyzzyva" not in part.lower() for part in parts), name
