"""Growing the tree again: by linkage or with a language model, as an offer."""

from core.project.growing.by_model import expected
from core.project.growing.ground import movable
from core.project.growing.offers import (
    offered_lines,
    put_tree_away,
    tree_on_offer,
    unassigned,
    use_tree,
)
from core.project.growing.running import KIND, grow_tree, start

__all__ = [
    "KIND",
    "expected",
    "grow_tree",
    "movable",
    "offered_lines",
    "put_tree_away",
    "start",
    "tree_on_offer",
    "unassigned",
    "use_tree",
]
