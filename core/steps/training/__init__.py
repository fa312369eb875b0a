"""What to learn from, what to hold back, and how well a space agrees with answers."""

from core.steps.training.adapter import adapted, fit_adapter
from core.steps.training.checking import demand_contrast, largest_group, lopsided
from core.steps.training.learning import examples, spec_for, texts_read
from core.steps.training.scoring import Marks, mark, score
from core.steps.training.sharpening import MOST_TEXTS, ROUNDS, sharpen
from core.steps.training.splitting import MIN_ANSWERS, split
from core.steps.training.teaching import taught_groups

__all__ = [
    "MIN_ANSWERS",
    "MOST_TEXTS",
    "ROUNDS",
    "Marks",
    "adapted",
    "demand_contrast",
    "examples",
    "fit_adapter",
    "largest_group",
    "lopsided",
    "mark",
    "score",
    "sharpen",
    "spec_for",
    "split",
    "taught_groups",
    "texts_read",
]
