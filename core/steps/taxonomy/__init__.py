"""From clusters to a named tree, and what people do to it."""

from core.steps.taxonomy.assignment import assign, find, inner_ids, leaves, ordered, path, sizes
from core.steps.taxonomy.carry import carry
from core.steps.taxonomy.checks import findings
from core.steps.taxonomy.cohesion import Middle, middles
from core.steps.taxonomy.edits import apply, rebased
from core.steps.taxonomy.examples import central, diverse
from core.steps.taxonomy.growth import grow
from core.steps.taxonomy.keywords import distinct, keywords, label, labels
from core.steps.taxonomy.parting import parts
from core.steps.taxonomy.recipes import replay
from core.steps.taxonomy.recipes import step as recipe_step
from core.steps.taxonomy.score import score
from core.steps.taxonomy.sentences import sentence

__all__ = [
    "Middle",
    "apply",
    "assign",
    "carry",
    "central",
    "distinct",
    "diverse",
    "find",
    "findings",
    "grow",
    "inner_ids",
    "keywords",
    "label",
    "labels",
    "leaves",
    "middles",
    "ordered",
    "parts",
    "path",
    "rebased",
    "recipe_step",
    "replay",
    "score",
    "sentence",
    "sizes",
]
