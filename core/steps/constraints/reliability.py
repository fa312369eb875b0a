"""How often each annotator is right: one-coin Dawid–Skene, people before machines."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import exp, fsum

from core.domain.judgments import (
    Annotator,
    AnnotatorClass,
    Answers,
    Judgment,
    Reliability,
    Verdict,
    latest,
)
from core.domain.questions import Question
from core.domain.sayings import Ends, sayings
from core.steps.constraints.answers import options, speaks
from core.steps.constraints.consistency import Consistency, consistency
from core.steps.constraints.votes import (
    MACHINE_SHARE,
    PERSON_SHARE,
    evidence,
    majority,
    votes_on,
)

# (mean, weight in answers) of the Beta prior. A person is taken at their word until
# many answers of others speak against it; a machine has to show what it can do.
_PRIOR: Mapping[AnnotatorClass, tuple[float, float]] = {
    "person": (PERSON_SHARE, 50.0),
    "machine": (MACHINE_SHARE, 20.0),
}

# How many answers the guess from a machine's own triangles counts for: a rough one.
_TRIANGLES_AT_MOST = 50

_ROUNDS, _CLOSE = 200, 1e-9

_Pattern = tuple[int, tuple[tuple[Annotator, ...], ...]]
"""Possible answers, and who agreed with whom. Questions of one pattern have one posterior."""


@dataclass(slots=True)
class _Evidence:
    """What is known of an annotator beside the patterns: answers that people confirm
    or refute (parts of answers, where links are compared)."""

    right: list[float] = field(default_factory=list)
    wrong: list[float] = field(default_factory=list)
    compared: int = 0


def reliabilities(judgments: Iterable[Judgment]) -> Mapping[Annotator, Reliability]:
    """Return how often each (`person` or `machine`, name) is right, whatever the order.

    The one-coin model of Dawid and Skene (Applied Statistics 28, 1979): an
    annotator is right with one probability, and otherwise gives any other answer
    alike; expectation-maximisation over the questions that several answered, with
    a Beta prior (people: mean 0.98, weight 50 answers; machines: 0.85, 20).
    People outrank machines: people are compared with people alone, and a machine
    with what people said, wherever they did, about the question or through
    another about the same two texts; with other machines only elsewhere. A
    machine whose own answers often contradict each other is believed less.
    `low` and `high` are the 2.5% and 97.5% points of the Beta posterior.
    """
    found, evidence_of = _fit(latest(judgments))
    return {
        who: _reliability(*found[who], compared=evidence_of[who].compared) for who in sorted(found)
    }


def shares(answers: Answers) -> dict[Annotator, float]:
    """Return `reliabilities` without their intervals."""
    return {who: right / (right + wrong) for who, (right, wrong) in _fit(answers)[0].items()}


def _reliability(right: float, wrong: float, *, compared: int) -> Reliability:
    from scipy.special import betaincinv

    low, high = (float(betaincinv(right, wrong, point)) for point in (0.025, 0.975))
    return Reliability(right / (right + wrong), low, high, compared)


def _fit(
    answers: Answers,
) -> tuple[dict[Annotator, tuple[float, float]], dict[Annotator, _Evidence]]:
    """Return (right, wrong), prior included, and what was compared, by annotator."""
    told, patterns = _tally(answers)
    fixed = {
        who: _with_prior(who, fsum(known.right), fsum(known.wrong)) for who, known in told.items()
    }
    for who, held in _own_triangles(answers).items():
        # Being consistent proves nothing: one may be consistently wrong.
        if held.wrong > 1.0 - _PRIOR["machine"][0]:
            right, wrong = fixed[who]
            weight = min(held.answers, _TRIANGLES_AT_MOST)
            fixed[who] = (right + (1.0 - held.wrong) * weight, wrong + held.wrong * weight)
    found: dict[Annotator, tuple[float, float]] = {}
    # No pattern holds people and machines: rounds that one kind still takes do not move the other.
    for kind in _PRIOR:
        own = {who: held for who, held in fixed.items() if who[0] == kind}
        among = {
            (possible, agreed): times
            for (possible, agreed), times in patterns.items()
            if agreed[0][0] in own
        }
        found |= _maximise(own, among)
    return found, told


def _with_prior(who: Annotator, right: float, wrong: float) -> tuple[float, float]:
    mean, weight = _PRIOR[who[0]]
    return mean * weight + right, (1.0 - mean) * weight + wrong


def _tally(answers: Answers) -> tuple[dict[Annotator, _Evidence], Counter[_Pattern]]:
    """Compare machines with people, and gather who agreed with whom elsewhere."""
    # Everyone who ever answered has a reliability, if only the prior's.
    told = {who: _Evidence() for given in answers.values() for who in given}
    patterns: Counter[_Pattern] = Counter()
    links = _people_say(answers)
    for question, given in answers.items():
        said = {who: judgment.verdict for who, judgment in given.items() if speaks(judgment)}
        equals = {who: verdict for who, verdict in said.items() if who[0] == "person"}
        if equals:
            vote = majority(votes_on(question, given, {}))
            for who in said.keys() - equals.keys():
                if vote is not None:
                    wrong = said[who] is not vote.says
                    _compare(told[who], right=float(not wrong), wrong=wrong)
        else:
            equals = {
                who: verdict
                for who, verdict in said.items()
                if not _met(told[who], question, verdict, links)
            }
        if len(equals) > 1:
            patterns[_pattern(question, equals)] += 1
            for who in equals:
                told[who].compared += 1
    return told, patterns


def _compare(known: _Evidence, *, right: float, wrong: bool) -> None:
    known.right.append(right)
    known.wrong.append(float(wrong))
    known.compared += 1


def _met(
    known: _Evidence, question: Question, verdict: Verdict, links: Mapping[Ends, bool]
) -> bool:
    """Compare a machine's answer with what people said about the same texts through
    other questions; return whether they said anything."""
    if not links:
        return False
    said = [saying for saying in sayings(question, verdict) if not saying.aside]
    met = [saying for saying in said if saying.ends in links]
    if not met:
        return False
    # One link refutes the answer; an agreed one confirms its own part alone.
    wrong = any(links[saying.ends] is not saying.same for saying in met)
    part = fsum(saying.share for saying in met) / fsum(saying.share for saying in said)
    _compare(known, right=0.0 if wrong else part, wrong=wrong)
    return True


def _people_say(answers: Answers) -> dict[Ends, bool]:
    """Return whether two texts belong together, where people said one of the two alone."""
    found: dict[Ends, set[bool]] = defaultdict(set)
    for question, given in answers.items():
        for (kind, _), judgment in given.items():
            if kind == "person" and speaks(judgment):
                for saying in sayings(question, judgment.verdict):
                    if not saying.aside:
                        found[saying.ends].add(saying.same)
    return {pair: said.pop() for pair, said in found.items() if len(said) == 1}


def _own_triangles(answers: Answers) -> dict[Annotator, Consistency]:
    """Return how consistent each machine is."""
    own: dict[Annotator, list[Judgment]] = defaultdict(list)
    for given in answers.values():
        for who, judgment in given.items():
            if who[0] == "machine":
                own[who].append(judgment)
    return {who: consistency(judgments) for who, judgments in own.items()}


def _pattern(question: Question, said: Mapping[Annotator, Verdict]) -> _Pattern:
    groups: dict[Verdict, list[Annotator]] = defaultdict(list)
    for who, verdict in said.items():
        groups[verdict].append(who)
    return options(question), tuple(sorted(tuple(sorted(group)) for group in groups.values()))


def _maximise(
    fixed: Mapping[Annotator, tuple[float, float]], patterns: Mapping[_Pattern, int]
) -> dict[Annotator, tuple[float, float]]:
    """Return (right, wrong) at the fixed point of expectation and maximisation."""
    found = dict(fixed)
    ordered = sorted(patterns.items())
    for _ in range(_ROUNDS):
        right: dict[Annotator, list[float]] = defaultdict(list)
        wrong: dict[Annotator, list[float]] = defaultdict(list)
        share = {who: r / (r + w) for who, (r, w) in found.items()}
        for (among, groups), times in ordered:
            for group, chance in zip(groups, _posterior(among, groups, share), strict=True):
                for who in group:
                    right[who].append(times * chance)
                    wrong[who].append(times * (1.0 - chance))
        found = {who: (r + fsum(right[who]), w + fsum(wrong[who])) for who, (r, w) in fixed.items()}
        moved = max((abs(r / (r + w) - share[who]) for who, (r, w) in found.items()), default=0.0)
        if moved < _CLOSE:
            break
    return found


def _posterior(
    among: int, groups: tuple[tuple[Annotator, ...], ...], share: Mapping[Annotator, float]
) -> list[float]:
    """Return the probability that each group is right; what is left over is nobody's."""
    odds = [fsum(evidence(share[who], among) for who in group) for group in groups]
    top = max(0.0, *odds)
    silent = (among - len(groups)) * exp(-top)
    weights = [exp(one - top) for one in odds]
    total = fsum([*weights, silent])
    return [weight / total for weight in weights]
