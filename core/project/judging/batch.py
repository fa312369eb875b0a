"""Judging a batch: many questions at once, each answer on disk as it comes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event

from core.domain.errors import Cancelled, CladeError
from core.domain.judging import NANO, Batch, BatchStatus, CapReached, NothingLeaves, Opinion
from core.domain.judgments import Judgment, Verdict
from core.domain.llm import ProviderError
from core.domain.ports import Progress
from core.domain.questions import Asked, Question
from core.project.judging.gate import LONGEST_WAIT
from core.project.review import propose_batch
from core.project.workspace import Workspace

PATIENCE = 5
"""So many questions without one answer in between, and the provider counts as gone."""

ROUND = 100
"""Questions proposed at a time: the answers to these decide what to ask next."""

_PAGE = 64
_LOOK = 0.5  # seconds between two looks at a person's wish to stop


@dataclass(frozen=True, slots=True)
class Said:
    """A model's answer to one question: `why_not` is a sentence where it abstains."""

    verdict: Verdict
    confidence: float
    reason: str
    why_not: str = ""


Ask = Callable[[Question], Said]
"""Asks the model. Raises ProviderError, CapReached, NothingLeaves, Cancelled."""


class Run:
    """One process's work on a batch, in memory that does not grow with it.

    A question that the provider refuses while it answers others is an abstention;
    where it answers none, nothing is recorded and the batch can go on later.
    """

    def __init__(
        self, workspace: Workspace, batch: Batch, ask: Ask, *, at_once: int, stop: Event
    ) -> None:
        self._workspace = workspace
        self._batch = batch
        self._ask = ask
        self._at_once = at_once
        self._stop = stop
        self._before = workspace.store.batches.judged(batch.project) - batch.base
        self._todo = max(0, batch.wanted - self._before)
        self._done = 0
        self._refused: deque[tuple[Asked, ProviderError]] = deque()
        self._answered = False
        self._began = time.monotonic()
        self._spent_before = self._spent()
        self._told_at = self._began

    def work(self, progress: Progress) -> BatchStatus:
        """Judge until nothing is left, and return how the batch stands then.

        Raises ProviderError where the provider is gone, Cancelled where a person
        asked; what was answered is kept, whatever happens.
        """
        # Twice as many threads as calls: half of them read, write and wait for the disk.
        with ThreadPoolExecutor(2 * self._at_once, "judge") as pool:
            try:
                self._drive(pool, progress)
            except (CapReached, NothingLeaves) as ended:
                capped = isinstance(ended, CapReached)
                return self._close(BatchStatus.CAPPED if capped else BatchStatus.FAILED, ended)
            except Cancelled:
                self._close(BatchStatus.CANCELLED)
                raise
            except CladeError as error:
                self._close(BatchStatus.FAILED, error)
                raise
            finally:
                self._stop.set()
                pool.shutdown(cancel_futures=True)
        return self._close(BatchStatus.DONE)

    def _drive(self, pool: ThreadPoolExecutor, progress: Progress) -> None:
        waiting = self._questions()
        flying: dict[Future[None], Asked] = {}
        taken = 0
        while True:
            # A few more than there are threads, so that none waits for this one.
            while taken < self._todo and len(flying) < 3 * self._at_once:
                asked = next(waiting, None)
                if asked is None and not flying and self._propose(self._todo - taken, progress):
                    continue
                if asked is None:
                    break
                flying[pool.submit(self._judge, asked)] = asked
                taken += 1
            if not flying:
                break
            ended, _ = wait(flying, timeout=_LOOK, return_when=FIRST_COMPLETED)
            for future in ended:
                self._hear(future, flying.pop(future))
            self._tell(progress)
        self._settle_refused(last=True)

    def _questions(self) -> Iterator[Asked | None]:
        """Yield the open questions in their order, page by page; None where there are
        none for now."""
        place = -1
        while True:
            page = self._workspace.store.batches.unjudged(self._batch.project, place, _PAGE)
            for place, asked in page:  # noqa: B007 - the last place is where the next page begins
                yield asked
            if not page:
                yield None

    def _propose(self, count: int, progress: Progress) -> bool:
        progress.report(self._fraction, "Choosing what to ask next")
        return propose_batch(self._workspace, self._batch.project, min(count, ROUND)) > 0

    def _judge(self, asked: Asked) -> None:
        if self._stop.is_set():
            raise Cancelled
        self._record(asked, self._ask(asked.question))

    def _hear(self, future: Future[None], asked: Asked) -> None:
        """Take in how one question ended. Raises what ends the batch."""
        try:
            future.result()
        except ProviderError as error:
            self._refused.append((asked, error))
            if len(self._refused) >= PATIENCE or (error.retry_after or 0.0) > LONGEST_WAIT:
                raise
        else:
            self._done += 1
            self._answered = True
            self._settle_refused()

    def _settle_refused(self, *, last: bool = False) -> None:
        """The provider is well: what it refused is an abstention, not an outage."""
        if last and self._refused and not self._answered:
            raise self._refused[-1][1]
        while self._refused:
            asked, error = self._refused.popleft()
            self._record(asked, Said(Verdict.UNSURE, 0.0, "", error.problem))
            self._done += 1

    def _record(self, asked: Asked, said: Said) -> None:
        name, question = self._batch.model, asked.question
        self._workspace.store.batches.record(
            self._batch.project,
            Judgment(question, said.verdict, "llm", name, said.confidence, datetime.now(UTC)),
            Opinion(question.id, name, said.confidence, said.reason, said.why_not),
        )

    def _tell(self, progress: Progress) -> None:
        at = time.monotonic()
        if at - self._told_at < _LOOK:
            return
        self._told_at = at
        budget = self._workspace.store.spending.budget(self._batch.project)
        money = f" · ${budget.spent / NANO:.2f} of ${budget.cap / NANO:.2f}" if budget else ""
        progress.report(
            self._fraction,
            f"Judging {self._before + self._done:,} of {self._batch.wanted:,}{money}",
        )
        if self._done:
            left = (self._todo - self._done) / self._done
            spent = (budget.spent if budget else 0) - self._spent_before
            self._workspace.store.batches.change(
                self._batch.id,
                seconds_left=(at - self._began) * left,
                cost_left=round(spent * left),
            )

    @property
    def _fraction(self) -> float:
        # Of this run: the time left is read off it.
        return self._done / self._todo if self._todo else 1.0

    def _spent(self) -> int:
        budget = self._workspace.store.spending.budget(self._batch.project)
        return budget.spent if budget else 0

    def _close(self, status: BatchStatus, why: CladeError | None = None) -> BatchStatus:
        if status is BatchStatus.DONE and self._before + self._done < self._batch.wanted:
            message = "There was nothing more to ask on this map."
        else:
            message = str(why) if why else ""
        self._workspace.store.batches.close(self._batch.id, status, message)
        return status
