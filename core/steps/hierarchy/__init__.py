"""From clusters to a tree of two to four levels."""

from core.steps.hierarchy.growth import LEAST_CLUSTERS, grow
from core.steps.hierarchy.leaning import shares

__all__ = ["LEAST_CLUSTERS", "grow", "shares"]
