"""Settling judgments into constraints: who outranks whom, and what a majority weighs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import fsum, isclose, prod

from core.domain.judgments import Constraints, Judgment, Link, Source, Verdict, WeightedTriplet
from core.domain.questions import Pair, Question, Triplet

# What an answer of full confidence weighs. A person who approves many rows at
# once looks less closely than one who reads each question.
_WEIGHT: dict[Source, float] = {"human": 1.0, "bulk": 0.8, "llm": 0.5, "rule": 0.5}

# The most that any number of machines' equal answers weigh together: they err
# on the same texts, so agreement among them is not independent evidence.
_MACHINES_AT_MOST = 0.5

_PEOPLE: frozenset[Source] = frozenset({"human", "bulk"})


@dataclass(frozen=True, slots=True)
class _Vote:
    """One answer about one subject, `weight` in (0, 1]; people's outrank machines'."""

    says: Verdict
    weight: float
    person: bool


def settle(judgments: Iterable[Judgment]) -> Constraints:
    """Settle judgments into weighted constraints, whatever their order.

    1. Of one annotator's answers to one question the latest counts. People
       (human, bulk) and machines (llm, rule) of one name are kept apart.
    2. Where a person answered a question, be it `unsure` or with no confidence,
       no machine's answer to it counts.
    3. An answer weighs its confidence times 1.0 (human), 0.8 (bulk) or 0.5
       (llm, rule). Equal answers combine to 1 − ∏(1 − w), machines' to 0.5 at
       most. Where answers differ the heaviest side wins, and its combined weight
       shrinks by (its sum − the next side's sum) / (the sum of all). A tie is
       left out and counted in `contested`.
    4. A triplet is settled as one question: left or right give a triplet, both
       gives two must-links of the anchor, neither two cannot-links. These links
       and the pairs on the same two texts are then settled together by rules 2
       and 3. `unsure` says nothing.

    The tuples are sorted by text ids and hold one entry for each subject.
    """
    contested = 0
    triplets: list[WeightedTriplet] = []
    links: dict[Pair, list[_Vote]] = defaultdict(list)
    for question, votes in _votes(judgments).items():
        if isinstance(question, Pair):
            links[question] += votes
            continue
        vote = _majority(votes)
        if vote is None:
            contested += 1
        elif vote.says in (Verdict.LEFT, Verdict.RIGHT):
            triplets.append(_triplet(question, vote))
        else:
            says = Verdict.SAME if vote.says is Verdict.BOTH else Verdict.DIFFERENT
            for side in (question.left, question.right):
                links[Pair(question.anchor, side)].append(_Vote(says, vote.weight, vote.person))
    must, cannot, tied = _links(links)
    return Constraints(
        must_links=must,
        cannot_links=cannot,
        triplets=tuple(sorted(triplets, key=lambda t: (t.anchor, t.positive, t.negative))),
        contested=contested + tied,
    )


def _votes(judgments: Iterable[Judgment]) -> dict[Question, list[_Vote]]:
    """Return the votes that count on each question; only questions with any."""
    latest: dict[tuple[Question, bool, str], Judgment] = {}
    for judgment in judgments:
        key = (judgment.question, judgment.source in _PEOPLE, judgment.annotator)
        if key not in latest or _recency(judgment) > _recency(latest[key]):
            latest[key] = judgment
    answered = {question for question, person, _ in latest if person}
    votes: dict[Question, list[_Vote]] = defaultdict(list)
    for (question, person, _), judgment in latest.items():
        weight = judgment.confidence * _WEIGHT[judgment.source]
        outranked = question in answered and not person
        if weight > 0 and not outranked and judgment.verdict is not Verdict.UNSURE:
            votes[question].append(_Vote(judgment.verdict, weight, person))
    return votes


def _recency(judgment: Judgment) -> tuple[float, float, str, str]:
    """Order answers in time; what follows the time only makes equal times definite."""
    return (judgment.at.timestamp(), judgment.confidence, judgment.verdict, judgment.source)


def _majority(votes: list[_Vote]) -> _Vote | None:
    """Return what the votes of the highest rank come to, None where they tie."""
    person = any(vote.person for vote in votes)
    sides: dict[Verdict, list[float]] = defaultdict(list)
    for vote in votes:
        if vote.person == person:
            sides[vote.says].append(vote.weight)
    # fsum and the sorted product do not depend on the order of the votes.
    sums = sorted(((fsum(weights), says) for says, weights in sides.items()), reverse=True)
    first, second = sums[0][0], sums[1][0] if len(sums) > 1 else 0.0
    if isclose(first, second):
        return None
    says = sums[0][1]
    # The heaviest as the floor: 1 − (1 − w) rounds to 0 for the faintest answers.
    weights = sorted(sides[says])
    combined = max(weights[-1], 1.0 - prod(1.0 - weight for weight in weights))
    agreed = combined if person else min(combined, _MACHINES_AT_MOST)
    share = (first - second) / fsum(total for total, _ in sums)
    return _Vote(says, agreed * share, person)


def _triplet(question: Triplet, vote: _Vote) -> WeightedTriplet:
    positive, negative = question.left, question.right
    if vote.says is Verdict.RIGHT:
        positive, negative = negative, positive
    return WeightedTriplet(question.anchor, positive, negative, vote.weight)


def _links(
    votes: Mapping[Pair, list[_Vote]],
) -> tuple[tuple[Link, ...], tuple[Link, ...], int]:
    """Return the must-links, the cannot-links and how many pairs of texts tie."""
    must: list[Link] = []
    cannot: list[Link] = []
    tied = 0
    for pair in sorted(votes, key=lambda pair: pair.texts):
        vote = _majority(votes[pair])
        if vote is None:
            tied += 1
        else:
            links = must if vote.says is Verdict.SAME else cannot
            links.append(Link(pair.left, pair.right, vote.weight))
    return tuple(must), tuple(cannot), tied
