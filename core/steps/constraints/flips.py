"""A judge that answers by the order of the sides has not answered."""

from __future__ import annotations

from core.domain.judgments import Verdict


def agree_in_both_orders(first: Verdict, second: Verdict) -> Verdict:
    """Return the verdict that a judge gave to one question shown in both orders,
    `unsure` where the two differ.

    Both name the question's own (ordered) sides, whatever was shown first: a
    judge that always picks what it sees first says `left` once and `right` once.
    A flip is an abstention and no half of an answer: models choose by position
    where they cannot tell (Zheng et al., Judging LLM-as-a-judge, NeurIPS 2023,
    section 3.4, whose conservative rule this is).
    """
    return first if first is second else Verdict.UNSURE
