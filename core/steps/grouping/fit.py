"""From answers to groups of all texts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import UNASSIGNED, Clustering
from core.domain.errors import InputError
from core.domain.groupings import Evidence, Ground, Grouping, drawn_together
from core.domain.judgments import AnnotatorClass, Judgment
from core.domain.spaces import Floats, Ints
from core.steps.grouping.consensus import certainty, cluster_ids, consensus
from core.steps.grouping.evidence import evidence_of
from core.steps.grouping.kernel import UNASKED, Kernel
from core.steps.grouping.logistic import fit, sigmoid
from core.steps.grouping.partitions import draw_partitions
from core.steps.grouping.spreading import blend, drawn_to_centres

_Ids = NDArray[np.intp]

# A text that the map left out, and that is less alike than this to every anchor, stays out.
_ODD = 0.3

# A prior group that nobody was asked about stands for itself, unless most of those
# that somebody was asked about turned out to belong to another.
_STANDS_UP_TO = 0.5

# How soon a prior group no longer says where its texts belong: it counts as much as
# nothing does against n voices squared, so it holds while few of its texts were asked about.
_LETS_GO = 0.3

_START = np.array([0.0, 0.5, 0.8])
_STIFFNESS = np.ones(3)
_DECIDING, _LEADING = 3, 8


def group(
    ground: Ground,
    clustering: Clustering,
    judgments: Iterable[Judgment],
    *,
    reliability: Mapping[tuple[AnnotatorClass, str], float] | None = None,
    locked: Collection[int] = (),
) -> Grouping:
    """Return the groups of all texts that `judgments` speak for.

    `clustering` is the partition of the ground, which knows no answer: without
    answers it comes back, its unassigned texts with the nearest group. Texts of
    clusters in `locked` stay there and no others join them. A text that resembles
    nothing is unassigned. The order of the judgments changes nothing. Raises
    InputError where ground and clustering are about different texts.
    """
    if ground.text_ids != clustering.text_ids:
        raise InputError(
            "The groups were made from other texts than the ones at hand.",
            "Make the map again, then ask for questions.",
        )
    row_of = {text: row for row, text in enumerate(ground.text_ids)}
    evidence, ignored = evidence_of(judgments, row_of, reliability or {})
    central = tuple(_by_central(ground, item) for item in evidence)
    rows = _anchors(ground, central)
    asked = np.isin(rows, [item.text for item in evidence])
    drawn = draw_partitions(ground, central, rows)
    together = drawn_together(drawn.labels)
    codes = consensus(together, drawn.founding)
    ids = cluster_ids(ground, rows, codes)
    speaking = asked | (drawn.joining.mean() <= _STANDS_UP_TO)
    voices = _Voices.of(ground, rows[speaking], codes[speaking], asked[speaking], len(ids))
    scores = voices.kernel.carry(voices.targets, ground.vectors)
    odd = _odd(ground, clustering, rows[~np.isin(ids[codes], list(locked))])
    likely = scores
    if evidence:
        likely = blend(ground, voices.rows, voices.loud, scores, 1.0 - drawn.right)
    leading = _leading(likely)
    shares = likely * _at_home(ground, voices)[ground.prior]
    if evidence:
        shares = drawn_to_centres(ground.vectors, shares, rows[asked])
    shares = _without_locked(shares, ids, clustering.labels, locked)
    best, second = _two_best(shares)
    labels = np.where(odd, UNASSIGNED, ids[best]).astype(np.int32)
    barred = shares.max(axis=1) < 0.0
    labels = _with_locked(ground, clustering.labels, labels, barred, locked)
    return Grouping(
        clustering=replace(clustering, labels=labels, strength=_chances(voices, scores, best)),
        runner_up=np.where(second < 0, UNASSIGNED, ids[second]).astype(np.int32),
        leading=ids[leading],
        shares=np.take_along_axis(likely, leading, axis=1),
        anchors=rows.astype(np.int32),
        groups=ids[codes],
        certainty=certainty(together, codes),
        asked=asked,
        placed=np.isin(rows, [item.text for item in evidence if item.placed]),
        decided_by=_deciding(ground, rows[asked], ids[codes[asked]], labels, evidence),
        evidence=evidence,
        ignored=ignored,
        draws=drawn.labels,
        right=drawn.right,
        joining=drawn.joining,
    )


def _by_central(ground: Ground, item: Evidence) -> Evidence:
    """Return an answer with the most central text of each option in place of all."""
    return replace(item, options=tuple((_most_central(ground, rows),) for rows in item.options))


def _most_central(ground: Ground, rows: Sequence[int]) -> int:
    """Return the one of a few texts that is nearest to the others."""
    if len(rows) < 3:
        return rows[0]
    vectors = ground.vectors[list(rows)]
    return rows[int((vectors @ vectors.sum(axis=0)).argmax())]


def _anchors(ground: Ground, evidence: tuple[Evidence, ...]) -> _Ids:
    """Return the rows that carry groups: what stands for prior groups, what answers are
    about, and the texts of their options."""
    about = {item.text for item in evidence}
    named = {row for item in evidence for option in item.options for row in option}
    return np.array(sorted({*ground.starts.tolist(), *about, *named}), dtype=np.intp)


def _odd(ground: Ground, clustering: Clustering, rows: _Ids) -> NDArray[np.bool_]:
    """Return which texts the map left out and none of the anchors `rows` resembles."""
    found = np.asarray(clustering.labels == UNASSIGNED)
    loose = np.flatnonzero(found)
    if len(rows):
        found[loose] = (ground.vectors[loose] @ ground.vectors[rows].T).max(axis=1) < _ODD
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Voices:
    """Anchors that speak for their groups: `rows` int (v,), `codes` int (v,) of g groups,
    `asked` bool (v,), and `targets` float64 (v, g)."""

    rows: _Ids
    codes: _Ids
    asked: NDArray[np.bool_]
    targets: NDArray[np.float64]
    kernel: Kernel

    @classmethod
    def of(
        cls, ground: Ground, rows: _Ids, codes: _Ids, asked: NDArray[np.bool_], groups: int
    ) -> Self:
        kernel = Kernel.over(ground.vectors[rows], asked)
        return cls(rows, codes, asked, np.eye(groups)[codes], kernel)

    @property
    def loud(self) -> NDArray[np.float64]:
        """The targets, those softer that nobody was asked about."""
        return np.asarray(self.targets * np.where(self.asked, 1.0, UNASKED)[:, None])


def _at_home(ground: Ground, voices: _Voices) -> Floats:
    """Return what each prior group says of its texts' groups, float32 (p, g): the share
    of its voices, and something for all others that grows with their number. Where it
    has no voice it says nothing."""
    found = np.zeros((len(ground.prior_ids), voices.targets.shape[1]))
    np.add.at(found, ground.prior[voices.rows], voices.loud)
    count = found.sum(axis=1, keepdims=True)
    known = found / np.maximum(count, 1e-9) + _LETS_GO * voices.asked.any() * count**2
    return np.where(count > 0, known, 1.0).astype(np.float32)


def _without_locked(scores: Floats, ids: Ints, labels: Ints, locked: Collection[int]) -> Floats:
    if not locked:
        return scores
    outside = ~np.isin(labels, list(locked))
    scores = scores.copy()
    scores[np.ix_(outside, np.isin(ids, list(locked)))] = -1.0
    return scores


def _with_locked(
    ground: Ground, before: Ints, labels: Ints, barred: NDArray[np.bool_], locked: Collection[int]
) -> Ints:
    """Return the labels with locked texts where they were. `barred` bool (n,): texts that
    the answers want in locked groups alone: they stay in their own group, or out of all."""
    if not locked:
        return labels
    names = list(locked)
    home = ground.prior_ids[ground.prior]
    stay = np.where(np.isin(home, names), UNASSIGNED, home)
    return np.where(np.isin(before, names), before, np.where(barred, stay, labels))


def _two_best(scores: Floats) -> tuple[_Ids, _Ids]:
    """Return the best and the second group of each text, −1 where there is no second."""
    best = scores.argmax(axis=1)
    if scores.shape[1] < 2:
        return best, np.full(len(scores), -1)
    rest = scores.copy()
    rest[np.arange(len(scores)), best] = -np.inf
    return best, rest.argmax(axis=1)


def _leading(scores: Floats) -> _Ids:
    """Return the best few groups of each text, int (n, l), the best first."""
    few = min(_LEADING, scores.shape[1])
    found = np.argpartition(-scores, few - 1, axis=1)[:, :few]
    order = np.argsort(-np.take_along_axis(scores, found, axis=1), axis=1, kind="stable")
    return np.asarray(np.take_along_axis(found, order, axis=1), dtype=np.intp)


def _features(scores: NDArray[np.floating], best: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return what the chance of group `best` hangs on: its score and its lead."""
    line = np.arange(len(scores))
    top = scores[line, best]
    others = scores.copy()
    others[line, best] = -np.inf if scores.shape[1] > 1 else 0.0
    lead = (top - others.max(axis=1)).clip(0.0, 1.0)
    return np.column_stack([np.ones(len(top)), (top.clip(0.0, 1.0) - 0.5) * 4, lead * 4 - 1])


