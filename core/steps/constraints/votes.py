"""Votes on one subject, and what those of the highest rank come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from math import fsum, isclose, log, prod

from core.domain.judgments import Annotator, Judgment, Verdict, heard
from core.domain.questions import Question
from core.steps.constraints.answers import options, speaks

# What a person's answer of full confidence weighs. Who approves many rows at
# once looks less closely than who reads each question.
_HUMAN, _BULK = 1.0, 0.8

MACHINES_AT_MOST = 0.8
"""The most that any number of machines' equal answers weigh together: they err on
the same texts, so agreement among them is not independent evidence."""

PERSON_SHARE, MACHINE_SHARE = 0.98, 0.85
"""How often a person and a machine are right before anything is known about them."""


class Rank(IntEnum):
    """Whose votes go before whose; a bunch goes with its text unless told otherwise."""

    MACHINE_ASIDE = 0
    MACHINE = 1
    PERSON_ASIDE = 2
    PERSON = 3


@dataclass(frozen=True, slots=True)
class Vote:
    """One answer about one subject: `weight` in (0, 1], `at` in seconds. `resolves`:
    it was asked in order to settle what was said before it."""

    says: Verdict
    weight: float
    rank: Rank
    at: float
    resolves: bool = False


def votes_on(
    question: Question,
    answers: Mapping[Annotator, Judgment],
    trust: Mapping[Annotator, float],
) -> list[Vote]:
    """Return the votes that count on a question; `trust` is each machine's share of
    right answers. Where a person answered at all, no machine votes."""
    found = []
    for (kind, _), judgment in heard(answers).items():
        if not speaks(judgment):
            continue
        worth = _worth(judgment, question, trust)
        if worth > 0.0:
            rank = Rank.PERSON if kind == "person" else Rank.MACHINE
            at = judgment.at.timestamp()
            found.append(Vote(judgment.verdict, judgment.confidence * worth, rank, at))
    return found


def evidence(share: float, among: int) -> float:
    """Return the log-odds that an answer gives to what it says, against each other one.

    Of `among` possible answers, from an annotator who is right with probability
    `share` in (0, 1) and otherwise says any other alike (the one-coin model of
    Dawid and Skene 1979). Negative below chance.
    """
    return log(share * (among - 1) / (1.0 - share))


def _worth(judgment: Judgment, question: Question, trust: Mapping[Annotator, float]) -> float:
    if judgment.by[0] == "person":
        return _HUMAN if judgment.source == "human" else _BULK
    among = options(question)
    share = trust.get(("machine", judgment.annotator), MACHINE_SHARE)
    return min(MACHINES_AT_MOST, evidence(share, among) / evidence(PERSON_SHARE, among))


def majority(votes: Sequence[Vote]) -> Vote | None:
    """Return what the votes of the highest rank come to, None where they tie.

    Machines' weights are evidence (log-odds), so equal ones add up and different
    ones cancel out, to MACHINES_AT_MOST. People's equal answers combine to
    1 − ∏(1 − w), shrunk by (the sum − the next side's sum) / (the sum of all).
    """
    if len(votes) == 1:  # nearly always, among thousands of links
        return votes[0]
    rank = max(vote.rank for vote in votes)
    equals = [vote for vote in votes if vote.rank == rank]
    if len(equals) == 1:
        return equals[0]
    sides: dict[Verdict, list[Vote]] = defaultdict(list)
    for vote in equals:
        sides[vote.says].append(vote)
    # fsum and the sorted product do not depend on the order of the votes.
    sums = sorted(((fsum(v.weight for v in side), says) for says, side in sides.items()))
    first, says = sums[-1]
    second = sums[-2][0] if len(sums) > 1 else 0.0
    if isclose(first, second):
        return None
    if rank <= Rank.MACHINE:
        weight = min(first - second, MACHINES_AT_MOST)
    else:
        weights = sorted(vote.weight for vote in sides[says])
        combined = max(weights[-1], 1.0 - prod(1.0 - weight for weight in weights))
        weight = combined * (first - second) / fsum(total for total, _ in sums)
    return Vote(says, weight, rank, max(vote.at for vote in sides[says]))


def unresolved(votes: Sequence[Vote]) -> list[Vote]:
    """Return the votes that no later resolving one of the same or a higher rank overrides."""
    resolving = [vote for vote in votes if vote.resolves]
    if not resolving:
        return list(votes)
    return [
        vote
        for vote in votes
        if not any(other.at > vote.at and other.rank >= vote.rank for other in resolving)
    ]
