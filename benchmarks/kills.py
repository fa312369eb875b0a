"""kill -9 of a worker in training, many times: is anything lost, and does it go on?

    python -m benchmarks.kills [--kills N]

A real project of Bank77 texts with answers as guessed, and real worker processes
that train the last layers with a checkpoint every half second. Each worker is killed with
SIGKILL at a moment of its phase: on starting, between two checkpoints, while a checkpoint is
being written, while the new map is drawn, while the proposal is being saved. Then the
project is opened anew and must be whole, and the next worker must go on from the newest whole
checkpoint: the steps that it does are written down by the worker itself. In the end one
training runs through.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.report import DATA, Silent, keep
from core.adapters.encoders import Checkpoints
from core.domain.jobs import JobStatus
from core.domain.judgments import Verdict
from core.domain.reviewing import Seat
from core.domain.settings import Settings
from core.jobs import worker
from core.project import intake, retraining, review, use_cases
from core.project.arrays import load_clustering, load_embedding
from core.project.encoders import open_encoder
from core.project.mapping import current, make_map
from core.project.retraining import learning, training
from core.project.workspace import Workspace, open_workspace

TEXTS, ANSWERS = 150, 30
EVERY = 0.5  # seconds between checkpoints
PHASES = ("starting", "between checkpoints", "writing a checkpoint", "drawing", "saving")


def made(home: Path) -> tuple[Workspace, str]:
    """Make the project: some of Bank77's test set, its map, and answers."""
    lines = (DATA / "bank77_test.csv").read_text("utf-8").splitlines()
    data = "\n".join([lines[0], *lines[1::10][:TEXTS]]).encode()
    workspace = open_workspace(Settings(home=home))
    table = intake.read_upload(workspace, "messages.csv", data)
    project = intake.create_project(
        workspace, table, intake.guess(table), name="messages", data=data
    )
    make_map(workspace, project.id, {}, Silent())
    for _ in range(ANSWERS):
        handed = review.next_question(workspace, project.id, Seat("me"))
        assert handed is not None and handed.asked.guess is not None
        asked = handed.asked
        verdict = Verdict(asked.guess.verdict)
        review.answer(workspace, project.id, asked.question.id, verdict, "me")
    return workspace, project.id


class Life:
    """One worker process from its start to its end, seen from outside."""

    def __init__(self, workspace: Workspace, project_id: str) -> None:
        self.workspace, home = workspace, workspace.settings.home
        self.folder = home / "checkpoints" / project_id
        self.left = set(self.folder.glob("*/draft-*"))  # of workers killed before
        self.steps_path = home / "steps.log"
        self.steps_path.unlink(missing_ok=True)
        (home / "saving").unlink(missing_ok=True)
        self.job = workspace.store.jobs.add_job(project_id, "retrain", {"speed": "last"})
        with (home / "worker.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.kills", "--job", self.job.id],
                env={**os.environ, "CLADE_HOME": str(home)},
                stdout=log,
                stderr=log,
            )

    def wait(self, reached: Callable[[], bool], seconds: float = 240) -> bool:
        """Wait until `reached`; False where the worker ended before."""
        end = time.monotonic() + seconds
        while not reached():
            if self.process.poll() is not None:
                return False
            if time.monotonic() > end:
                raise TimeoutError(f"the worker came nowhere: {self.message()}")
            time.sleep(0.002)
        return True

    def message(self) -> str:
        return self.workspace.store.jobs.job(self.job.id).message

    def steps(self) -> list[int]:
        """The steps that this life has done."""
        found = self.steps_path.read_text("utf-8") if self.steps_path.exists() else ""
        return [int(line) for line in found.split("\n")[:-1]]

    def says(self, *words: str) -> bool:
        time.sleep(0.05)  # the database is not asked all the time
        return any(word in self.message() for word in words)

    def drafts(self) -> bool:
        return bool(set(self.folder.glob("*/draft-*")) - self.left)

    def is_in(self, phase: str) -> bool:
        if phase == "starting":
            return self.workspace.store.jobs.job(self.job.id).pid is not None
        if phase == "between checkpoints":
            return bool(self.steps()) and not self.drafts()
        if phase == "writing a checkpoint":
            return self.drafts()
        if phase == "drawing":
            return self.says("Embedding", "Laying", "clusters", "Comparing")
        return (self.workspace.settings.home / "saving").exists()


def delay(phase: str, dice: random.Random) -> float:
    """Seconds to wait inside a phase before the kill."""
    longest = {
        "starting": 2.0,
        "between checkpoints": 1.0,
        "writing a checkpoint": 0.2,
        "drawing": 1.0,
        "saving": 0.5,
    }
    return dice.uniform(0.0, longest[phase])


