"""Asking: the next question, its answer on disk before the one after it, undo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from core.domain.durations import duration
from core.domain.errors import InputError
from core.domain.judgments import Judgment, Verdict
from core.domain.projects import Remark
from core.domain.reviewing import Handed, Seat, Sight, Terms
from core.domain.shares import wilson
from core.project.arrays import load_clustering, load_embedding
from core.project.grouping import foundation, weigh
from core.project.mapping import current
from core.project.settled import contradictions
from core.project.workspace import Workspace
from core.steps.questions import propose

BATCH = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an annotator is. `agreed` of `comparable` answers match the
    embedder's guess; `low`, `high` the 95% Wilson interval of that share.
    `checks_agreed` of `checks` blind checks, of all people, match the model's
    answer; `machine`: it has given any."""

    answered: int
    agreed: int
    comparable: int
    low: float
    high: float
    seconds_each: float | None
    checks_agreed: int = 0
    checks: int = 0
    machine: bool = False

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
        return f"{words} · about {duration(self.seconds_each * left)}"

    @property
    def told(self) -> str:
        """Return the agreement with the model, or else with the embedder, in words."""
        if self.checks:
            low, high = wilson(self.checks_agreed, self.checks)
            return (
                f"Blind checks: the LLM agrees with {self.checks_agreed} of {self.checks} answers "
                f"given before its own was shown (95% interval {low:.0%} to {high:.0%})."
            )
        if self.machine:
            return "No blind check is answered yet. They will show how good the LLM is."
        if not self.comparable:
            return "Every answer is saved at once. No machine ever overwrites yours."
        return (
            f"You and the embedder agree on {self.agreed} of {self.comparable} answers "
            f"(95% interval {self.low:.0%} to {self.high:.0%})."
        )


def next_question(
    workspace: Workspace, project_id: str, seat: Seat, terms: Terms | None = None
) -> Handed | None:
    """Return the question to show on a seat now, proposing a new batch where none is left.

    It is kept from other seats while it is shown, unless two people are to be asked.
    None: there is nothing left to ask. Raises TooFewError before the first map.
    """
    desks, terms = workspace.store.desks, terms or Terms()
    handed = desks.hand_out(project_id, seat, terms, datetime.now(UTC))
    if handed is not None:
        return handed
    propose_batch(workspace, project_id)
    return desks.hand_out(project_id, seat, terms, datetime.now(UTC))


def terms(workspace: Workspace, project_id: str) -> Terms:
    """Return how a project's questions are handed out, as the settings have it."""
    return Terms(
        blind=workspace.store.spending.settings(project_id).blind_share,
        shared=workspace.settings.shared_share,
    )


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
    workspace: Workspace,
    project_id: str,
    question_id: str,
    verdict: Verdict,
    annotator: str,
    sight: Sight | None = None,
) -> Judgment:
    """Write a person's answer to disk. Answering again replaces one's own answer.

    `sight` is what stood beside the question, None where that is not known.
    """
    asked = workspace.store.reviews.asked(project_id, question_id)
    judgment = Judgment(
        asked.question, verdict, "human", annotator, confidence=1.0, at=datetime.now(UTC)
    )
    workspace.store.reviews.record(project_id, judgment, sight)
    return judgment


def undo_answer(
    workspace: Workspace, project_id: str, seat: Seat, terms: Terms | None = None
) -> tuple[Judgment, ...]:
    """Take the annotator's newest answer back; its question is on the screen again.

    A bulk approval is taken back as a whole. Empty where there is no answer.
    """
    return workspace.store.desks.take_back(project_id, seat, terms or Terms(), datetime.now(UTC))


def skip(workspace: Workspace, project_id: str, question_id: str, seat: Seat) -> None:
    """Put a question behind all others of this annotator."""
    workspace.store.desks.skip(project_id, question_id, seat, datetime.now(UTC))


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
    """Return how far the annotator is, and how often machines said the same."""
    tally = workspace.store.checks.tally(project_id, annotator)
    low, high = wilson(tally.agreed, tally.comparable)
    gaps = sorted((later - earlier).total_seconds() for earlier, later in pairwise(tally.times))
    return Standing(
        answered=tally.answered,
        agreed=tally.agreed,
        comparable=tally.comparable,
        low=low,
        high=high,
        # The median forgives the coffee break between two answers.
        seconds_each=gaps[len(gaps) // 2] if gaps else None,
        checks_agreed=tally.blind_agreed,
        checks=tally.blind,
        machine=tally.machine,
    )
