"""Sentences that a language model writes to train by: written, scored, kept or vetoed."""

from core.project.generating.looking import Shelf, lesson, rule, shelf
from core.project.generating.plan import Expected, expected, model_of
from core.project.generating.running import KIND, generate, start

__all__ = [
    "KIND",
    "Expected",
    "Shelf",
    "expected",
    "generate",
    "lesson",
    "model_of",
    "rule",
    "shelf",
    "start",
]
