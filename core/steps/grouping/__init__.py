"""Constrained clustering: a few answers decide about all texts.

The partition that the map has with no answer is the prior. Anchors are the texts that
answers are about or that stand for something; partitions of them are drawn from their
posterior, the embedding and the map as the prior and the judge's reliability in the
likelihood (`partitions`), one stands for all (`consensus`), and kernel ridge regression
and propagation carry it to the texts that nobody was asked about (`spreading`).
Everything is computed anew from all answers, so taking one back restores the state
before it.
"""

from core.steps.grouping.fit import group
from core.steps.grouping.ground import FEWEST, lay_ground

__all__ = ["FEWEST", "group", "lay_ground"]
