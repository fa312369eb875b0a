"""The worker that stays at hand: to load its programs takes longer than many a job.

A home has one at most. It reads the ids of jobs, a line each, from the pipe that started it,
so it ends with the process that did, once the job that it has is over. Jobs that come while
it is at work get a worker of their own.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import IO, cast

from core.domain.errors import NotFoundError
from core.domain.ports import JobStore
from core.jobs.processes import spawn


@dataclass(eq=False)
class _Hand:
    """A waiting worker, the pipe it reads, the job that it got last, and the clock that
    dismisses it."""

    process: Popen[str]
    pipe: IO[str]
    job: str | None = None
    clock: threading.Timer | None = None


_hands: dict[Path, _Hand] = {}
_lock = threading.RLock()


def make_ready(jobs: JobStore, home: Path, threads: int | None, rest_seconds: float) -> None:
    """Have a worker load its programs now, where none is at hand, for the job that is to come.

    After `rest_seconds` without a job it is dismissed.
    """
    with _lock:
        if _living(home) is None:
            _hire(jobs, home, threads, rest_seconds)


def give(jobs: JobStore, home: Path, threads: int | None, rest_seconds: float, job: str) -> None:
    """Give a queued job to the worker at hand, to a new one that then stays at hand, or,
    where that one is at work, to one that ends with the job."""
    with _lock:
        hand = _living(home)
        if hand is not None and not _is_free(jobs, hand):
            spawn(home, threads, job)
        elif hand is None or not _told(hand, job):
            _told(_hire(jobs, home, threads, rest_seconds), job)


def dismiss(home: Path) -> None:
    """Let the worker at hand end, once the job that it has is over."""
    with _lock:
        hand = _hands.pop(home, None)
    if hand is not None:
        _let_go(hand)


def _living(home: Path) -> _Hand | None:
    hand = _hands.get(home)
    if hand is not None and hand.process.poll() is not None:
        _let_go(_hands.pop(home))
        return None
    return hand


def _hire(jobs: JobStore, home: Path, threads: int | None, rest_seconds: float) -> _Hand:
    process = spawn(home, threads)
    hand = _hands[home] = _Hand(process, cast(IO[str], process.stdin))
    _wind(jobs, home, hand, rest_seconds)
    return hand


def _told(hand: _Hand, job: str) -> bool:
    """Whether the worker heard of the job; one that just died does not."""
    try:
        hand.pipe.write(f"{job}\n")
        hand.pipe.flush()
    except OSError:
        return False
    hand.job = job
    return True


def _is_free(jobs: JobStore, hand: _Hand) -> bool:
    if hand.job is None:
        return True
    try:
        return jobs.job(hand.job).status.over
    except NotFoundError:  # it went with its project
        return True


def _wind(jobs: JobStore, home: Path, hand: _Hand, seconds: float) -> None:
    """Dismiss the worker when it had no new job for `seconds`. Only this side decides that,
    and under the lock: a worker that left by itself could miss what it is being told."""
    seen = hand.job

    def ring() -> None:
        with _lock:
            if _hands.get(home) is not hand:
                return
            if hand.job == seen and _is_free(jobs, hand):
                dismiss(home)
            else:
                _wind(jobs, home, hand, seconds)

    hand.clock = threading.Timer(seconds, ring)
    hand.clock.daemon = True
    hand.clock.start()


def _let_go(hand: _Hand) -> None:
    if hand.clock is not None:
        hand.clock.cancel()
    # A dead one may not have read what it was told last; another worker was told it then.
    with suppress(OSError):
        hand.pipe.close()
