"""Constraints: what the answers come to, whom to believe, and where they clash."""

from core.steps.constraints.contradictions import contradictions, contradictions_among
from core.steps.constraints.monotony import Monotony, monotonous
from core.steps.constraints.reliability import reliabilities
from core.steps.constraints.settling import settle

__all__ = [
    "Monotony",
    "contradictions",
    "contradictions_among",
    "monotonous",
    "reliabilities",
    "settle",
]
