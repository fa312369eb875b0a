"""Constraints: what the answers come to, whom to believe, and where they clash."""

from core.steps.constraints.contradictions import contradictions, contradictions_among
from core.steps.constraints.flips import agree_in_both_orders
from core.steps.constraints.reliability import reliabilities
from core.steps.constraints.settling import settle

__all__ = [
    "agree_in_both_orders",
    "contradictions",
    "contradictions_among",
    "reliabilities",
    "settle",
]
