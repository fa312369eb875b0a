"""From clusters to a named tree, and what people do to it."""

from core.steps.taxonomy.assignment import assign, find, inner_ids, leaves, ordered, path, sizes
from core.steps.taxonomy.carry import carry
from core.steps.taxonomy.checks import findings
from core.steps.taxonomy.cohesion import Middle, middles
from core.steps.taxonomy.edits import apply, rebased
from core.steps.taxonomy.examples import central, diverse
from core.steps.taxonomy.growth import grow
from core.steps.taxonomy.keywords import distinct, keywords, label, labels
from core.steps.taxonomy.outdated import held, held_clusters, outdated, why_outdated
from core.steps.taxonomy.parting import parts
from core.steps.taxonomy.phrases import phrases
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
    "held",
    "held_clusters",
    "inner_ids",
    "keywords",
    "label",
    "labels",
    "leaves",
    "middles",
    "ordered",
    "outdated",
    "parts",
    "path",
    "phrases",
    "rebased",
    "recipe_step",
    "replay",
    "score",
    "sentence",
    "sizes",
    "why_outdated",
]
