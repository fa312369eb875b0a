"""What to learn from, what to hold back, and how well a space agrees with answers."""

from core.steps.training.learning import examples
from core.steps.training.scoring import score
from core.steps.training.splitting import MIN_ANSWERS, split

__all__ = ["MIN_ANSWERS", "examples", "score", "split"]
