"""Constrained clustering: a few answers decide about all texts.

The partition that the map has with no answer is the prior. Answers first say
how coarse groups are (`base`: which prior groups are one), then where single
texts belong (`anchors`: posterior odds, the embedding as prior and the judge's
reliability in the likelihood), and kernel ridge regression carries that to the
texts nobody asked about (`spreading`). Everything is computed anew from all
answers, so taking one back restores the state before it.
"""

from core.steps.grouping.fit import group
from core.steps.grouping.ground import FEWEST, lay_ground

__all__ = ["FEWEST", "group", "lay_ground"]
