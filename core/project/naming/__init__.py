"""Naming topics: with a language model or by keywords, as an offer that a person takes."""

from core.project.naming.offers import on_offer, outdated_names, put_away, take
from core.project.naming.plan import expected
from core.project.naming.running import KIND, name_topics, start
from core.project.naming.subjects import nameable, why_not

__all__ = [
    "KIND",
    "expected",
    "name_topics",
    "nameable",
    "on_offer",
    "outdated_names",
    "put_away",
    "start",
    "take",
    "why_not",
]
