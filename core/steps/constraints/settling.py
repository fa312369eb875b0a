"""Settling judgments into constraints: who outranks whom, and what answers weigh."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from core.domain.judgments import (
    Annotator,
    Constraints,
    Judgment,
    Link,
    Reliability,
    Verdict,
    WeightedPlacement,
    WeightedTriplet,
    latest,
)
from core.domain.questions import Contradiction, Pair, Placement, Question, Triplet
from core.domain.sayings import Ends, ends, sayings, sides_of
from core.steps.constraints.reliability import shares
from core.steps.constraints.remaining import still_there
from core.steps.constraints.votes import Rank, Vote, majority, unresolved, votes_on


def settle(
    judgments: Iterable[Judgment],
    known: Collection[str] | None = None,
    *,
    trust: Mapping[Annotator, Reliability] | None = None,
) -> Constraints:
    """Settle judgments into weighted constraints, whatever their order.

    `trust` is what `reliabilities` found in the same judgments, None: not found yet.

    1. Of one annotator's answers to one question the latest counts. People
       (human, bulk) and machines (llm, rule) of one name are kept apart.
    2. Where a person answered a question, be it `unsure` or with no confidence,
       no machine's answer to it counts.
    3. A person's answer weighs its confidence times 1.0 (human) or 0.8 (bulk). A
       machine's weighs its confidence times its evidence in units of a person's:
       the log-odds of its reliability (see `reliabilities`) over a person's. One
       that does no better than chance says nothing. Equal answers of people
       combine to 1 − ∏(1 − w), of machines to their sum, 0.8 at most; where they
       differ the heaviest side wins with less weight (see `majority`). A tie is
       left out and counted in `contested`.
    4. A pair gives a link, a triplet a triplet or (both, neither) two links of the
       anchor, a contradiction its three links. A placement gives a weighted
       placement and links that share its weight; its bunch follows its text
       wherever nobody of that rank spoke about the two texts themselves. All
       links on the same two texts are settled together by rules 2 and 3.
    5. The answer to a contradiction overrides what was said before it about its
       three texts, a machine's only what machines said. A placement of which no
       link is left standing is none.
    6. What mentions texts that are not `known` is left out and its answers are
       counted in `ignored`; a placement keeps the groups that still have texts.
       None knows all texts.

    All tuples are sorted and hold one entry for each subject.
    """
    answers = latest(judgments)
    right = shares(answers) if trust is None else {who: it.share for who, it in trust.items()}
    said = _Said()
    for question, given in answers.items():
        _hear(said, question, given, right, known)
    must, cannot, tied = _links(said.votes)
    return Constraints(
        must_links=must,
        cannot_links=cannot,
        triplets=tuple(sorted(said.triplets, key=lambda t: (t.anchor, t.positive, t.negative))),
        contested=said.contested + tied,
        placements=_upheld(said.placements, must, cannot),
        ignored=said.ignored,
    )


@dataclass(slots=True)
class _Said:
    """What the questions came to, one by one, before their links meet."""

    votes: dict[Ends, list[Vote]] = field(default_factory=lambda: defaultdict(list))
    triplets: list[WeightedTriplet] = field(default_factory=list)
    placements: list[WeightedPlacement] = field(default_factory=list)
    contested: int = 0
    ignored: int = 0


def _hear(
    said: _Said,
    question: Question,
    given: Mapping[Annotator, Judgment],
    trust: Mapping[Annotator, float],
    known: Collection[str] | None,
) -> None:
    """Add what one question came to."""
    if still_there(question, Verdict.UNSURE, known) is None:
        said.ignored += len(given)
        return
    votes = votes_on(question, given, trust)
    if isinstance(question, Pair):
        # Not settled by itself: the votes meet those of other questions one by one.
        said.votes[question.left, question.right] += votes
        return
    if not votes:
        return
    vote = majority(votes)
    if vote is None:
        said.contested += 1
        return
    left = still_there(question, vote.says, known)
    if left is None:
        said.ignored += len(given)
        return
    _add(said, *left, vote)


def _add(said: _Said, question: Question, verdict: Verdict, vote: Vote) -> None:
    if isinstance(question, Triplet) and verdict in (Verdict.LEFT, Verdict.RIGHT):
        near, far = question.left, question.right
        if verdict is Verdict.RIGHT:
            near, far = far, near
        said.triplets.append(WeightedTriplet(question.anchor, near, far, vote.weight))
    if isinstance(question, Placement):
        sides = sides_of(question, verdict)
        said.placements.append(
            WeightedPlacement(question.text, question.bunch, *sides, vote.weight)
        )
    for saying in sayings(question, verdict):
        said.votes[saying.ends].append(
            Vote(
                Verdict.SAME if saying.same else Verdict.DIFFERENT,
                vote.weight * saying.share,
                Rank(vote.rank - 1) if saying.aside else vote.rank,
                vote.at,
                resolves=isinstance(question, Contradiction),
            )
        )


def _links(
    votes: Mapping[Ends, list[Vote]],
) -> tuple[tuple[Link, ...], tuple[Link, ...], int]:
    """Return the must-links, the cannot-links and how many pairs of texts tie."""
    must: list[Link] = []
    cannot: list[Link] = []
    tied = 0
    for pair in sorted(votes):
        standing = unresolved(votes[pair])
        if not standing:
            continue
        vote = majority(standing)
        if vote is None:
            tied += 1
        else:
            links = must if vote.says is Verdict.SAME else cannot
            links.append(Link(*pair, vote.weight))
    return tuple(must), tuple(cannot), tied


def _upheld(
    placements: Iterable[WeightedPlacement], must: Iterable[Link], cannot: Iterable[Link]
) -> tuple[WeightedPlacement, ...]:
    """Return the placements without what the settled links speak against.

    A chosen group loses the texts that the text cannot be with, and without any
    the placement is none; neither is a new group whose text is with one of the
    groups it was set apart from.
    """
    together = {(link.left, link.right) for link in must}
    apart = {(link.left, link.right) for link in cannot}
    found = []
    for placed in placements:
        if placed.chosen:
            left = tuple(t for t in placed.chosen if ends(placed.text, t) not in apart)
            if left:
                found.append(replace(placed, chosen=left))
        elif not any(ends(placed.text, t) in together for g in placed.rejected for t in g):
            found.append(placed)
    return tuple(sorted(found, key=lambda p: (p.text, p.bunch, p.chosen, p.rejected, p.weight)))
