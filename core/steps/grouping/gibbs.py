"""One sweep over links between anchors, compiled: each step reads all answers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

_Ids = NDArray[np.intp]
_Reals = NDArray[np.float64]

FIRST_OF_EQUALS = 0.9
"""How often the first of the groups on show that are one is chosen: it is the likeliest, and
who reads on finds none better. Chosen on texts of CLINC150 outside its test file."""


@njit(cache=True)
def sweep(
    links: _Ids,
    labels: _Ids,
    targets: _Ids,
    weights: _Reals,
    alone: _Reals,
    text: _Ids,
    shown: _Ids,
    chosen: _Ids,
    right: _Reals,
    order: _Ids,
    lots: _Reals,
) -> None:
    """Draw the link of every anchor anew, in place, given all other links and the answers.

    Gibbs sampling as in Blei and Frazier 2011, section 3: without its link an anchor's
    group may fall in two; each target joins its own group to what is left, and counts
    as much as its prior weight times what the answers say of that join.

    `links` int (m,): the anchor that each one is linked to, itself where to none;
    `labels` int (m,): one anchor of each one's group. `targets` int (m, k), −1 where
    there are fewer, `weights` float64 (m, k) and `alone` (m,): the prior. Answers:
    `text` int (e,), `shown` int (e, q) the anchors that stood for the options, −1 where
    there were fewer, `chosen` int (e,) the option, −1 for none, `right` float64 (e,).
    `order` int (m,) of the anchors, `lots` float64 (m,) in [0, 1).
    """
    gain = np.zeros(len(links))
    near = np.zeros(len(links), dtype=np.bool_)
    for step in range(len(links)):
        one = order[step]
        _cut(links, labels, one)
        own = labels[one]
        for target in targets[one]:
            if target >= 0 and labels[target] != own:
                near[labels[target]] = True
                gain[labels[target]] = 0.0
        _weigh(gain, near, labels, own, text, shown, chosen, right)
        chosen_target = _drawn(
            targets[one], weights[one], alone[one], labels, own, gain, lots[step], one
        )
        for target in targets[one]:
            if target >= 0:
                near[labels[target]] = False
        links[one] = chosen_target
        other = labels[chosen_target]
        if other != own:
            for at in range(len(labels)):
                if labels[at] == other:
                    labels[at] = own


@njit(cache=True)
def _cut(links: _Ids, labels: _Ids, one: int) -> None:
    """Take the link of `one` away; what it no longer reaches is a group of its own."""
    old = labels[one]
    links[one] = one
    members = np.flatnonzero(labels == old)
    linked = np.zeros(len(labels), dtype=np.bool_)
    linked[one] = True
    grew = True
    while grew:
        grew = False
        for at in members:
            if linked[at] != linked[links[at]]:
                linked[at] = linked[links[at]] = True
                grew = True
    left: Any = -1
    for at in members:
        if not linked[at]:
            left = at
    if left >= 0:
        # A label is a member of its group, so no other group has it.
        mine, others = (old, left) if linked[old] else (one, old)
        for at in members:
            labels[at] = mine if linked[at] else others


@njit(cache=True)
def _weigh(
    gain: _Reals,
    near: NDArray[np.bool_],
    labels: _Ids,
    own: int,
    text: _Ids,
    shown: _Ids,
    chosen: _Ids,
    right: _Reals,
) -> None:
    """Add to `gain` what the answers say of joining group `own` to each of the `near`."""
    for at in range(len(text)):
        about = labels[text[at]]
        if about != own and not near[about]:
            continue
        for place in range(shown.shape[1]):
            if shown[at, place] < 0:
                break
            group = labels[shown[at, place]]
            if about == own:
                other = group
            elif group == own:
                other = about
            else:
                continue
            if other == own or not near[other]:
                continue
            repeated = False
            for before in range(place):
                repeated = repeated or labels[shown[at, before]] == group
            if not repeated:
                gain[other] += _likely(at, labels, text, shown, chosen, right, own, other)
                gain[other] -= _likely(at, labels, text, shown, chosen, right, own, own)


@njit(cache=True)
def _likely(
    at: int,
    labels: _Ids,
    text: _Ids,
    shown: _Ids,
    chosen: _Ids,
    right: _Reals,
    own: int,
    other: int,
) -> Any:
    """Return the log likelihood of an answer where groups `own` and `other` are one."""
    about = labels[text[at]]
    about = own if about == other else about
    options, alike = 0, 0
    named = 0  # which of those alike was chosen, from 1 on
    for place in range(shown.shape[1]):
        if shown[at, place] < 0:
            break
        options += 1
        group = labels[shown[at, place]]
        if (own if group == other else group) == about:
            alike += 1
            named = alike if place == chosen[at] else named
    wrong = (1.0 - right[at]) / options
    if chosen[at] < 0:
        return np.log(wrong if alike else right[at])
    if not named or alike == 1:
        return np.log(right[at] if named else wrong)
    later = (1.0 - FIRST_OF_EQUALS) / (alike - 1)
    return np.log(right[at] * (FIRST_OF_EQUALS if named == 1 else later))


@njit(cache=True)
def _drawn(
    targets: _Ids,
    weights: _Reals,
    alone: float,
    labels: _Ids,
    own: int,
    gain: _Reals,
    lot: float,
    one: int,
) -> Any:
    """Return the drawn target; `one` where it is to be linked to none."""
    chances = np.empty(len(targets) + 1)
    chances[-1] = np.log(alone)
    for at in range(len(targets)):
        chances[at] = -np.inf
        if targets[at] >= 0:
            group = labels[targets[at]]
            chances[at] = np.log(weights[at]) + (gain[group] if group != own else 0.0)
    chances = np.cumsum(np.exp(chances - chances.max()))
    found = int(np.searchsorted(chances, lot * chances[-1]))
    return targets[found] if found < len(targets) else one
