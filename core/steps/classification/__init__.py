"""From a finished taxonomy to the topic of a new text, and how far to believe it."""

from core.steps.classification.calibration import temperature
from core.steps.classification.drift import drift
from core.steps.classification.fitting import fit_rule
from core.steps.classification.heads import centroid_head, logistic_head
from core.steps.classification.nearness import pick_members
from core.steps.classification.placing import logits_of, place
from core.steps.classification.quality import quality
from core.steps.classification.splitting import Parts, split

__all__ = [
    "Parts",
    "centroid_head",
    "drift",
    "fit_rule",
    "logistic_head",
    "logits_of",
    "pick_members",
    "place",
    "quality",
    "split",
    "temperature",
]
