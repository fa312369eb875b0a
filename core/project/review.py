"""Asking: the next question, its answer on disk before the one after it, undo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from core.domain.errors import InputError
from core.domain.judgments import Judgment, Verdict
from core.domain.projects import Remark
from core.domain.questions import Asked
from core.domain.shares import wilson
from core.project.arrays import load_clustering, load_embedding
from core.project.grouping import foundation, weigh
from core.project.mapping import current
from core.project.workspace import Workspace
from core.steps.constraints import contradictions
from core.steps.questions import propose

BATCH = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an annotator is. `agreed` of `comparable` answers match the
    embedder's guess; `low`, `high` the 95% Wilson interval of that share."""

    answered: int
    agreed: int
    comparable: int
    low: float
    high: float
    seconds_each: float | None

    @property
    def batch_share(self) -> float:
        """How much of the current batch is answered, in [0, 1)."""
        return self.answered % BATCH / BATCH

    @property
    def batch_done(self) -> bool:
        return self.answered > 0 and self.answered % BATCH == 0

    @property
    def progress(self) -> str:
        """Return the progress in words."""
        left = BATCH - self.answered % BATCH
        words = f"{self.answered:,} answered · {left} to the next stop"
        if self.seconds_each is None:
            return words
        seconds = round(self.seconds_each * left)
        about = f"{seconds} s" if seconds < 90 else f"{round(seconds / 60)} min"
        return f"{words} · about {about}"

    @property
    def told(self) -> str:
        """Return the agreement with the embedder in words."""
        if not self.comparable:
            return "Every answer is saved at once. No machine ever overwrites yours."
        return (
            f"You and the embedder agree on {self.agreed} of {self.comparable} answers "
            f"(95% interval {self.low:.0%} to {self.high:.0%})."
        )


def next_question(workspace: Workspace, project_id: str, annotator: str) -> Asked | None:
    """Return the question to show now, proposing a new batch where none is left.

    None: there is nothing left to ask. Raises TooFewError before the first map.
    """
    reviews = workspace.store.reviews
    asked = reviews.next_open(project_id, annotator)
    if asked is not None:
        return asked
    propose_batch(workspace, project_id)
    return reviews.next_open(project_id, annotator)


def propose_batch(workspace: Workspace, project_id: str, count: int = BATCH) -> int:
    """Add up to `count` new questions from the current map; return how many."""
    here = current(workspace, project_id)
    asked = workspace.store.reviews.asked_ids(project_id)
    judgments = workspace.store.reviews.judgments(project_id)
    ground, prior = foundation(workspace, here.map)
    batch = propose(
        load_embedding(workspace, here.map),
        load_clustering(workspace, here.map),
        ground,
        weigh(ground, prior, judgments),
        contradictions(judgments, asked),
        count=count,
        asked=asked,
        seed=here.project.seed,
    )
    return workspace.store.reviews.enqueue(project_id, batch)


def answer(
    workspace: Workspace, project_id: str, question_id: str, verdict: Verdict, annotator: str
) -> Judgment:
    """Write a person's answer to disk. Answering again replaces one's own answer."""
    asked = workspace.store.reviews.asked(project_id, question_id)
    judgment = Judgment(
        asked.question, verdict, "human", annotator, confidence=1.0, at=datetime.now(UTC)
    )
    workspace.store.reviews.record(project_id, judgment)
    return judgment


def undo_answer(workspace: Workspace, project_id: str, annotator: str) -> Judgment | None:
    """Take the annotator's newest answer back; its question is open again."""
    mine = [
        judgment
        for judgment in workspace.store.reviews.judgments(project_id)
        if judgment.annotator == annotator and judgment.source == "human"
    ]
    if not mine:
        return None
    workspace.store.reviews.withdraw(project_id, mine[-1].question.id, annotator)
    return mine[-1]


def skip(workspace: Workspace, project_id: str, question_id: str, annotator: str) -> None:
    """Put a question behind all others of this annotator."""
    workspace.store.reviews.skip(project_id, question_id, annotator, datetime.now(UTC))


def remark_on(workspace: Workspace, project_id: str, question_id: str, annotator: str) -> Remark:
    """Return the annotator's flag and note on a question (empty where there is none)."""
    for remark in workspace.store.reviews.remarks(project_id, question_id):
        if remark.annotator == annotator:
            return remark
    return Remark(question_id, annotator, flagged=False, note="")


def leave_remark(workspace: Workspace, project_id: str, remark: Remark) -> None:
    """Keep a flag and a note. Raises InputError on a note of over 2,000 characters."""
    if len(remark.note) > 2_000:
        raise InputError(
            "The note is longer than 2,000 characters.", "Shorten it and save it again."
        )
    workspace.store.reviews.remark(project_id, remark)


def standing(workspace: Workspace, project_id: str, annotator: str) -> Standing:
    """Return how far the annotator is, and how often the embedder guessed the same."""
    mine = workspace.store.reviews.answered(project_id, annotator)
    compared = [verdict == guessed for verdict, guessed, _ in mine if guessed is not None]
    low, high = wilson(sum(compared), len(compared))
    times = [at for *_, at in mine]
    gaps = sorted((later - earlier).total_seconds() for earlier, later in pairwise(times))
    return Standing(
        answered=len(mine),
        agreed=sum(compared),
        comparable=len(compared),
        low=low,
        high=high,
        # The median forgives the coffee break between two answers.
        seconds_each=gaps[len(gaps) // 2] if gaps else None,
    )