def _chances(voices: _Voices, scores: Floats, best: _Ids) -> Floats:
    """Return the chance that each text's group is right: a logistic fit of how often
    the anchors that were asked about are predicted from the others."""
    left_out = voices.kernel.left_out(voices.targets)
    predicted = left_out.argmax(axis=1)
    right = (predicted == voices.codes)[voices.asked]
    weights = fit(
        _features(left_out, predicted)[voices.asked],
        right,
        np.ones(len(right)),
        start=_START,
        stiffness=_STIFFNESS,
    )
    return sigmoid(_features(scores, best) @ weights).astype(np.float32)


def _deciding(
    ground: Ground, rows: _Ids, groups: Ints, labels: Ints, evidence: tuple[Evidence, ...]
) -> Ints:
    """Return the answers about the nearest anchors of each text's own group, of those
    `rows` that were asked about."""
    latest = {item.text: index for index, item in enumerate(evidence)}
    found = np.full((len(labels), _DECIDING), -1, dtype=np.int32)
    about = np.array([latest[row] for row in rows.tolist()], dtype=np.int32)
    for name in np.unique(groups):
        members = np.flatnonzero(labels == name)
        mine = np.flatnonzero(groups == name)
        cosines = ground.vectors[members] @ ground.vectors[rows[mine]].T
        order = np.argsort(-cosines, axis=1, kind="stable")[:, :_DECIDING]
        found[members[:, None], np.arange(order.shape[1])] = about[mine[order]]
    return found
