"""From clusters to a named tree, and what people do to it."""

from core.steps.taxonomy.assignment import assign, find, inner_ids, leaves, ordered, path, sizes
from core.steps.taxonomy.carry import carry
from core.steps.taxonomy.edits import apply
from core.steps.taxonomy.examples import central, diverse
from core.steps.taxonomy.growth import grow
from core.steps.taxonomy.keywords import keywords, label, labels
from core.steps.taxonomy.sentences import sentence

__all__ = [
    "apply",
    "assign",
    "carry",
    "central",
    "diverse",
    "find",
    "grow",
    "inner_ids",
    "keywords",
    "label",
    "labels",
    "leaves",
    "ordered",
    "path",
    "sentence",
    "sizes",
]
