"""Clustering: texts into groups, and groups followed from map to map."""

from core.steps.clustering.condensed import condense
from core.steps.clustering.fit import MIN_TEXTS, cluster, resolve
from core.steps.clustering.joining import join
from core.steps.clustering.lineage import match
from core.steps.clustering.moving import movers
from core.steps.clustering.noise import take_in

__all__ = ["MIN_TEXTS", "cluster", "condense", "join", "match", "movers", "resolve", "take_in"]
