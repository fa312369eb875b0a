"""From answers to groups of all texts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import UNASSIGNED, Clustering
from core.domain.errors import InputError
from core.domain.groupings import Evidence, Ground, Grouping
from core.domain.judgments import AnnotatorClass, Judgment
from core.domain.spaces import Floats, Ints
from core.steps.grouping.anchors import Anchors, place_anchors
from core.steps.grouping.believing import Rechecked, believed
from core.steps.grouping.evidence import evidence_of
from core.steps.grouping.joining import Fragments
from core.steps.grouping.kernel import UNASKED, Kernel
from core.steps.grouping.logistic import fit, sigmoid
from core.steps.grouping.spreading import blend

_Ids = NDArray[np.intp]

# A text whose best group speaks for it less than this resembles no anchor at all.
_ODD = 0.03

# What a text's own group in the map adds to the score of that group (0 to 1).
_HOME = 0.15

_START = np.array([0.0, 0.5, 0.8])
_STIFFNESS = np.ones(3)
_DECIDING = 3

# How often answers and reliability are weighed in turn.
_WEIGHINGS = 3
_CLOSE = 0.01


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
    first, ignored = evidence_of(judgments, row_of, reliability or {})
    found = _weigh(ground, first)
    anchors, kernel, evidence = found.anchors, found.kernel, found.evidence
    names, codes = np.unique(anchors.labels, return_inverse=True)
    ids = _cluster_ids(ground, names)
    targets = np.eye(len(names))[codes]
    scores = kernel.carry(targets, ground.vectors)
    home = found.joined[ground.prior]
    scores += _HOME * (names == home[:, None])
    odd = _without_locked(scores, ids, clustering.labels, locked).max(axis=1) < _ODD
    voices = targets * np.where(anchors.asked, 1.0, UNASKED)[:, None]
    errors = float(np.mean([1 - item.reliability for item in evidence])) if evidence else 0.0
    shares = blend(ground, anchors.rows, voices, scores, errors) if evidence else scores
    shares = _without_locked(shares, ids, clustering.labels, locked)
    best, second = _two_best(shares)
    labels = np.where(odd, UNASSIGNED, ids[best]).astype(np.int32)
    kept = np.isin(clustering.labels, list(locked))
    labels[kept] = clustering.labels[kept]
    sizes = kernel.carry(np.eye(found.fragments.max() + 1)[found.fragments], ground.vectors)
    return Grouping(
        clustering=replace(
            clustering, labels=labels, strength=_chances(kernel, anchors, codes, scores, best)
        ),
        runner_up=np.where(second < 0, UNASSIGNED, ids[second]).astype(np.int32),
        anchors=anchors.rows.astype(np.int32),
        groups=ids[codes].astype(np.int32),
        certainty=anchors.certainty.astype(np.float32),
        asked=anchors.asked,
        decided_by=_deciding(ground, anchors, ids[codes], labels, evidence),
        evidence=evidence,
        ignored=ignored,
        fragments=found.fragments.astype(np.int32),
        one=found.one.astype(np.float32),
        sizes=np.bincount(sizes.argmax(axis=1), minlength=sizes.shape[1]).astype(np.int32),
        rechecked=found.rechecked.made,
        agreed=found.rechecked.agreed,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Weighed:
    """Anchors in their groups, the kernel over them, and the evidence as believed in
    the end. `joined` int (p + n,): what each label was joined to; `fragments` int (m,)
    and `one` (f, f): the groups before that, and the log odds of two to be one."""

    anchors: Anchors
    kernel: Kernel
    evidence: tuple[Evidence, ...]
    joined: _Ids
    fragments: _Ids
    one: NDArray[np.float64]
    rechecked: Rechecked


def _weigh(ground: Ground, first: tuple[Evidence, ...]) -> _Weighed:
    """Place the anchors, join fragments and place the anchors again; and all that anew
    while what it says about the annotators changes."""
    apart = np.arange(len(ground.prior_ids) + len(ground.text_ids))
    evidence = first
    for turn in range(_WEIGHINGS):
        anchors, kernel = place_anchors(ground, evidence, apart)
        fragments = Fragments.of(ground, evidence, anchors)
        joined = apart.copy()
        if evidence:
            joined[fragments.names] = fragments.names[fragments.joined()]
            anchors, kernel = place_anchors(ground, evidence, joined, anchors.labels)
        rechecked = Rechecked.of(evidence, anchors)
        before, after = evidence, believed(first, evidence, anchors, rechecked)
        if turn == _WEIGHINGS - 1 or _settled(before, after):
            break
        evidence = after
    return _Weighed(
        anchors, kernel, evidence, joined, fragments.codes, fragments.log_odds, rechecked
    )


def _settled(before: tuple[Evidence, ...], after: tuple[Evidence, ...]) -> bool:
    return all(
        abs(old.reliability - new.reliability) < _CLOSE
        for old, new in zip(before, after, strict=True)
    )


def _cluster_ids(ground: Ground, names: _Ids) -> Ints:
    """Return cluster ids: those of the prior, and new ones for founded groups."""
    count = len(ground.prior_ids)
    fresh = int(ground.prior_ids.max()) + 1 + np.arange((names >= count).sum())
    return np.concatenate([ground.prior_ids[names[names < count]], fresh]).astype(np.int32)


def _without_locked(scores: Floats, ids: Ints, labels: Ints, locked: Collection[int]) -> Floats:
    if not locked:
        return scores
    outside = ~np.isin(labels, list(locked))
    scores = scores.copy()
    scores[np.ix_(outside, np.isin(ids, list(locked)))] = -1.0
    return scores


def _two_best(scores: Floats) -> tuple[_Ids, _Ids]:
    """Return the best and the second group of each text, −1 where there is no second."""
    best = scores.argmax(axis=1)
    if scores.shape[1] < 2:
        return best, np.full(len(scores), -1)
    rest = scores.copy()
    rest[np.arange(len(scores)), best] = -np.inf
    return best, rest.argmax(axis=1)


def _features(scores: NDArray[np.floating], best: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return what the chance of group `best` hangs on: its score and its lead."""
    line = np.arange(len(scores))
    top = scores[line, best]
    others = scores.copy()
    others[line, best] = -np.inf if scores.shape[1] > 1 else 0.0
    lead = (top - others.max(axis=1)).clip(0.0, 1.0)
    return np.column_stack([np.ones(len(top)), (top.clip(0.0, 1.0) - 0.5) * 4, lead * 4 - 1])


