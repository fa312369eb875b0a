"""Which fragments are one group: posterior odds over all answers, then average linkage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.domain.groupings import Evidence, Ground
from core.steps.grouping.anchors import Anchors
from core.steps.grouping.logistic import fit

_Reals = NDArray[np.float64]
_Ids = NDArray[np.intp]

# Before any answer two fragments of usual likeness are one with odds of one in fifty,
# and rather so the more alike they are (in standard deviations).
_START = np.array([-4.0, 0.7])
_STIFFNESS = np.array([0.5, 0.5])

# Log odds from which two fragments are joined: a wrong join is worse than a missing one.
_JOINED = 1.5

# A fragment that a text belongs to with less than this says nothing about the text.
_LEAST = 0.1

# How often the other of two equal groups on show is chosen: the nearer one comes first.
_OTHER = 0.3

# How much it counts, when the general odds are learned, that a group was shown beside
# the chosen one.
_BESIDE_COUNTS = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class Fragments:
    """Groups of anchors that may belong together.

    `names` int (f,): their labels among the anchors; `codes` int (m,): the fragment of
    each anchor; `likeness` float (f, f): cosines of their centroids, standardised;
    `across` float (f, f): log likelihood ratios of the answers for two being one;
    `weights` (2,): what the prior log odds are of likeness.
    """

    names: _Ids
    codes: _Ids
    likeness: _Reals
    across: _Reals
    weights: _Reals

    @classmethod
    def of(cls, ground: Ground, evidence: Sequence[Evidence], anchors: Anchors) -> Self:
        """Weigh what every answer says about two fragments being one.

        What an answer says is weighed against where its text belongs by all other
        answers and by the embedding: that the text strayed from its fragment, or that
        the answer is wrong, would explain it as well. The prior odds are those that
        all answers give to fragments as alike as these (a logistic fit).
        """
        names, codes = np.unique(anchors.labels, return_inverse=True)
        likeness = _likeness(ground, anchors, codes, len(names))
        said = _Said(len(names))
        column = np.searchsorted(anchors.names, names)
        place = {int(code): at for at, code in enumerate(column)}
        telling = _telling(ground, evidence)
        for item, at, shown in zip(evidence, anchors.about, anchors.shown, strict=True):
            options = [place.get(code) for code in shown]
            said.weigh(item, options, anchors.log_odds[at][column], telling[item.text])
        weights = said.learned(likeness)
        return cls(names, codes, likeness, said.across + said.across.T, weights)

    @property
    def log_odds(self) -> _Reals:
        """The log odds of each two to be one, −∞ on the diagonal."""
        odds = self.weights[0] + self.weights[1] * self.likeness + self.across
        np.fill_diagonal(odds, -np.inf)
        return np.asarray(odds)

    def joined(self) -> _Ids:
        """Return the fragment that each one is joined to, (f,); itself where to none.

        The two with the highest odds come first. Likeness is averaged over the
        anchors (average linkage), answers add up.
        """
        owner = np.arange(len(self.names))
        alive = np.ones(len(owner), dtype=np.bool_)
        sizes = np.bincount(self.codes, minlength=len(owner)).astype(np.float64)
        likeness, across = self.likeness.copy(), self.across.copy()
        while True:
            odds = self.weights[0] + self.weights[1] * likeness + across
            odds[~alive] = odds[:, ~alive] = -np.inf
            np.fill_diagonal(odds, -np.inf)
            one, other = sorted(divmod(int(odds.argmax()), len(owner)))
            if odds[one, other] <= _JOINED:
                return owner
            share = sizes[other] / (sizes[one] + sizes[other])
            likeness[one] = (1 - share) * likeness[one] + share * likeness[other]
            across[one] += across[other]
            likeness[:, one], across[:, one] = likeness[one], across[one]
            sizes[one] += sizes[other]
            alive[other] = False
            owner[owner == other] = one


def _likeness(ground: Ground, anchors: Anchors, codes: _Ids, count: int) -> _Reals:
    centroids = np.zeros((count, ground.vectors.shape[1]))
    np.add.at(centroids, codes, ground.vectors[anchors.rows])
    centroids /= np.maximum(np.linalg.norm(centroids, axis=1, keepdims=True), 1e-12)
    cosines = centroids @ centroids.T
    apart = cosines[~np.eye(count, dtype=np.bool_)]
    if not len(apart):
        return np.zeros((1, 1))
    return np.asarray((cosines - apart.mean()) / max(float(apart.std()), 1e-9))


def _telling(ground: Ground, evidence: Sequence[Evidence]) -> dict[int, bool]:
    """Return for each text asked about whether an answer about it speaks for a join: it
    stands for a prior group, or other answers say where it belongs. A lone answer
    about another text rather says that the text strayed."""
    starts = frozenset(ground.starts.tolist())
    found: dict[int, bool] = {}
    for item in evidence:
        found[item.text] = item.text in found or item.text in starts
    return found


class _Said:
    """What the answers say about two fragments being one, as it adds up."""

    def __init__(self, count: int) -> None:
        self.across = np.zeros((count, count))
        self._rows: list[tuple[int, int, bool, float]] = []

    def weigh(self, item: Evidence, options: list[int | None], odds: _Reals, telling: bool) -> None:
        """Add one answer. `options` are the fragments on show (None: none of them),
        `odds` (f,) where its text belongs, this answer included."""
        right = float(np.clip(item.reliability, 0.01, 0.99))
        wrong = (1 - right) / len(item.options)
        chosen = None if item.chosen is None else options[item.chosen]
        shown = {option for option in options if option is not None}
        likely = np.full(len(odds), right if item.chosen is None else wrong)
        if item.chosen is None:
            likely[list(shown)] = wrong
        elif chosen is not None:
            likely[chosen] = right
        chances = odds - np.log(likely)
        chances = np.exp(chances - np.logaddexp.reduce(chances))
        homes = [a for a in np.flatnonzero(chances > _LEAST).tolist() if a != chosen]
        usual = float(chances @ likely)
        if chosen is not None:
            for home in homes if telling else ():
                same = right * (_OTHER if home in shown else 1.0)
                gain = float(np.log((usual + chances[home] * (same - likely[home])) / usual))
                self._add(home, chosen, gain, True, float(chances[home]))
            for other in shown - {chosen}:
                self._add(chosen, other, float(np.log(1 - _OTHER)), False, _BESIDE_COUNTS)
        elif item.chosen is None and telling:
            for home in homes:
                if home not in shown:
                    less = usual - chances[home] * (likely[home] - wrong)
                    loss = float(np.log(max(less, 1e-9) / usual))
                    for other in shown:
                        self._add(home, other, loss, False, float(chances[home]))

    def learned(self, likeness: _Reals) -> _Reals:
        """Return the prior's weights, drawn from the answers towards where they start."""
        if not self._rows:
            return _START
        table = np.array(self._rows, dtype=np.float64)
        left, right = table[:, 0].astype(np.intp), table[:, 1].astype(np.intp)
        features = np.column_stack([np.ones(len(left)), likeness[left, right]])
        return fit(features, table[:, 2], table[:, 3], start=_START, stiffness=_STIFFNESS)

    def _add(self, one: int, other: int, gain: float, same: bool, counts: float) -> None:
        self.across[one, other] += gain
        self._rows.append((one, other, same, counts))
