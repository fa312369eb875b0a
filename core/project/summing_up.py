"""What the last batch of answers came to."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.judgments import Judgment, Verdict
from core.project.grouping import moved_by_answers
from core.project.mapping import current
from core.project.review import BATCH
from core.project.settled import contradictions
from core.project.spread import waiting
from core.project.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Summary:
    """The newest answers of a person: how many said what a machine had suggested, how
    many something else, how many could not tell; the texts that they touch; and how
    many contradictions stand among all answers, to be asked about next."""

    kept: int
    changed: int
    unsure: int
    touches: int
    moved: int | None
    clashes: int

    @property
    def told(self) -> str:
        """Return the batch in words."""
        parts = [
            f"{count} {words}"
            for count, words in (
                (self.kept, "as suggested"),
                (self.changed, "otherwise"),
                (self.unsure, "without a decision"),
            )
            if count
        ]
        return f"The last batch: {', '.join(parts)}. {self._texts} {self._clashes}"

    @property
    def _texts(self) -> str:
        if self.moved is None:
            return f"It touches {_count(self.touches)}; spreading the answers shows what moves."
        moved = _count(self.moved) if self.moved else "no text"
        return f"Spread over all texts, the answers moved {moved} to another group."

    @property
    def _clashes(self) -> str:
        if not self.clashes:
            return "No answers contradict each other."
        are = "One contradiction is" if self.clashes == 1 else f"{self.clashes} contradictions are"
        return f"{are} left among all answers, and will be asked about."


def sum_up(workspace: Workspace, project_id: str, annotator: str) -> Summary:
    """Return what the newest batch of answers of a person came to."""
    reviews = workspace.store.reviews
    judgments = reviews.judgments(project_id)
    told = {j.question.id: j.verdict for j in judgments if j.source == "llm"}
    mine = [j for j in judgments if j.annotator == annotator and j.source == "human"][-BATCH:]
    kept = unsure = touches = 0
    for judgment in mine:
        asked = reviews.asked(project_id, judgment.question.id)
        guess = asked.guess.verdict if asked.guess else None
        touches += asked.touches
        unsure += judgment.verdict is Verdict.UNSURE
        kept += _same(judgment, told.get(judgment.question.id), guess)
    return Summary(
        kept=kept,
        changed=len(mine) - kept - unsure,
        unsure=unsure,
        touches=touches,
        moved=_moved(workspace, project_id),
        clashes=len(contradictions(judgments, reviews.asked_ids(project_id))),
    )


def _moved(workspace: Workspace, project_id: str) -> int | None:
    """Return how many texts the answers moved, None where some are not spread yet."""
    here = current(workspace, project_id)
    if here.map.prior_key is None or waiting(workspace, here.map).told:
        return None
    return len(moved_by_answers(workspace, here))


def _count(texts: int) -> str:
    return "1 text" if texts == 1 else f"{texts:,} texts"


def _same(judgment: Judgment, told: Verdict | None, guess: str | None) -> bool:
    """Whether a person answered as was suggested: by the model, or else by the embedder."""
    if judgment.verdict is Verdict.UNSURE:
        return False
    suggested = told if told not in (None, Verdict.UNSURE) else guess
    return judgment.verdict == suggested
