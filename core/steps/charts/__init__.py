"""What is drawn: points, labels and colours of the map, and some small charts."""

from core.steps.charts.compare import Side, side_by_side
from core.steps.charts.condensed import condensed_tree
from core.steps.charts.every import MOST_POINTS, every_point
from core.steps.charts.labels import medoid_labels, thin, thin_by_width
from core.steps.charts.layers import MOST_RINGS
from core.steps.charts.levels import level_curves
from core.steps.charts.looks import DARK_PALETTE, LIGHT_PALETTE, colored
from core.steps.charts.plain import length_histogram, loss_curve
from core.steps.charts.points import categories, density, in_ranges, map_points, sample
from core.steps.charts.reliability import reliability
from core.steps.charts.scatter import SELECTIONS, scatter
from core.steps.charts.similarity import dendrogram, heatmap
from core.steps.charts.timeline import dates, sizes_over_time

__all__ = [
    "DARK_PALETTE",
    "LIGHT_PALETTE",
    "MOST_POINTS",
    "MOST_RINGS",
    "SELECTIONS",
    "Side",
    "categories",
    "colored",
    "condensed_tree",
    "dates",
    "dendrogram",
    "density",
    "every_point",
    "heatmap",
    "in_ranges",
    "length_histogram",
    "level_curves",
    "loss_curve",
    "map_points",
    "medoid_labels",
    "reliability",
    "sample",
    "scatter",
    "side_by_side",
    "sizes_over_time",
    "thin",
    "thin_by_width",
]
