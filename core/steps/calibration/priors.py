"""What a model likes to answer whatever it is asked, and its answers without that."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

SHRINKAGE = 2.0
"""Questions' worth of "no liking at all" in every estimate: a few replies do not turn
all answers round."""

_FAINTEST = 1e-4  # a chance below this is rounding, and its logarithm would rule the mean


def option_prior(
    replies: Iterable[Mapping[str, float]], among: Sequence[str]
) -> Mapping[str, float]:
    """Return how much a model likes each label of `among`, summing to 1.

    `replies` are chances by label, over questions in which the labels' contents are
    balanced (each question once in either order), or content-free ones. It is the
    normalised geometric mean: over all orders the contents cancel out (PriDe: Zheng
    et al., Large Language Models Are Not Robust Multiple Choice Selectors, ICLR 2024,
    section 4). Labels that no order moves ("both", "new") are balanced by none of
    these: leave them out. Even where there is no reply, or one label.
    """
    sums: dict[str, list[float]] = defaultdict(list)
    for chances in replies:
        mass = math.fsum(chances.get(label, 0.0) for label in among)
        if mass > 0.0:
            for label in among:
                share = max(chances.get(label, 0.0) / mass, _FAINTEST)
                sums[label].append(math.log(share))
    weights = {
        label: math.exp(math.fsum(sums[label]) / (len(sums[label]) + SHRINKAGE)) for label in among
    }
    # Shrinking every mean towards 0 leaves even labels even: only their differences count.
    total = math.fsum(weights.values())
    return {label: weight / total for label, weight in weights.items()}


def without_prior(chances: Mapping[str, float], prior: Mapping[str, float]) -> Mapping[str, float]:
    """Return `chances` with the model's liking divided out.

    Zhao et al., Calibrate Before Use, ICML 2021, section 5 (a diagonal matrix of 1 /
    prior). The labels of `prior` share what they had together; other labels keep
    theirs, and so does everything where nothing can be divided.
    """
    known = [label for label in chances if prior.get(label, 0.0) > 0.0]
    mass = math.fsum(chances[label] for label in known)
    divided = {label: chances[label] / prior[label] for label in known}
    total = math.fsum(divided.values())
    if total <= 0.0:
        return dict(chances)
    return {
        label: mass * divided[label] / total if label in divided else chance
        for label, chance in chances.items()
    }
