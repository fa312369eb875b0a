"""Retraining the embedder on the answers: a proposal, to be kept or thrown away."""

from core.project.retraining.deciding import discard, keep, keep_both, newest_proposal
from core.project.retraining.material import Material, demand_model, material
from core.project.retraining.speeds import Way, place, way_without_answers, ways
from core.project.retraining.training import retrain
from core.project.retraining.words import advice, changes, cluster_names, side_figures, told

__all__ = [
    "Material",
    "Way",
    "advice",
    "changes",
    "cluster_names",
    "demand_model",
    "discard",
    "keep",
    "keep_both",
    "material",
    "newest_proposal",
    "place",
    "retrain",
    "side_figures",
    "told",
    "way_without_answers",
    "ways",
]