def newest_step(workspace: Workspace, project_id: str) -> int:
    """The step of the newest whole checkpoint, 0 where there is none."""
    folder = workspace.settings.home / "checkpoints" / project_id
    trainings = [path for path in folder.glob("*") if path.is_dir()] if folder.exists() else []
    found = [Checkpoints(path).newest() for path in trainings]
    return max((int(path.name.removeprefix("step-")) for path in found if path), default=0)


def is_whole(home: Path, project_id: str, before: Any, answers: frozenset[str]) -> tuple[bool, int]:
    """Open the project as a fresh process does: is everything as it was, and how many
    answers are lost?"""
    workspace = open_workspace(Settings(home=home))
    here = current(workspace, project_id)
    stored = {one.question.id for one in workspace.store.reviews.judgments(project_id)}
    vectors = load_embedding(workspace, here.map)
    load_clustering(workspace, here.map)
    texts = {t.id: t.body for t in intake.load_corpus(workspace, here.project).texts}
    first = vectors.text_ids[:2]
    given = open_encoder(workspace, here.map.space).encode([texts[i] for i in first])
    same = bool((given * vectors.vectors[:2]).sum(axis=1).min() > 0.999)
    return here == before and same, len(answers - stored)


def lives(workspace: Workspace, project_id: str, kills: int) -> list[dict[str, Any]]:
    """Kill `kills` workers and let one end; return a row a life. One that was done before the
    kill is a row, but no kill."""
    home, dice = workspace.settings.home, random.Random(0)
    before = current(workspace, project_id)
    answers = frozenset(o.question.id for o in workspace.store.reviews.judgments(project_id))
    # One training, killed again and again on its way: the phases come in their order.
    phases = [PHASES[len(PHASES) * place // kills] for place in range(kills)]
    rows: list[dict[str, Any]] = []
    phases.append("runs through")
    while phases:
        phase = phases[0]
        kept = newest_step(workspace, project_id)
        life = Life(workspace, project_id)
        killed = phase != "runs through" and life.wait(partial(life.is_in, phase))
        if killed:
            time.sleep(delay(phase, dice))
            message = life.message()
            life.process.send_signal(signal.SIGKILL)
        life.process.wait(300)
        status = use_cases.watch_job(workspace, life.job.id).status
        killed = killed and status is not JobStatus.DONE
        whole, lost = is_whole(home, project_id, before, answers)
        done = life.steps()
        rows.append(
            {
                "phase": phase,
                "last told": message if killed else "",
                "killed": killed,
                "status": status.value,
                "kept step": kept,
                "first step": done[0] if done else "-",
                "last step": done[-1] if done else "-",
                "went on": not done or done[0] == kept + 1,
                "whole": whole,
                "answers lost": lost,
                "as told": status is (JobStatus.INTERRUPTED if killed else JobStatus.DONE),
            }
        )
        print(rows[-1], flush=True)
        if killed or phase == "runs through":
            phases.pop(0)
        proposal = retraining.newest_proposal(workspace, project_id)
        if phase != "runs through" and proposal is not None and proposal.status == "open":
            retraining.discard(workspace, proposal)  # it was saved before the kill
    assert proposal is not None and proposal.status == "open"
    new = workspace.store.maps.get(proposal.new_map)
    open_encoder(workspace, new.space).encode(["my card is late"])
    return rows


def work(job_id: str) -> None:
    """Be the worker: the real one, with checkpoints more often, noting each step."""
    log = Path(os.environ["CLADE_HOME"]) / "steps.log"
    tune = learning.fine_tune

    def noted(encoder: Any, examples: Any, spec: Any, on_step: Any, **rest: Any) -> Any:
        def step(done: int, total: int, loss: float) -> None:
            with log.open("a") as file:
                file.write(f"{done}\n")
            on_step(done, total, loss)

        return tune(encoder, examples, spec, step, **rest)

    def saving(*given: Any) -> Any:
        (log.parent / "saving").touch()
        return propose(*given)

    propose = training.propose
    training.propose = saving
    learning.fine_tune = noted
    learning.Checkpoints = partial(Checkpoints, every=EVERY)  # type: ignore[misc, assignment]
    worker.main(["--job", job_id])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--job", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.job:
        work(given.job)
        return
    with TemporaryDirectory() as folder:
        keep("kills", lives(*made(Path(folder) / "home"), given.kills))


if __name__ == "__main__":
    main()
