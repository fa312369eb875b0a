"""Clustering: texts into groups, and groups followed from map to map."""

from core.steps.clustering.fit import cluster, resolve
from core.steps.clustering.joining import join
from core.steps.clustering.lineage import match
from core.steps.clustering.moving import movers

__all__ = ["cluster", "join", "match", "movers", "resolve"]
