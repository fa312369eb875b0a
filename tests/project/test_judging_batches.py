"""Batches survive: kills, faults, a cap, a refusal, a pause; nothing is paid twice."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import pytest

from core.adapters.store.llm_schema import reply
from core.domain.errors import Cancelled
from core.domain.judging import NANO, BatchStatus
from core.domain.judgments import Judgment, Verdict
from core.domain.llm import ProviderError
from core.domain.questions import Triplet
from core.project import judging
from core.project.judging import handing
from core.project.workspace import Workspace
from tests.project.scripted import SETTINGS, Scripted, Watch, batch_of, project_with

pytestmark = pytest.mark.alone

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """The model that every batch of this process asks."""
    scripted = Scripted(bill=tmp_path / "bill")
    monkeypatch.setattr(handing, "open_judge", lambda *_: scripted)
    return scripted


def ready(workspace: Workspace, questions: int, *, cap: float = 5.0, at_once: int = 8) -> str:
    project_id = project_with(workspace, questions)
    settings = replace(SETTINGS, concurrency=at_once)
    judging.save(workspace, project_id, settings, cap=cap, nothing_leaves=False)
    return project_id


def run(workspace: Workspace, project_id: str, wanted: int, progress: object = None) -> BatchStatus:
    batch = batch_of(workspace, project_id, wanted)
    found = handing.judge(
        workspace,
        project_id,
        {"batch": batch.id},
        progress or Watch(),  # type: ignore[arg-type]
    )
    return BatchStatus(found["status"])


def answers(workspace: Workspace, project_id: str) -> tuple[Judgment, ...]:
    return workspace.store.reviews.judgments(project_id)


def test_a_batch_answers_each_question_once_and_tells_why(
    workspace: Workspace, model: Scripted
) -> None:
    project_id = ready(workspace, 30)

    assert run(workspace, project_id, 30) is BatchStatus.DONE

    given = answers(workspace, project_id)
    assert len(given) == 30
    assert {(one.source, one.annotator, one.confidence) for one in given} == {
        ("llm", "openai/scripted", 0.9)
    }
    # A pair is one call; a triplet is asked in both orders.
    assert len(model.billed()) == 20 + 2 * 10
    (said,) = workspace.store.batches.opinions(project_id, given[0].question.id)
    assert (said.reason, said.why_not) == ("It fits.", "")
    assert {one.verdict for one in given} <= {Verdict.SAME, Verdict.LEFT, Verdict.RIGHT}
    spent = workspace.store.spending.budget(project_id)
    assert spent is not None and spent.reserved == 0
    assert spent.spent / NANO == pytest.approx(sum(cost for _, cost in model.billed()), abs=1e-7)


def test_who_answers_by_position_abstains(workspace: Workspace, model: Scripted) -> None:
    project_id = ready(workspace, 9)
    first = '{"choice": "1", "confidence": 1, "reason": "It comes first."}'
    model.answer = lambda prompt, sample: first

    run(workspace, project_id, 9)

    flipped = [one for one in answers(workspace, project_id) if isinstance(one.question, Triplet)]
    assert len(flipped) == 3
    assert {one.verdict for one in flipped} == {Verdict.UNSURE}
    (said,) = workspace.store.batches.opinions(project_id, flipped[0].question.id)
    assert "the other way round" in said.why_not


def test_an_invalid_reply_is_asked_again_once_and_then_an_abstention(
    workspace: Workspace, model: Scripted
) -> None:
    project_id = ready(workspace, 2, at_once=1)
    bodies = iter(["Well, it depends.", '{"choice": "yes"}', "<html>", "x" * 50_000])
    model.answer = lambda prompt, sample: next(bodies)

    run(workspace, project_id, 1)
    assert model.calls == 2
    run(workspace, project_id, 1)

    assert model.calls == 4
    assert [one.verdict for one in answers(workspace, project_id)] == [
        Verdict.SAME,
        Verdict.UNSURE,
    ]


def test_a_person_who_answers_is_left_alone(workspace: Workspace, model: Scripted) -> None:
    project_id = ready(workspace, 6)
    (_, asked), *_ = workspace.store.batches.unjudged(project_id, -1, 1)
    mine = Judgment(asked.question, Verdict.DIFFERENT, "human", "me", 1.0, datetime.now(UTC))
    workspace.store.reviews.record(project_id, mine)

    run(workspace, project_id, 5)

    given = answers(workspace, project_id)
    assert len(given) == 6
    assert [one for one in given if one.question == asked.question] == [mine]


def test_a_batch_takes_no_more_than_was_asked_for(workspace: Workspace, model: Scripted) -> None:
    project_id = ready(workspace, 40)

    run(workspace, project_id, 10)
    run(workspace, project_id, 5)

    assert len(answers(workspace, project_id)) == 15


def test_faults_are_tried_again_and_one_refusal_is_an_abstention(
    workspace: Workspace, model: Scripted
) -> None:
    project_id = ready(workspace, 40)
    model.failing = 0.2

    assert run(workspace, project_id, 40) is BatchStatus.DONE

    assert len(answers(workspace, project_id)) == 40
    (used,) = judging.usage(workspace, project_id)
    assert used.failed == model.calls - used.calls > 0


def test_a_provider_that_is_gone_ends_the_batch_and_records_nothing(
    workspace: Workspace, model: Scripted
) -> None:
    project_id = ready(workspace, 40)
    model.error = ProviderError("The key is not accepted.", "Give a valid one.")

    with pytest.raises(ProviderError):
        run(workspace, project_id, 40)

    stands = judging.state(workspace, project_id)
    assert stands is not None
    assert (stands.status, stands.done) == (BatchStatus.FAILED, 0)
    assert "not accepted" in stands.message
    assert answers(workspace, project_id) == ()
    assert model.calls < 40


def test_the_cap_ends_a_batch_in_the_middle_and_keeps_right_answers(
    workspace: Workspace, model: Scripted
) -> None:
    project_id = ready(workspace, 200, cap=0.02)

    assert run(workspace, project_id, 200) is BatchStatus.CAPPED

    stands = judging.state(workspace, project_id)
    assert stands is not None
    assert 0 < stands.done < 200
    assert "Raise the cap" in stands.message
    assert stands.spent <= 0.02
    assert sum(cost for _, cost in model.billed()) <= 0.02
    assert {one.verdict for one in answers(workspace, project_id)} <= {
        *(Verdict.SAME, Verdict.LEFT, Verdict.RIGHT)
    }
    judging.save(workspace, project_id, SETTINGS, cap=5.0, nothing_leaves=False)
    before = {key for key, _ in model.billed()}
    run(workspace, project_id, 200 - stands.done)
    after = [key for key, _ in model.billed()]
    assert len(after) == len(set(after)), "a reply was paid for twice"
    assert before < set(after)
    assert len(answers(workspace, project_id)) == 200


class Impatient:
    """A progress of a person who cancels at the third look."""

    def __init__(self) -> None:
        self.looks = 0

    def report(self, fraction: float, message: str) -> None:
        self.looks += 1
        if self.looks == 3:
            raise Cancelled

    def point(self, value: float) -> None: ...


def test_cancelling_keeps_what_is_answered_and_leaves_no_money_held(
    workspace: Workspace, model: Scripted
) -> None:
    project_id = ready(workspace, 300, at_once=2)
    model.delay = 0.02

    with pytest.raises(Cancelled):
        run(workspace, project_id, 300, Impatient())

    stands = judging.state(workspace, project_id)
    assert stands is not None and stands.status is BatchStatus.CANCELLED
    assert 0 < stands.done < 300
    budget = judging.budget_of(workspace, project_id)
    assert budget.reserved == 0
    used = judging.usage(workspace, project_id)
    assert sum(one.calls for one in used) == len(model.billed())


@pytest.mark.slow
def test_a_thousand_questions_a_server_that_fails_and_two_kills(workspace: Workspace) -> None:
    project_id = ready(workspace, 1_000, cap=5.0, at_once=16)
    batch = batch_of(workspace, project_id, 1_000)
    home = workspace.settings.home
    bill = Scripted(bill=home / "bill")
    command = [sys.executable, "-m", "tests.project.scripted", str(home), project_id, batch.id]
    settled: list[tuple[set[str], int]] = []
    for until in (250, 600):
        worker = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        while workspace.store.batches.judged(project_id) < until:
            assert worker.poll() is None
            time.sleep(0.02)
        worker.kill()
        worker.communicate()
        settled.append((committed(workspace, project_id), len(bill.billed())))

    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=True
    )

    assert ended.stdout == "done"
    assert len(answers(workspace, project_id)) == 1_000
    billed = bill.billed()
    for paid, at in settled:
        assert not paid & {key for key, _ in billed[at:]}, "a committed reply was paid for twice"
    budget = judging.budget_of(workspace, project_id)
    (used,) = judging.usage(workspace, project_id)
    assert used.lost > 0
    assert budget.reserved == 0
    # What was cut off counts at the most that it can have cost, so never too little.
    assert sum(cost for _, cost in billed) <= budget.spent / NANO + 1e-6 <= 5.0
    assert used.cost == budget.spent


def committed(workspace: Workspace, project_id: str) -> set[str]:
    """Return the fingerprints of all replies on disk."""
    with workspace.store.spending._db.read() as connection:
        rows = connection.execute(reply.select().where(reply.c.project_id == project_id))
        return {row.key for row in rows}


class Weigh:
    """A progress that weighs the process at each look."""

    def __init__(self) -> None:
        self.weights: list[tuple[float, int]] = []

    def report(self, fraction: float, message: str) -> None:
        gc.collect()
        self.weights.append((fraction, tracemalloc.get_traced_memory()[0]))

    def point(self, value: float) -> None: ...


@pytest.mark.slow
def test_memory_stays_flat(workspace: Workspace, model: Scripted) -> None:
    project_id = ready(workspace, 350, at_once=4)
    # What is made once and kept is there before the weighing.
    run(workspace, project_id, 50)
    weigh = Weigh()
    tracemalloc.start()
    try:
        run(workspace, project_id, 300, weigh)
    finally:
        tracemalloc.stop()

    # The median, for what is under way at a look comes and goes.
    early = median(weight for fraction, weight in weigh.weights if 0.0 < fraction < 0.5)
    late = median(weight for fraction, weight in weigh.weights if fraction >= 0.5)
    assert late < early + 90_000, "600 bytes a question"


def test_sixteen_at_once_take_little_more_than_their_share(
    workspace: Workspace, model: Scripted
) -> None:
    project_id = ready(workspace, 72, at_once=16)
    model.delay = 0.6
    began = time.perf_counter()

    run(workspace, project_id, 72)

    assert model.most_at_once <= 16
    ideal = len(model.billed()) * 0.6 / 16
    assert time.perf_counter() - began < 1.3 * ideal + 0.6, "half a second to open and close"