def _chances(kernel: Kernel, anchors: Anchors, codes: _Ids, scores: Floats, best: _Ids) -> Floats:
    """Return the chance that each text's group is right: a logistic fit of how often
    the anchors that were asked about are predicted from the others."""
    left_out = kernel.left_out(np.eye(scores.shape[1])[codes])
    predicted = left_out.argmax(axis=1)
    right = (predicted == codes)[anchors.asked]
    weights = fit(
        _features(left_out, predicted)[anchors.asked],
        right,
        np.ones(len(right)),
        start=_START,
        stiffness=_STIFFNESS,
    )
    return sigmoid(_features(scores, best) @ weights).astype(np.float32)


def _deciding(
    ground: Ground, anchors: Anchors, groups: Ints, labels: Ints, evidence: tuple[Evidence, ...]
) -> Ints:
    """Return the answers about the nearest anchors of each text's own group."""
    latest = {item.text: index for index, item in enumerate(evidence)}
    found = np.full((len(labels), _DECIDING), -1, dtype=np.int32)
    rows, groups = anchors.rows[anchors.asked], groups[anchors.asked]
    about = np.array([latest[row] for row in rows.tolist()], dtype=np.int32)
    for name in np.unique(groups):
        members = np.flatnonzero(labels == name)
        mine = np.flatnonzero(groups == name)
        cosines = ground.vectors[members] @ ground.vectors[rows[mine]].T
        order = np.argsort(-cosines, axis=1, kind="stable")[:, :_DECIDING]
        found[members[:, None], np.arange(order.shape[1])] = about[mine[order]]
    return found
