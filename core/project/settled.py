"""Judgments settled once, for all who ask about the same ones: it takes seconds where
machines answered thousands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from core.domain.judgments import Annotator, Constraints, Judgment, Reliability
from core.domain.questions import Contradiction
from core.steps import constraints

# Sets of judgments kept: those of the projects that are open, before and after an answer.
_KEPT = 4


def reliabilities(judgments: Sequence[Judgment]) -> Mapping[Annotator, Reliability]:
    """Return how far each annotator is to be believed."""
    return _reliabilities(tuple(judgments))


def settle(judgments: Sequence[Judgment], known: Collection[str] | None = None) -> Constraints:
    """Return what the judgments come to among the texts `known`, None: all."""
    return _settle(tuple(judgments), None if known is None else frozenset(known))


def contradictions(
    judgments: Sequence[Judgment], asked: Collection[str]
) -> tuple[Contradiction, ...]:
    """Return what cannot all be right, the heaviest first, none with an id in `asked`."""
    return constraints.contradictions_among(settle(judgments), asked)


@lru_cache(maxsize=_KEPT)
def _reliabilities(judgments: tuple[Judgment, ...]) -> Mapping[Annotator, Reliability]:
    return constraints.reliabilities(judgments)


@lru_cache(maxsize=_KEPT)
def _settle(judgments: tuple[Judgment, ...], known: frozenset[str] | None) -> Constraints:
    return constraints.settle(judgments, known, trust=_reliabilities(judgments))
