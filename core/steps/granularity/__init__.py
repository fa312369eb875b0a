"""How many groups: what the answers, the groups found and the vectors say, level by level."""

from core.steps.granularity.answers import Pairs, paired
from core.steps.granularity.consistency import MIN_ANSWERS
from core.steps.granularity.estimate import estimate
from core.steps.granularity.found import groups_found
from core.steps.granularity.tree import grow

__all__ = ["MIN_ANSWERS", "Pairs", "estimate", "groups_found", "grow", "paired"]
